// SPDX-License-Identifier: Apache-2.0
// The lidar's air against closed forms, its random numbers against the host's.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "render/device_cl.h"
#include "render/launch.h"
#include "render/lidar.h"

static void extinction_follows_koschmieder_and_lisa(void **state) {
  (void)state;
  weather_state w = weather_state_default();
  assert_true(lidar_extinction_pm(&w) == 0);
  w.fog_visibility_m = 150;
  assert_true(fabs(lidar_extinction_pm(&w) - 0.02) < 2e-4); // 2.996 / 150
  w = weather_state_default();
  w.rain_mmh = 10;
  assert_true(fabs(lidar_extinction_pm(&w) - 0.0016) < 1e-6);
  w.rain_mmh = 25;
  assert_true(fabs(lidar_extinction_pm(&w) - 0.0028) < 3e-5);
}

static void fog_return_is_that_of_a_thin_slab_far_away(void **state) {
  (void)state;
  // Far from the crossover and in thin air the integral is that of the pulse's length
  // alone: pi beta (c / 2) tau / R^2.
  const double mor_m = 1000, range_m = 200;
  double slab = 3.14159265 * 0.046 / mor_m * (299792458.0 / 2) * 20e-9 / (197.0 * 197.0);
  double power = lidar_fog_power(range_m, mor_m, 0);
  assert_true(fabs(power / slab - 1) < 0.01);
  // Two-way extinction.
  double thick = lidar_fog_power(range_m, mor_m, 0.01);
  assert_true(fabs(log(power / thick) / (2 * 0.01 * 197) - 1) < 0.02);
  // Nothing from in front of the optics; denser fog sends more back.
  assert_true(lidar_fog_power(0.5, 50, 0.06) == 0);
  assert_true(lidar_fog_power(5, 50, 0.06) > lidar_fog_power(5, 200, 0.015));
}

static void philox_in_kernels_equals_the_hosts(void **state) {
  (void)state;
  enum { COUNT = 256 };
  trouble why = {0};
  device *dev;
  cl_program program;
  cl_kernel kernel;
  if (device_open(&dev, NULL, &why) ||
      device_program(dev, "philox_probe.cl", NULL, &program, &why) ||
      device_kernel(program, "philox_probe", &kernel, &why))
    fail_msg("%s", why.text);
  cl_mem out;
  assert_int_equal(device_buffer(dev, 16 * COUNT, NULL, &out, &why), STATUS_OK);
  int count = COUNT;
  rng key = rng_at(0x123456789abcdefull, RNG_LIDAR, 7, 0, 3);
  uint32_t k0 = key.key[0], k1 = key.key[1];
  assert_int_equal(
      LAUNCH(dev, kernel, "philox_probe", COUNT, 32, &why, ARG(k0), ARG(k1), ARG(count), ARG(out)),
      STATUS_OK);
  uint32_t got[COUNT][4];
  clEnqueueReadBuffer(device_queue(dev), out, CL_TRUE, 0, sizeof got, got, 0, NULL, NULL);
  for (uint32_t i = 0; i < COUNT; i++) {
    const uint32_t counter[4] = {7, i, 3, i * 977};
    uint32_t expected[4];
    rng_philox(counter, key.key, expected);
    assert_memory_equal(expected, got[i], sizeof expected);
  }
  clReleaseMemObject(out);
  clReleaseKernel(kernel);
  clReleaseProgram(program);
  device_close(dev);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(extinction_follows_koschmieder_and_lisa),
      cmocka_unit_test(fog_return_is_that_of_a_thin_slab_far_away),
      cmocka_unit_test(philox_in_kernels_equals_the_hosts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
