// SPDX-License-Identifier: Apache-2.0
// Programs, kernels and buffers.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "render/device_cl.h"
#include "render/kernel_source.h"

enum { INCLUDE_LIMIT = 32 };

static const render_kernel_source *find_source(const char *name, size_t length) {
  for (const render_kernel_source *s = render_kernel_sources; s->name; s++)
    if (strlen(s->name) == length && memcmp(s->name, name, length) == 0)
      return s;
  return NULL;
}

typedef struct source_text {
  char *text;
  size_t size, capacity;
  const render_kernel_source *seen[INCLUDE_LIMIT];
  int seen_count;
} source_text;

static bool append(source_text *out, const char *bytes, size_t size) {
  if (out->size + size + 1 > out->capacity) {
    size_t capacity = 2 * (out->size + size + 1);
    char *bigger = realloc(out->text, capacity);
    if (!bigger)
      return false;
    out->text = bigger;
    out->capacity = capacity;
  }
  memcpy(out->text + out->size, bytes, size);
  out->size += size;
  out->text[out->size] = 0;
  return true;
}

// Copies a source and, once each, the sources it includes: drivers cache by the
// text they are given, and would miss a change in a file they open themselves.
static status inline_source(source_text *out, const char *name, size_t length, trouble *why) {
  const char *slash = memrchr(name, '/', length);
  if (slash) {
    length -= (size_t)(slash + 1 - name);
    name = slash + 1;
  }
  const render_kernel_source *source = find_source(name, length);
  if (!source)
    return trouble_set(why, STATUS_INTERNAL, "kernel source %.*s is not in this program",
                       (int)length, name);
  for (int i = 0; i < out->seen_count; i++)
    if (out->seen[i] == source)
      return STATUS_OK;
  if (out->seen_count == INCLUDE_LIMIT)
    return trouble_set(why, STATUS_INTERNAL, "kernel source %s: too many includes", source->name);
  out->seen[out->seen_count++] = source;
  for (const char *line = source->text; *line;) {
    const char *end = strchr(line, '\n');
    size_t size = end ? (size_t)(end + 1 - line) : strlen(line);
    static const char directive[] = "#include \"";
    if (strncmp(line, directive, sizeof directive - 1) == 0) {
      const char *first = line + sizeof directive - 1;
      const char *quote = memchr(first, '"', size);
      if (quote) {
        status result = inline_source(out, first, (size_t)(quote - first), why);
        if (result)
          return result;
        line += size;
        continue;
      }
    }
    if (!append(out, line, size))
      return trouble_set(why, STATUS_MEMORY, "no memory for kernel source %s", source->name);
    line += size;
  }
  return STATUS_OK;
}

static status build_failed(device *dev, cl_program program, const char *name, cl_int code,
                           trouble *why) {
  char log[700] = "";
  bool silent = true; // it names no error in our source
  size_t size = 0;
  clGetProgramBuildInfo(program, device_cl_id(dev), CL_PROGRAM_BUILD_LOG, 0, NULL, &size);
  char *full = malloc(size + 1);
  if (full) {
    clGetProgramBuildInfo(program, device_cl_id(dev), CL_PROGRAM_BUILD_LOG, size, full, NULL);
    full[size] = 0;
    const char *error = strstr(full, "error:");
    snprintf(log, sizeof log, "%.600s", error ? error : full);
    for (char *at = log; *at; at++) // one line
      *at = *at == '\n' ? ' ' : *at;
    while (*log && log[strlen(log) - 1] == ' ')
      log[strlen(log) - 1] = 0;
    silent = error == NULL;
    if (getenv("ROADLOOM_DEBUG"))
      fprintf(stderr, "%s\n", full);
    free(full);
  }
  bool pocl = strcmp(device_about(dev)->platform, "Portable Computing Language") == 0;
  return trouble_set(
      why, STATUS_DEVICE, "kernel %s does not build on %s: %s: %s%s", name, device_about(dev)->name,
      device_error_name(code), log,
      silent && pocl ? "; can the folder of POCL_CACHE_DIR (~/.cache/pocl) be written?" : "");
}

status device_program(device *dev, const char *source_name, const char *options, cl_program *out,
                      trouble *why) {
  *out = NULL;
  source_text source = {0};
  status result = inline_source(&source, source_name, strlen(source_name), why);
  if (result)
    goto free_text;
  cl_int code;
  const char *text = source.text;
  cl_program program =
      clCreateProgramWithSource(device_context(dev), 1, &text, &source.size, &code);
  if (code != CL_SUCCESS) {
    result = device_status(code, "clCreateProgramWithSource", why);
    goto free_text;
  }
  char all[512];
  snprintf(all, sizeof all, "-cl-std=CL1.2 -w %s %s", device_is_cpu(dev) ? "-DDEVICE_CPU" : "",
           options ? options : "");
  cl_device_id id = device_cl_id(dev);
  struct timespec begin, end;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
  code = clBuildProgram(program, 1, &id, all, NULL, NULL);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
  device_built(dev,
               (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec));
  if (code != CL_SUCCESS) {
    result = build_failed(dev, program, source_name, code, why);
    clReleaseProgram(program);
    goto free_text;
  }
  *out = program;
free_text:
  free(source.text);
  return result;
}

status device_kernel(cl_program program, const char *name, cl_kernel *out, trouble *why) {
  cl_int code;
  *out = clCreateKernel(program, name, &code);
  if (code == CL_SUCCESS)
    return STATUS_OK;
  *out = NULL;
  return trouble_set(why, STATUS_DEVICE, "OpenCL: kernel %s: %s (%d)", name,
                     device_error_name(code), (int)code);
}

static const size_t MIB = (size_t)1 << 20;

static status make_buffer(device *dev, cl_mem_flags flags, size_t size, void *bytes, cl_mem *out,
                          trouble *why) {
  cl_int code;
  const device_info *about = device_about(dev);
  *out = NULL;
  if (size > device_room(dev)) {
    device_refused(dev);
    if (size > about->max_allocation_bytes)
      return trouble_set(why, STATUS_DEVICE,
                         "%s: a buffer of %zu MiB is over the device's limit of %zu MiB: use "
                         "smaller or fewer sensors",
                         about->name, (size + MIB - 1) / MIB, about->max_allocation_bytes / MIB);
    return trouble_set(why, STATUS_DEVICE,
                       "%s: no room for a buffer of %zu MiB more in the device's %zu MiB: use "
                       "smaller or fewer sensors",
                       about->name, (size + MIB - 1) / MIB, about->memory_bytes / MIB);
  }
  *out = clCreateBuffer(device_context(dev), flags, size, bytes, &code);
  if (code == CL_SUCCESS) {
    device_count(dev, *out, size);
    return STATUS_OK;
  }
  *out = NULL;
  device_refused(dev); // memory is the one thing that a buffer wants
  return device_status(code, "clCreateBuffer", why);
}

status device_buffer(device *dev, size_t size, const void *bytes, cl_mem *out, trouble *why) {
  if (size < 16 && !bytes)
    size = 16;
  cl_mem_flags flags = CL_MEM_READ_WRITE | (bytes ? CL_MEM_COPY_HOST_PTR : 0);
  return make_buffer(dev, flags, size, (void *)(size_t)bytes, out, why);
}

status device_buffer_over(device *dev, size_t size, void *bytes, cl_mem *out, trouble *why) {
  return make_buffer(dev, CL_MEM_READ_ONLY | CL_MEM_USE_HOST_PTR, size, bytes, out, why);
}

status device_reserve(device *dev, cl_mem *buffer, size_t *capacity, size_t size, trouble *why) {
  if (*buffer && size <= *capacity)
    return STATUS_OK;
  cl_mem bigger;
  size_t wanted = size + size / 4;
  if (*buffer)
    clReleaseMemObject(*buffer);
  *buffer = NULL;
  *capacity = 0;
  if (wanted > device_room(dev))
    wanted = size;
  status result = device_buffer(dev, wanted, NULL, &bigger, why);
  if (result)
    return result;
  *buffer = bigger;
  *capacity = wanted;
  return STATUS_OK;
}
