// SPDX-License-Identifier: Apache-2.0
// The OpenCL side of a device; for files of render/ alone.
#ifndef RENDER_DEVICE_CL_H
#define RENDER_DEVICE_CL_H

#ifndef CL_TARGET_OPENCL_VERSION
#define CL_TARGET_OPENCL_VERSION 120
#endif
#include <CL/cl.h>

#include "render/device.h"

cl_context device_context(const device *dev);
cl_command_queue device_queue(const device *dev); // in order, with profiling
cl_device_id device_cl_id(const device *dev);
/// Whether it is the host's processor: kernels then take vectors of samples and packets of
/// rays a work-item, and arrays are shared with the host. ROADLOOM_AS_GPU or ROADLOOM_AS_CPU in
/// the environment decide, so that tests run on any device what others run.
bool device_is_cpu(const device *dev);

/// Builds a program from an embedded source; `#include "x"` lines are replaced by
/// the embedded x. `options` may be NULL. A failure's text has the build log's head.
status device_program(device *dev, const char *source_name, const char *options, cl_program *out,
                      trouble *why);
/// Counts the process's processor time that a program took to build.
void device_built(device *dev, double seconds);
status device_kernel(cl_program program, const char *name, cl_kernel *out, trouble *why);
/// A buffer of `size` bytes (at least 16), filled from `bytes` unless NULL. All such buffers count
/// against the device's memory.
status device_buffer(device *dev, size_t size, const void *bytes, cl_mem *out, trouble *why);
/// One that kernels read, over the host's `size` bytes, which must outlive it. Counts, too.
status device_buffer_over(device *dev, size_t size, void *bytes, cl_mem *out, trouble *why);
/// Makes *buffer hold at least `size` bytes, dropping what it held when it grows.
status device_reserve(device *dev, cl_mem *buffer, size_t *capacity, size_t size, trouble *why);
/// The largest buffer that it has room for now.
size_t device_room(const device *dev);
/// Counts a buffer of that size until it is released.
void device_count(device *dev, cl_mem buffer, size_t size);
/// Notes that a buffer was refused.
void device_refused(device *dev);
/// The code's name, e.g. "CL_OUT_OF_RESOURCES"; never NULL.
const char *device_error_name(cl_int code);
/// Turns an OpenCL code into a status with the call's and the code's name.
status device_status(cl_int code, const char *call, trouble *why);

#endif
