// SPDX-License-Identifier: Apache-2.0
// labels: unit
// links: embree
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "with_rays.h"

enum { RAYS = RAYS_COUNT, ACROSS = RAYS_WIDTH / 4 };

// Singles, packets, bundles; the last ones of rows that are odd, and not all of them whole.
static const int WAYS[] = {0, 1, ACROSS, 7};

static device *dev;
static tracer *rays_of;

static int open_device(void **state) {
  (void)state;
  trouble why = {0};
  if (device_open(&dev, NULL, &why) || tracer_create(&rays_of, dev, &why)) {
    fprintf(stderr, "%s\n", why.text);
    return -1;
  }
  return 0;
}

static int close_device(void **state) {
  (void)state;
  tracer_destroy(rays_of);
  device_close(dev);
  return 0;
}

// `across` as tracer_closest has it; rays of a camera unless 0.
static void compare(int across, bool moving) {
  static float planes[RAY_PLANES * RAYS];
  static rays_hits h;
  town t;
  town_create(&t, dev, moving);
  rays_make(planes, across > 0, moving);
  rays_trace(rays_of, &t, planes, across, &h);
  int met = 0;
  for (int i = 0; i < RAYS; i++)
    met += h.primitive[i] != HIT_NONE;
  assert_true(met > RAYS / 3);
  int differences = rays_differ(&t, planes, &h);
  if (differences > RAYS / 2000)
    fail_msg("%d of %d rays differ from Embree", differences, RAYS);
  // The check can fail: the same rays against a town whose hits are shifted.
  for (int i = 0; i < RAYS; i++)
    h.t[i] *= 1.001f;
  assert_true(rays_differ(&t, planes, &h) > met / 2);
  town_destroy(&t);
}

static void camera_packets_equal_embree(void **state) {
  (void)state;
  compare(1, false);
}

static void camera_bundles_equal_embree(void **state) {
  (void)state;
  compare(ACROSS, false);
}

static void camera_packets_equal_embree_while_things_move(void **state) {
  (void)state;
  compare(1, true);
}

static void camera_bundles_equal_embree_while_things_move(void **state) {
  (void)state;
  compare(ACROSS, true);
}

static void single_rays_equal_embree(void **state) {
  (void)state;
  compare(0, false);
}

static void single_rays_equal_embree_while_things_move(void **state) {
  (void)state;
  compare(0, true);
}

static void incoherent_rays_in_packets_equal_single_rays(void **state) {
  (void)state;
  static float planes[RAY_PLANES * RAYS];
  static rays_hits a, b;
  town t;
  town_create(&t, dev, true);
  rays_make(planes, false, true);
  rays_trace(rays_of, &t, planes, 0, &a);
  for (size_t way = 1; way < sizeof WAYS / sizeof *WAYS; way++) {
    memset(&b, 0, sizeof b);
    rays_trace(rays_of, &t, planes, WAYS[way], &b);
    int differences = 0;
    for (int i = 0; i < RAYS; i++)
      differences += a.instance[i] != b.instance[i] || fabsf(a.t[i] - b.t[i]) > 1e-4f * a.t[i];
    if (differences > RAYS / 2000)
      fail_msg("%d across: %d of %d rays differ", WAYS[way], differences, RAYS);
  }
  town_destroy(&t);
}

static void visibility_equals_closest_hits(void **state) {
  (void)state;
  static float planes[RAY_PLANES * RAYS], seen[RAYS];
  static rays_hits h;
  trouble why = {0};
  town t;
  town_create(&t, dev, true);
  for (size_t way = 0; way < sizeof WAYS / sizeof *WAYS; way++) {
    const int across = WAYS[way];
    rays_make(planes, across > 0, true);
    rng r = rng_at(9, RNG_TEST, 0, 0, 0);
    for (int i = 0; i < RAYS; i++)
      planes[RAY_LIMIT * RAYS + i] = (float)(i % 7 == 0 ? -1 : rng_log_uniform(&r, 0.5, 100));
    rays_trace(rays_of, &t, planes, across, &h);
    cl_mem rays, out;
    assert_int_equal(device_buffer(dev, sizeof planes, planes, &rays, &why), 0);
    assert_int_equal(device_buffer(dev, sizeof seen, NULL, &out, &why), 0);
    assert_int_equal(tracer_visible(rays_of, &t.where, rays, RAYS, RAYS, across, out, &why), 0);
    clEnqueueReadBuffer(device_queue(dev), out, CL_TRUE, 0, sizeof seen, seen, 0, NULL, NULL);
    int blocked = 0;
    for (int i = 0; i < RAYS; i++) {
      bool expected = i % 7 != 0 && h.primitive[i] == HIT_NONE;
      blocked += i % 7 != 0 && !expected;
      if ((seen[i] == 1) != expected)
        fail_msg("ray %d: seen %g, closest hit %u at %g", i, (double)seen[i], h.primitive[i],
                 (double)h.t[i]);
    }
    assert_true(blocked > RAYS / 20);
    clReleaseMemObject(rays);
    clReleaseMemObject(out);
  }
  town_destroy(&t);
}

// The slow obvious twin: every triangle of every instance in double precision.
static void brute_force(const town *t, const float *planes, int i, double *best, uint32_t *who) {
  *best = (double)planes[RAY_LIMIT * RAYS + i];
  *who = HIT_NONE;
  for (int k = 0; k < t->top.count; k++) {
    const gpu_instance *it = &t->top.instances[k];
    const geometry_mesh *about = NULL;
    for (int n = 0; n < geometry_count(t->shapes); n++)
      if (geometry_about(t->shapes, n)->triangle_first == it->triangle_first)
        about = geometry_about(t->shapes, n);
    pose at = {{it->begin_p[0], it->begin_p[1], it->begin_p[2]},
               {it->begin_q[3], it->begin_q[0], it->begin_q[1], it->begin_q[2]}};
    vec3 o = {planes[RAY_OX * RAYS + i], planes[RAY_OY * RAYS + i], planes[RAY_OZ * RAYS + i]};
    vec3 d = {planes[RAY_DX * RAYS + i], planes[RAY_DY * RAYS + i], planes[RAY_DZ * RAYS + i]};
    o = pose_apply(pose_inverse(at), o);
    d = quat_rotate(quat_conjugate(at.q), d);
    for (int f = 0; f < about->triangle_count; f++) {
      const gpu_triangle *tri = &geometry_triangles(t->shapes)[about->triangle_first + (uint32_t)f];
      vec3 p[3];
      for (int c = 0; c < 3; c++) {
        const float *v = geometry_vertices(t->shapes)[tri->v[c]].p;
        p[c] = (vec3){(double)v[0] * (double)it->scale[0], (double)v[1] * (double)it->scale[1],
                      (double)v[2] * (double)it->scale[2]};
      }
      vec3 e1 = vec3_sub(p[1], p[0]), e2 = vec3_sub(p[2], p[0]), s = vec3_sub(o, p[0]);
      vec3 q = vec3_cross(d, e2), w = vec3_cross(s, e1);
      double det = vec3_dot(e1, q);
      double u = vec3_dot(s, q) / det, v = vec3_dot(d, w) / det, hit = vec3_dot(e2, w) / det;
      if (u >= 0 && v >= 0 && u + v <= 1 && hit > 0 && hit < *best) {
        *best = hit;
        *who = (uint32_t)k;
      }
    }
  }
}

static void bundles_equal_the_brute_force_twin(void **state) {
  (void)state;
  static float planes[RAY_PLANES * RAYS];
  static rays_hits h;
  town t;
  town_create(&t, dev, false);
  rays_make(planes, true, false);
  rays_trace(rays_of, &t, planes, ACROSS, &h);
  int differences = 0, tested = 0;
  for (int i = 5; i < RAYS; i += 499, tested++) {
    double best;
    uint32_t who;
    brute_force(&t, planes, i, &best, &who);
    differences +=
        who != h.instance[i] || (who != HIT_NONE && fabs(best - (double)h.t[i]) > 1e-4 * best);
  }
  if (differences > 0)
    fail_msg("%d of %d rays differ from brute force", differences, tested);
  town_destroy(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(camera_packets_equal_embree),
      cmocka_unit_test(camera_packets_equal_embree_while_things_move),
      cmocka_unit_test(camera_bundles_equal_embree),
      cmocka_unit_test(camera_bundles_equal_embree_while_things_move),
      cmocka_unit_test(single_rays_equal_embree),
      cmocka_unit_test(single_rays_equal_embree_while_things_move),
      cmocka_unit_test(incoherent_rays_in_packets_equal_single_rays),
      cmocka_unit_test(visibility_equals_closest_hits),
      cmocka_unit_test(bundles_equal_the_brute_force_twin),
  };
  return cmocka_run_group_tests(tests, open_device, close_device);
}
