// SPDX-License-Identifier: Apache-2.0
#include "with_town.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

enum { GROUND, HOUSE, BLOB, CLOUD, SHAPES };

static void make_ground(mesh *m) {
  enum { SIDE = 60 };
  for (int y = 0; y <= SIDE; y++)
    for (int x = 0; x <= SIDE; x++) {
      float p[3] = {(float)(x - SIDE / 2) * 8, (float)(y - SIDE / 2) * 8, 0};
      p[2] = 0.6f * sinf(p[0] * 0.05f) * cosf(p[1] * 0.04f);
      float n[3] = {0, 0, 1};
      mesh_vertex_add(m, p, n, p[0], p[1]);
    }
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++) {
      uint32_t a = (uint32_t)(y * (SIDE + 1) + x);
      mesh_quad(m, a, a + 1, a + SIDE + 2, a + SIDE + 1, MATERIAL_ASPHALT);
    }
}

static void make_house(mesh *m) {
  for (int i = 0; i < 5; i++)
    for (int k = 0; k < 8; k++) {
      float lo[3] = {-6 + (float)i * 2.5f, -4 + (float)k, 0};
      float hi[3] = {lo[0] + 2.2f, lo[1] + 0.9f, 6 + (float)((i * 7 + k * 3) % 5)};
      mesh_box(m, lo, hi, false, MATERIAL_WALL_BRICK);
    }
}

static void make_blob(mesh *m) {
  enum { RINGS = 48 };
  float z[RINGS], radius[RINGS];
  for (int i = 0; i < RINGS; i++) {
    float a = 3.14159265f * (float)i / (RINGS - 1);
    z[i] = 0.8f - 0.8f * cosf(a);
    radius[i] = i == 0 || i == RINGS - 1 ? 0 : 0.9f * sinf(a) * (1 + 0.1f * sinf(9 * a));
  }
  mesh_lathe(m, 0, 0, z, radius, RINGS, 48, MATERIAL_CAR_PAINT);
}

static void make_cloud(mesh *m, int triangles, uint32_t seed) {
  rng r = rng_at(7, RNG_TEST, seed, 0, 0);
  for (int i = 0; i < triangles; i++) {
    float c[3] = {(float)rng_normal(&r, 0, 1.2), (float)rng_normal(&r, 0, 1.2),
                  (float)rng_normal(&r, 4, 1)};
    uint32_t index[3];
    for (int k = 0; k < 3; k++) {
      float p[3], n[3] = {0, 0, 1};
      for (int j = 0; j < 3; j++)
        p[j] = c[j] + (float)rng_uniform(&r, -0.15, 0.15);
      index[k] = mesh_vertex_add(m, p, n, 0, 0);
    }
    mesh_triangle(m, index[0], index[1], index[2], MATERIAL_LEAF);
  }
}

bvh_box spun_bounds(const gpu_instance *it, const bvh_box *own) {
  float radius = 0;
  for (int k = 0; k < 3; k++) {
    float most = it->scale[k] * fmaxf(fabsf(own->lo[k]), fabsf(own->hi[k]));
    radius = sqrtf(radius * radius + most * most);
  }
  bvh_box box;
  for (int k = 0; k < 3; k++) {
    box.lo[k] = fminf(it->begin_p[k], it->end_p[k]) - radius - 0.001f;
    box.hi[k] = fmaxf(it->begin_p[k], it->end_p[k]) + radius + 0.001f;
  }
  return box;
}

static void add(town *t, int shape, pose begin, pose end, const float scale[3], float spin) {
  const geometry_mesh *about = geometry_about(t->shapes, t->mesh_numbers[shape]);
  gpu_instance it = {.root = about->node_first,
                     .triangle_first = about->triangle_first,
                     .vertex_first = about->vertex_first,
                     .id = (uint32_t)t->top.count + 1,
                     .class = (uint32_t)shape,
                     .spin = spin};
  trace_place(&it, begin, end, scale);
  assert_true(trace_top_add(&t->top, &it, &about->bounds));
  if (spin != 0)
    t->top.boxes[t->top.count - 1] = spun_bounds(&it, &about->bounds);
}

static void finish(town *t) {
  trouble why = {0};
  assert_int_equal(geometry_upload(t->shapes, &t->buffers, &why), STATUS_OK);
  assert_int_equal(trace_top_build(&t->top, t->dev, &why), STATUS_OK);
  embree_create(&t->embree, t->shapes, &t->top, true);
  t->where = (trace_scene){t->buffers.nodes, t->buffers.facets, t->top.on_device,
                           t->top.nodes,     t->top.order,      HIT_NONE};
}

void town_create(town *t, device *dev, bool moving) {
  trouble why = {0};
  memset(t, 0, sizeof *t);
  t->dev = dev;
  assert_int_equal(geometry_create(&t->shapes, dev, &why), STATUS_OK);
  void (*const make[CLOUD])(mesh *) = {make_ground, make_house, make_blob};
  for (int i = 0; i < SHAPES; i++) {
    mesh m = {0};
    if (i == CLOUD)
      make_cloud(&m, 2500, 0);
    else
      make[i](&m);
    assert_int_equal(mesh_check(&m, "shape", &why), STATUS_OK);
    assert_int_equal(geometry_add(t->shapes, &m, &t->mesh_numbers[i], &why), STATUS_OK);
    mesh_free(&m);
  }
  const float one[3] = {1, 1, 1};
  add(t, GROUND, pose_identity(), pose_identity(), one, 0);
  rng r = rng_at(1, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < 400; i++) {
    int shape = i % 4 == 0 ? HOUSE : i % 4 == 1 ? BLOB : CLOUD;
    double side = shape == HOUSE ? 16 : 4;
    double x = rng_uniform(&r, -200, 200);
    double y = (rng_chance(&r, 0.5) ? 1 : -1) * rng_uniform(&r, side * 0.6, 90);
    pose begin = pose_flat(x, y, 0, rng_uniform(&r, -3, 3)), end = begin;
    if (moving && shape == BLOB) {
      end.p_m.x += rng_uniform(&r, -1.5, 1.5);
      end.q = quat_multiply(quat_from_ypr(rng_uniform(&r, -0.1, 0.1), 0, 0), begin.q);
    }
    float k = (float)rng_uniform(&r, 0.8, 1.3);
    const float scale[3] = {k * (float)rng_uniform(&r, 0.9, 1.1), k, k};
    // Some turn further than two poses can tell, as wheels do.
    bool spins = moving && i % 4 == 2;
    const float round[3] = {k, 1.1f * k, k};
    add(t, shape, begin, end, spins ? round : scale, spins ? 0.9f * (float)(i % 9 - 4) : 0);
  }
  finish(t);
}

void town_create_large(town *t, device *dev) {
  enum { MESHES = 50, EACH = 100000, INSTANCES = 50000 };
  trouble why = {0};
  memset(t, 0, sizeof *t);
  t->dev = dev;
  assert_int_equal(geometry_create(&t->shapes, dev, &why), STATUS_OK);
  int number = 0;
  for (uint32_t i = 0; i < MESHES; i++) {
    mesh m = {0};
    make_cloud(&m, EACH, i + 1);
    if (mesh_check(&m, "cloud", &why) || geometry_add(t->shapes, &m, &number, &why))
      fail_msg("%s", why.text);
    mesh_free(&m);
  }
  rng r = rng_at(1, RNG_TEST, 1, 0, 0);
  for (int i = 0; i < INSTANCES; i++) {
    const float scale[3] = {(float)rng_uniform(&r, 0.8, 1.3), 1, 1};
    pose begin = pose_flat(rng_uniform(&r, -600, 600), rng_uniform(&r, -600, 600),
                           rng_uniform(&r, -5, 5), rng_uniform(&r, -3, 3));
    pose end = begin;
    end.p_m.x += i % 100 == 0 ? rng_uniform(&r, -1.5, 1.5) : 0;
    t->mesh_numbers[CLOUD] = i % MESHES;
    add(t, CLOUD, begin, end, scale, 0);
  }
  finish(t);
}

void town_destroy(town *t) {
  embree_destroy(&t->embree);
  trace_top_free(&t->top);
  geometry_destroy(t->shapes);
}
