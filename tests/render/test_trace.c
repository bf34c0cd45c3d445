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
#include "with_town.h"

enum { WIDTH = 192, HEIGHT = 128, RAYS = WIDTH * HEIGHT };

typedef struct hits {
  float t[RAYS], u[RAYS], v[RAYS];
  uint32_t primitive[RAYS], instance[RAYS];
} hits;

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

// A camera at (-60, 0, 2) over 4x4 tiles, or random rays from random places.
static void make_rays(float *planes, bool coherent, bool timed) {
  rng r = rng_at(3, RNG_TEST, 1, 0, 0);
  for (int i = 0; i < RAYS; i++) {
    double o[3] = {-60, 0.3, 2}, d[3], time = timed ? rng_unit(&r) : 0;
    if (coherent) {
      int tile = i / 16, in = i % 16;
      int x = tile % (WIDTH / 4) * 4 + in % 4, y = tile / (WIDTH / 4) * 4 + in / 4;
      d[0] = 1;
      d[1] = -(x + 0.5 - WIDTH / 2) / (WIDTH * 0.6);
      d[2] = -(y + 0.5 - HEIGHT / 2) / (WIDTH * 0.6) - 0.03;
      time = timed ? (double)y / HEIGHT : 0;
    } else {
      o[0] = rng_uniform(&r, -100, 100), o[1] = rng_uniform(&r, -60, 60);
      o[2] = rng_uniform(&r, 1, 12);
      for (int k = 0; k < 3; k++)
        d[k] = rng_normal(&r, 0, 1);
    }
    for (int k = 0; k < 3; k++) {
      planes[(RAY_OX + k) * RAYS + i] = (float)o[k];
      planes[(RAY_DX + k) * RAYS + i] = (float)d[k];
    }
    planes[RAY_TIME * RAYS + i] = (float)time;
    planes[RAY_LIMIT * RAYS + i] = 1e6f;
  }
}

static void trace(const town *t, const float *planes, bool coherent, hits *out) {
  trouble why = {0};
  cl_mem rays, mem[5];
  assert_int_equal(device_buffer(dev, sizeof(float) * RAY_PLANES * RAYS, planes, &rays, &why), 0);
  for (int i = 0; i < 5; i++)
    assert_int_equal(device_buffer(dev, sizeof(float) * RAYS, NULL, &mem[i], &why), 0);
  shade_hits h = {mem[0], mem[1], mem[2], mem[3], mem[4]};
  if (tracer_closest(rays_of, &t->where, rays, RAYS, RAYS, coherent, &h, &why))
    fail_msg("%s", why.text);
  void *to[5] = {out->t, out->primitive, out->instance, out->u, out->v};
  for (int i = 0; i < 5; i++) {
    assert_int_equal(clEnqueueReadBuffer(device_queue(dev), mem[i], CL_TRUE, 0,
                                         sizeof(float) * RAYS, to[i], 0, NULL, NULL),
                     0);
    clReleaseMemObject(mem[i]);
  }
  clReleaseMemObject(rays);
}

// Embree's hit of ray i: distance and instance, or HIT_NONE.
static uint32_t embree_hit(const town *t, const float *planes, int i, float *distance) {
  struct RTCRayHit r;
  struct RTCIntersectContext context;
  rtcInitIntersectContext(&context);
  memset(&r, 0, sizeof r);
  r.ray.org_x = planes[RAY_OX * RAYS + i], r.ray.org_y = planes[RAY_OY * RAYS + i];
  r.ray.org_z = planes[RAY_OZ * RAYS + i], r.ray.dir_x = planes[RAY_DX * RAYS + i];
  r.ray.dir_y = planes[RAY_DY * RAYS + i], r.ray.dir_z = planes[RAY_DZ * RAYS + i];
  r.ray.time = planes[RAY_TIME * RAYS + i];
  r.ray.tfar = planes[RAY_LIMIT * RAYS + i];
  r.ray.mask = ~0u;
  r.hit.geomID = r.hit.instID[0] = RTC_INVALID_GEOMETRY_ID;
  rtcIntersect1(t->embree.top, &context, &r);
  *distance = r.ray.tfar;
  return r.hit.geomID == RTC_INVALID_GEOMETRY_ID ? HIT_NONE : r.hit.instID[0];
}

// Rays that differ in instance or by more than a part in 10^4 of distance. Rays that
// graze an edge may: they are counted, not excused.
static int count_differences(const town *t, const float *planes, const hits *h) {
  int differences = 0;
  for (int i = 0; i < RAYS; i++) {
    float distance;
    uint32_t instance = embree_hit(t, planes, i, &distance);
    bool same = instance == h->instance[i] &&
                (instance == HIT_NONE || fabsf(distance - h->t[i]) <= 1e-4f * distance + 1e-4f);
    differences += !same;
  }
  return differences;
}

static void compare(bool coherent, bool moving) {
  static float planes[RAY_PLANES * RAYS];
  static hits h;
  town t;
  town_create(&t, dev, moving);
  make_rays(planes, coherent, moving);
  trace(&t, planes, coherent, &h);
  int met = 0;
  for (int i = 0; i < RAYS; i++)
    met += h.primitive[i] != HIT_NONE;
  assert_true(met > RAYS / 3);
  int differences = count_differences(&t, planes, &h);
  if (differences > RAYS / 2000)
    fail_msg("%d of %d rays differ from Embree", differences, RAYS);
  // The check can fail: the same rays against a town whose hits are shifted.
  for (int i = 0; i < RAYS; i++)
    h.t[i] *= 1.001f;
  assert_true(count_differences(&t, planes, &h) > met / 2);
  town_destroy(&t);
}

static void camera_packets_equal_embree(void **state) {
  (void)state;
  compare(true, false);
}

static void camera_packets_equal_embree_while_things_move(void **state) {
  (void)state;
  compare(true, true);
}

static void single_rays_equal_embree(void **state) {
  (void)state;
  compare(false, false);
}

static void single_rays_equal_embree_while_things_move(void **state) {
  (void)state;
  compare(false, true);
}

static void incoherent_rays_in_packets_equal_single_rays(void **state) {
  (void)state;
  static float planes[RAY_PLANES * RAYS];
  static hits a, b;
  town t;
  town_create(&t, dev, true);
  make_rays(planes, false, true);
  trace(&t, planes, false, &a);
  trace(&t, planes, true, &b);
  int differences = 0;
  for (int i = 0; i < RAYS; i++)
    differences += a.instance[i] != b.instance[i] || fabsf(a.t[i] - b.t[i]) > 1e-4f * a.t[i];
  if (differences > RAYS / 2000)
    fail_msg("%d of %d rays differ", differences, RAYS);
  town_destroy(&t);
}

static void visibility_equals_closest_hits(void **state) {
  (void)state;
  static float planes[RAY_PLANES * RAYS], seen[RAYS];
  static hits h;
  trouble why = {0};
  town t;
  town_create(&t, dev, true);
  for (int coherent = 0; coherent < 2; coherent++) {
    make_rays(planes, coherent, true);
    rng r = rng_at(9, RNG_TEST, 0, 0, 0);
    for (int i = 0; i < RAYS; i++)
      planes[RAY_LIMIT * RAYS + i] = (float)(i % 7 == 0 ? -1 : rng_log_uniform(&r, 0.5, 100));
    trace(&t, planes, coherent, &h);
    cl_mem rays, out;
    assert_int_equal(device_buffer(dev, sizeof planes, planes, &rays, &why), 0);
    assert_int_equal(device_buffer(dev, sizeof seen, NULL, &out, &why), 0);
    assert_int_equal(tracer_visible(rays_of, &t.where, rays, RAYS, RAYS, coherent, out, &why), 0);
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

static void packets_equal_the_brute_force_twin(void **state) {
  (void)state;
  static float planes[RAY_PLANES * RAYS];
  static hits h;
  town t;
  town_create(&t, dev, false);
  make_rays(planes, true, false);
  trace(&t, planes, true, &h);
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
      cmocka_unit_test(single_rays_equal_embree),
      cmocka_unit_test(single_rays_equal_embree_while_things_move),
      cmocka_unit_test(incoherent_rays_in_packets_equal_single_rays),
      cmocka_unit_test(visibility_equals_closest_hits),
      cmocka_unit_test(packets_equal_the_brute_force_twin),
  };
  return cmocka_run_group_tests(tests, open_device, close_device);
}
