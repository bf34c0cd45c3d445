// SPDX-License-Identifier: Apache-2.0
#include "with_shade_twin.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "render/kernel_source.h"

static const double PI = 3.14159265358979323846;

typedef struct text {
  char *bytes;
  size_t size, capacity;
  const char *seen[32];
  int seen_count;
} text;

static void add(text *t, const char *bytes, size_t size) {
  while (t->size + size + 1 > t->capacity) {
    t->capacity = 2 * t->capacity + 65536;
    t->bytes = realloc(t->bytes, t->capacity);
    assert_non_null(t->bytes);
  }
  memcpy(t->bytes + t->size, bytes, size);
  t->size += size;
  t->bytes[t->size] = 0;
}

// Copies source text; each include of ours goes in once, where it is first met.
static void expand(text *t, const char *source) {
  while (*source) {
    const char *end = strchr(source, '\n');
    size_t length = end ? (size_t)(end - source) + 1 : strlen(source);
    char name[64];
    if (sscanf(source, "#include \"%63[^\"]\"", name) == 1) {
      const render_kernel_source *s = render_kernel_sources;
      while (s->name && strcmp(s->name, name) != 0)
        s++;
      assert_non_null(s->name);
      bool known = false;
      for (int i = 0; i < t->seen_count; i++)
        known = known || t->seen[i] == s->name;
      if (!known) {
        assert_in_range(t->seen_count, 0, 31);
        t->seen[t->seen_count++] = s->name;
        expand(t, s->text);
      }
    } else {
      add(t, source, length);
    }
    source += length;
  }
}

static const char PROBE[] =
    "#include \"lanes.cl\"\n"
    "#include \"%s\"\n"
    "__kernel void probe(__global const float4 *in, __constant const float4 *same,\n"
    "                    __global float4 *out, int count) {\n"
    "  __constant const float4 *behind = same + count;\n"
    "  int first = (int)get_global_id(0) * LANES;\n"
    "  if (first >= count)\n"
    "    return;\n"
    "  real4 x = gather4(in, first + LANE_NUMBERS), r = {REAL(0.0f), REAL(0.0f), REAL(0.0f),\n"
    "                                                    REAL(0.0f)};\n"
    "  %s\n"
    "  scatter4(out, first + LANE_NUMBERS, r);\n"
    "}\n";

static void run_once(device *dev, const char *bytes, size_t length, bool lanes, const float *in,
                     int more, float *out, int count) {
  cl_int code;
  cl_program program = clCreateProgramWithSource(device_context(dev), 1, &bytes, &length, &code);
  assert_int_equal(code, CL_SUCCESS);
  cl_device_id id = device_cl_id(dev);
  code = clBuildProgram(program, 1, &id,
                        lanes ? "-cl-std=CL1.2 -cl-fast-relaxed-math -DDEVICE_CPU"
                              : "-cl-std=CL1.2 -cl-fast-relaxed-math",
                        NULL, NULL);
  if (code != CL_SUCCESS) {
    static char log[8192];
    clGetProgramBuildInfo(program, id, CL_PROGRAM_BUILD_LOG, sizeof log - 1, log, NULL);
    fail_msg("probe doesn't build: %s", log);
  }
  cl_kernel kernel = clCreateKernel(program, "probe", &code);
  assert_int_equal(code, CL_SUCCESS);
  trouble why;
  cl_mem a, b;
  size_t size = 16 * (size_t)count, global = (size_t)(lanes ? count / 8 : count);
  assert_int_equal(device_buffer(dev, size + 16 * (size_t)more, in, &a, &why), STATUS_OK);
  assert_int_equal(device_buffer(dev, size, NULL, &b, &why), STATUS_OK);
  cl_int n = count;
  assert_int_equal(clSetKernelArg(kernel, 0, sizeof a, &a), CL_SUCCESS);
  assert_int_equal(clSetKernelArg(kernel, 1, sizeof a, &a), CL_SUCCESS);
  assert_int_equal(clSetKernelArg(kernel, 2, sizeof b, &b), CL_SUCCESS);
  assert_int_equal(clSetKernelArg(kernel, 3, sizeof n, &n), CL_SUCCESS);
  assert_int_equal(
      clEnqueueNDRangeKernel(device_queue(dev), kernel, 1, NULL, &global, NULL, 0, NULL, NULL),
      CL_SUCCESS);
  assert_int_equal(clEnqueueReadBuffer(device_queue(dev), b, CL_TRUE, 0, size, out, 0, NULL, NULL),
                   CL_SUCCESS);
  clReleaseMemObject(a);
  clReleaseMemObject(b);
  clReleaseKernel(kernel);
  clReleaseProgram(program);
}

void probe_run(device *dev, const char *source, const char *statements, const float *in, float *out,
               int count) {
  probe_run_with(dev, source, statements, in, 0, out, count);
}

void probe_run_with(device *dev, const char *source, const char *statements, const float *in,
                    int more, float *out, int count) {
  char whole[4096];
  assert_true(snprintf(whole, sizeof whole, PROBE, source, statements) < (int)sizeof whole);
  assert_int_equal(count % 8, 0);
  text t = {0};
  expand(&t, whole);
  float *alone = malloc(sizeof *alone * 4 * (size_t)count);
  assert_non_null(alone);
  run_once(dev, t.bytes, t.size, false, in, more, alone, count);
  run_once(dev, t.bytes, t.size, true, in, more, out, count);
  for (int i = 0; i < 4 * count; i++)
    if (!(fabsf(out[i] - alone[i]) <= 2e-5f + 2e-4f * fabsf(alone[i])))
      fail_msg("case %d, number %d: %.9g in lanes, %.9g alone", i / 4, i % 4, (double)out[i],
               (double)alone[i]);
  free(alone);
  free(t.bytes);
}

double twin_fresnel(double f0, double cosine) {
  return f0 + (1 - f0) * pow(1 - fmax(0, fmin(1, cosine)), 5);
}

double twin_ggx(double roughness, double nl, double nv, double nh) {
  double a2 = pow(fmax(roughness * roughness, 0.002), 2), d = nh * nh * (a2 - 1) + 1;
  double smith = nl * sqrt(nv * nv * (1 - a2) + a2) + nv * sqrt(nl * nl * (1 - a2) + a2);
  return a2 / (PI * d * d) * 0.5 / smith;
}

double twin_reflect_share(double albedo, double f0, double roughness, const double l[3],
                          const double v[3]) {
  double h[3], length = 0, lh = 0;
  for (int c = 0; c < 3; c++)
    h[c] = l[c] + v[c], length += h[c] * h[c];
  for (int c = 0; c < 3; c++)
    h[c] /= sqrt(length), lh += h[c] * l[c];
  double kept = 1 - f0 - (fmax(1 - roughness, f0) - f0) * pow(1 - fmin(l[2], v[2]), 5);
  return albedo * kept / PI + twin_fresnel(f0, lh) * twin_ggx(roughness, l[2], v[2], h[2]);
}

double twin_wet_albedo(double albedo, double wet, double porosity) {
  return pow(albedo, 1 + 2.2 * wet * porosity);
}

double twin_wet_roughness(double roughness, double wet) {
  return roughness + (fmin(roughness, 0.1) - roughness) * wet;
}

static double curve(double x) {
  // Through (0.18, 0.18) and (14, 1) with a contrast of 1.22.
  double a = 1.22, x0 = pow(0.18, a), x1 = pow(14, a);
  double b = (x1 - x0 / 0.18) / (x1 - x0), c = x0 / 0.18 - b * x0, p = pow(x, a);
  return p / (b * p + c);
}

void twin_develop(const double rgb[3], double out[3]) {
  static const double WEIGHT[3] = {0.2126, 0.7152, 0.0722};
  double mean = 0, after = 0, y[3];
  for (int c = 0; c < 3; c++)
    mean += WEIGHT[c] * rgb[c];
  for (int c = 0; c < 3; c++)
    y[c] = curve(rgb[c] + (mean - rgb[c]) * 0.14), after += WEIGHT[c] * y[c];
  for (int c = 0; c < 3; c++) {
    double z = fmax(0, fmin(1, (y[c] - 0.14 * after) / 0.86));
    out[c] = z <= 0.0031308 ? 12.92 * z : 1.055 * pow(z, 1 / 2.4) - 0.055;
  }
}
