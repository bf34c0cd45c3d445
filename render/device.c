// SPDX-License-Identifier: Apache-2.0
#include "render/device.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "render/device_cl.h"

enum { DEVICE_LIMIT = 64, PLATFORM_LIMIT = 16 };

// Bytes of buffers that weren't freed yet. A driver may tell of the last ones on a thread of its
// own when the device is closed, so that the count goes with its last holder.
typedef struct room_used {
  atomic_size_t bytes, holders;
} room_used;

static void let_go(room_used *used) {
  if (atomic_fetch_sub(&used->holders, 1) == 1)
    free(used);
}

struct device {
  device_info info;
  cl_device_id id;
  cl_context context;
  cl_command_queue queue;
  bool is_cpu, says, was_short;
  room_used *used;
  double build_s; // of programs so far
};

// Of processor time, which neighbours don't stretch: programs from a cache take a third of a second
// together, others four.
static const double CACHED_S = 1;

typedef struct found_devices {
  int count;
  device_info info[DEVICE_LIMIT];
  cl_device_id id[DEVICE_LIMIT];
} found_devices;

static const char *type_name(cl_device_type type) {
  if (type & CL_DEVICE_TYPE_GPU)
    return "gpu";
  if (type & CL_DEVICE_TYPE_CPU)
    return "cpu";
  if (type & CL_DEVICE_TYPE_ACCELERATOR)
    return "accelerator";
  return "other";
}

static void read_info(cl_device_id id, cl_platform_id platform, device_info *out) {
  cl_device_type type = 0;
  cl_uint units = 0;
  cl_ulong memory = 0, allocation = 0;
  cl_bool compiler = CL_FALSE;
  clGetDeviceInfo(id, CL_DEVICE_NAME, sizeof out->name - 1, out->name, NULL);
  clGetDeviceInfo(id, CL_DEVICE_VERSION, sizeof out->version - 1, out->version, NULL);
  clGetDeviceInfo(id, CL_DRIVER_VERSION, sizeof out->driver - 1, out->driver, NULL);
  clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof out->platform - 1, out->platform, NULL);
  clGetDeviceInfo(id, CL_DEVICE_TYPE, sizeof type, &type, NULL);
  clGetDeviceInfo(id, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, NULL);
  clGetDeviceInfo(id, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof memory, &memory, NULL);
  clGetDeviceInfo(id, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof allocation, &allocation, NULL);
  clGetDeviceInfo(id, CL_DEVICE_COMPILER_AVAILABLE, sizeof compiler, &compiler, NULL);
  snprintf(out->type, sizeof out->type, "%s", type_name(type));
  out->compute_units = (int)units;
  out->memory_bytes = (size_t)memory;
  out->max_allocation_bytes = (size_t)allocation;
  out->compiler = compiler == CL_TRUE;
}

static status find_devices(found_devices *out, trouble *why) {
  memset(out, 0, sizeof *out);
  cl_platform_id platforms[PLATFORM_LIMIT];
  cl_uint platform_count = 0;
  cl_int code = clGetPlatformIDs(PLATFORM_LIMIT, platforms, &platform_count);
  if (code == -1001 || platform_count == 0) // CL_PLATFORM_NOT_FOUND_KHR: no driver installed
    return STATUS_OK;
  if (code != CL_SUCCESS)
    return device_status(code, "clGetPlatformIDs", why);
  for (cl_uint p = 0; p < platform_count && p < PLATFORM_LIMIT; p++) {
    cl_device_id ids[DEVICE_LIMIT];
    cl_uint count = 0;
    code = clGetDeviceIDs(platforms[p], CL_DEVICE_TYPE_ALL, DEVICE_LIMIT, ids, &count);
    if (code == CL_DEVICE_NOT_FOUND)
      continue;
    if (code != CL_SUCCESS)
      return device_status(code, "clGetDeviceIDs", why);
    for (cl_uint i = 0; i < count && out->count < DEVICE_LIMIT; i++) {
      out->id[out->count] = ids[i];
      read_info(ids[i], platforms[p], &out->info[out->count]);
      out->info[out->count].id = out->count;
      out->count++;
    }
  }
  return STATUS_OK;
}

status device_list(device_info *out, int capacity, int *count, trouble *why) {
  found_devices found;
  *count = 0;
  status result = find_devices(&found, why);
  if (result)
    return result;
  for (int i = 0; i < found.count && i < capacity; i++)
    out[i] = found.info[i];
  *count = found.count;
  return STATUS_OK;
}

// The device `wanted` names, or -1. Without a name: an accelerator before a CPU.
static int choose(const found_devices *found, const char *wanted) {
  if (!wanted || !*wanted || strcmp(wanted, "auto") == 0) {
    int cpu = -1;
    for (int i = 0; i < found->count; i++) {
      if (!found->info[i].compiler)
        continue;
      if (strcmp(found->info[i].type, "gpu") == 0 ||
          strcmp(found->info[i].type, "accelerator") == 0)
        return i;
      if (cpu < 0)
        cpu = i;
    }
    return cpu;
  }
  char *end;
  long number = strtol(wanted, &end, 10);
  if (*end == 0)
    return number >= 0 && number < found->count ? (int)number : -1;
  for (int i = 0; i < found->count; i++)
    if (strcmp(found->info[i].type, wanted) == 0 || strcasestr(found->info[i].name, wanted) ||
        strcasestr(found->info[i].platform, wanted))
      return i;
  return -1;
}

static status no_device(const found_devices *found, const char *wanted, trouble *why) {
  if (found->count == 0)
    return trouble_set(why, STATUS_DEVICE,
                       "no OpenCL device: install a driver, e.g. the package pocl-opencl-icd, "
                       "then look at `roadloom devices`");
  char list[512] = "";
  for (int i = 0; i < found->count; i++) {
    size_t used = strlen(list);
    snprintf(list + used, sizeof list - used, "%s%d (%s, %.60s)", i ? ", " : "", i,
             found->info[i].type, found->info[i].name);
  }
  return trouble_set(why, STATUS_DEVICE, "--device %s: no such OpenCL device; there is %s",
                     wanted ? wanted : "auto", list);
}

// A process may be given less than all of a device's memory, which others use, too.
static status limit_memory(device_info *info, trouble *why) {
  const char *text = getenv("ROADLOOM_DEVICE_MEMORY_MIB");
  if (!text)
    return STATUS_OK;
  char *end;
  double mib = strtod(text, &end);
  if (end == text || *end || !(mib >= 1 && mib <= 1e9))
    return trouble_set(why, STATUS_RANGE,
                       "ROADLOOM_DEVICE_MEMORY_MIB: '%.40s' is no number of MiB, 1..1e9", text);
  size_t bytes = (size_t)(mib * 1048576);
  if (bytes < info->memory_bytes)
    info->memory_bytes = bytes;
  if (bytes < info->max_allocation_bytes)
    info->max_allocation_bytes = bytes;
  return STATUS_OK;
}

status device_open(device **out, const char *wanted, trouble *why) {
  *out = NULL;
  found_devices found;
  status result = find_devices(&found, why);
  if (result)
    return result;
  int index = choose(&found, wanted);
  if (index < 0)
    return no_device(&found, wanted, why);
  if (!found.info[index].compiler)
    return trouble_set(why, STATUS_DEVICE,
                       "device %d (%s) has no kernel compiler, so it can't run Roadloom's "
                       "kernels; choose another with --device",
                       index, found.info[index].name);
  device *dev = calloc(1, sizeof *dev);
  room_used *used = dev ? calloc(1, sizeof *used) : NULL;
  if (!used) {
    free(dev);
    return trouble_set(why, STATUS_MEMORY, "no memory to open a device");
  }
  atomic_store(&used->holders, 1);
  dev->used = used;
  dev->info = found.info[index];
  result = limit_memory(&dev->info, why);
  if (result)
    goto free_device;
  dev->id = found.id[index];
  dev->is_cpu = getenv("ROADLOOM_AS_CPU") ||
                (strcmp(dev->info.type, "cpu") == 0 && !getenv("ROADLOOM_AS_GPU"));
  cl_int code;
  dev->context = clCreateContext(NULL, 1, &dev->id, NULL, NULL, &code);
  if (code != CL_SUCCESS) {
    result = device_status(code, "clCreateContext", why);
    goto free_device;
  }
  dev->queue = clCreateCommandQueue(dev->context, dev->id, CL_QUEUE_PROFILING_ENABLE, &code);
  if (code != CL_SUCCESS) {
    result = device_status(code, "clCreateCommandQueue", why);
    goto release_context;
  }
  *out = dev;
  return STATUS_OK;
release_context:
  clReleaseContext(dev->context);
free_device:
  let_go(dev->used);
  free(dev);
  return result;
}

void device_close(device *dev) {
  if (!dev)
    return;
  clFinish(dev->queue);
  clReleaseCommandQueue(dev->queue);
  clReleaseContext(dev->context);
  let_go(dev->used);
  free(dev);
}

const device_info *device_about(const device *dev) {
  return &dev->info;
}
cl_context device_context(const device *dev) {
  return dev->context;
}
cl_command_queue device_queue(const device *dev) {
  return dev->queue;
}
cl_device_id device_cl_id(const device *dev) {
  return dev->id;
}
bool device_is_cpu(const device *dev) {
  return dev->is_cpu;
}

bool device_was_short(device *dev) {
  bool was = dev->was_short;
  dev->was_short = false;
  return was;
}
void device_refused(device *dev) {
  dev->was_short = true;
}

size_t device_room(const device *dev) {
  size_t limit = dev->info.memory_bytes, used = atomic_load(&dev->used->bytes);
  size_t left = used < limit ? limit - used : 0;
  return left < dev->info.max_allocation_bytes ? left : dev->info.max_allocation_bytes;
}

typedef struct counted {
  room_used *used;
  size_t size;
} counted;

static void CL_CALLBACK uncount(cl_mem buffer, void *data) {
  (void)buffer;
  counted *c = data;
  atomic_fetch_sub(&c->used->bytes, c->size);
  let_go(c->used);
  free(c);
}

void device_count(device *dev, cl_mem buffer, size_t size) {
  counted *c = malloc(sizeof *c);
  if (!c)
    return;
  *c = (counted){dev->used, size};
  atomic_fetch_add(&dev->used->bytes, size);
  atomic_fetch_add(&dev->used->holders, 1);
  if (clSetMemObjectDestructorCallback(buffer, uncount, c) != CL_SUCCESS)
    uncount(buffer, c);
}

void device_say_compiling(device *dev) {
  dev->says = true;
}

void device_built(device *dev, double seconds) {
  dev->build_s += seconds;
  if (!dev->says || dev->build_s < CACHED_S)
    return;
  log_line(
      LOG_INFO,
      "compiling kernels for %s, some seconds; the next start finds them in the driver's cache",
      dev->info.name);
  dev->says = false;
}
