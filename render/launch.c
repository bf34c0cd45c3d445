// SPDX-License-Identifier: Apache-2.0
#include "render/launch.h"

enum { BLOCK = 512, BLOCK_GROUP = 64 }; // as sample_list.cl

status launch(device *dev, cl_kernel kernel, const char *name, size_t items, size_t local,
              const launch_arg *args, int count, trouble *why) {
  for (int i = 0; i < count; i++) {
    cl_int code = clSetKernelArg(kernel, (cl_uint)i, args[i].size, args[i].value);
    if (code != CL_SUCCESS)
      return trouble_set(why, STATUS_DEVICE, "OpenCL: argument %d of %s failed (%d)", i, name,
                         (int)code);
  }
  if (items == 0)
    return STATUS_OK;
  size_t global = (items + local - 1) / local * local;
  cl_int code =
      clEnqueueNDRangeKernel(device_queue(dev), kernel, 1, NULL, &global, &local, 0, NULL, NULL);
  return device_status(code, name, why);
}

int launch_lanes(const device *dev, int count) {
  int each = device_is_cpu(dev) ? 8 : 1;
  return (count + each - 1) / each;
}

int launch_runs(const device *dev, int count) {
  int lanes = launch_lanes(dev, count);
  return device_is_cpu(dev) ? (lanes + 15) / 16 : lanes;
}

size_t launch_blocks(const device *dev, int count, size_t *group) {
  bool cpu = device_is_cpu(dev);
  *group = cpu ? 1 : BLOCK_GROUP;
  return cpu ? ((size_t)count + BLOCK - 1) / BLOCK : (size_t)count;
}
