// SPDX-License-Identifier: Apache-2.0
#include "with_rays.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

enum { RAYS = RAYS_COUNT, WIDTH = RAYS_WIDTH, HEIGHT = RAYS_HEIGHT };

void rays_make(float *planes, bool coherent, bool timed) {
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

void rays_trace(tracer *with, const town *t, const float *planes, int across, rays_hits *out) {
  trouble why = {0};
  cl_mem rays, mem[5];
  assert_int_equal(device_buffer(t->dev, sizeof(float) * RAY_PLANES * RAYS, planes, &rays, &why),
                   0);
  for (int i = 0; i < 5; i++)
    assert_int_equal(device_buffer(t->dev, sizeof(float) * RAYS, NULL, &mem[i], &why), 0);
  shade_hits h = {mem[0], mem[1], mem[2], mem[3], mem[4]};
  if (tracer_closest(with, &t->where, rays, RAYS, RAYS, across, &h, &why))
    fail_msg("%s", why.text);
  void *to[5] = {out->t, out->primitive, out->instance, out->u, out->v};
  for (int i = 0; i < 5; i++) {
    assert_int_equal(clEnqueueReadBuffer(device_queue(t->dev), mem[i], CL_TRUE, 0,
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

int rays_differ(const town *t, const float *planes, const rays_hits *h) {
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
