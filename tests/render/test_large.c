// SPDX-License-Identifier: Apache-2.0
// labels: unit slow
// links: embree
// 50,000 instances and 5 million distinct triangles fit, and rays meet what Embree's do.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "with_rays.h"

static void a_large_town_fits(void **state) {
  (void)state;
  static float planes[RAY_PLANES * RAYS_COUNT];
  static rays_hits h;
  trouble why = {0};
  device *dev;
  tracer *with;
  town t;
  if (device_open(&dev, NULL, &why) || tracer_create(&with, dev, &why))
    fail_msg("%s", why.text);
  town_create_large(&t, dev);
  int triangles = 0;
  for (int i = 0; i < geometry_count(t.shapes); i++)
    triangles += geometry_about(t.shapes, i)->triangle_count;
  assert_int_equal(triangles, 5000000);
  assert_int_equal(t.top.count, 50000);
  for (int coherent = 0; coherent < 2; coherent++) {
    rays_make(planes, coherent, true);
    rays_trace(with, &t, planes, coherent ? RAYS_WIDTH / 4 : 0, &h);
    int met = 0, differences = rays_differ(&t, planes, &h);
    for (int i = 0; i < RAYS_COUNT; i++)
      met += h.primitive[i] != HIT_NONE;
    assert_true(met > RAYS_COUNT / 3);
    print_message("%s rays: %d of %d met something, %d differ from Embree's\n",
                  coherent ? "coherent" : "single", met, RAYS_COUNT, differences);
    if (differences > RAYS_COUNT / 2000)
      fail_msg("%d of %d rays differ from Embree", differences, RAYS_COUNT);
  }
  town_destroy(&t);
  tracer_destroy(with);
  device_close(dev);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_large_town_fits)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
