// SPDX-License-Identifier: Apache-2.0
#include "render/asset_wheels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/asset_vehicle.h"

enum { MARKS = 1 + 2 * ASSET_AXLE_LIMIT };

// 0 for the body, else 1 + 2 axle + right.
static int mark_of(const mesh *m, int triangle) {
  return m->materials[triangle] >> VEHICLE_WHEEL_SHIFT;
}

void asset_unmark(mesh *whole) {
  for (int i = 0; i < whole->triangle_count; i++)
    whole->materials[i] &= (1u << VEHICLE_WHEEL_SHIFT) - 1;
}

// Adds the triangles of a mark with the vertices that they need; `place` has room for all.
static void take(const mesh *from, int mark, uint32_t *place, mesh *to) {
  memset(place, 0xff, sizeof *place * (size_t)from->vertex_count);
  for (int i = 0; i < from->triangle_count; i++) {
    if (mark_of(from, i) != mark)
      continue;
    uint32_t corner[3];
    for (int k = 0; k < 3; k++) {
      uint32_t v = from->indices[3 * i + k];
      const mesh_vertex *is = &from->vertices[v];
      if (place[v] == UINT32_MAX)
        place[v] = mesh_vertex_add(to, is->p, is->n, is->uv[0], is->uv[1]);
      corner[k] = place[v];
    }
    unsigned plain = from->materials[i] & ((1u << VEHICLE_WHEEL_SHIFT) - 1);
    mesh_triangle(to, corner[0], corner[1], corner[2], (material)plain);
  }
}

// Moves a wheel to its middle and makes it round again, if its vehicle was fitted to a box.
static void centre(mesh *wheel, asset_wheel *at) {
  float lo[3], hi[3];
  mesh_bounds(wheel, lo, hi);
  for (int k = 0; k < 3; k++)
    at->centre_m[k] = (lo[k] + hi[k]) / 2;
  float round = (hi[2] - lo[2]) / fmaxf(hi[0] - lo[0], 1e-6f);
  at->radius_m = 0;
  for (int i = 0; i < wheel->vertex_count; i++) {
    mesh_vertex *v = &wheel->vertices[i];
    for (int k = 0; k < 3; k++)
      v->p[k] -= at->centre_m[k];
    v->p[0] *= round;
    at->radius_m = fmaxf(at->radius_m, hypotf(v->p[0], v->p[2]));
  }
}

void asset_split(const mesh *whole, mesh *body, asset_wheels *wheels,
                 mesh axles[ASSET_AXLE_LIMIT]) {
  memset(wheels, 0, sizeof *wheels);
  uint32_t *place = malloc(sizeof *place * (size_t)(whole->vertex_count ? whole->vertex_count : 1));
  if (!place || whole->failed) {
    body->failed = true;
    free(place);
    return;
  }
  take(whole, 0, place, body);
  body->has_keypoints = whole->has_keypoints;
  memcpy(body->keypoints, whole->keypoints, sizeof body->keypoints);
  for (int mark = 1; mark < MARKS; mark++) {
    mesh wheel = {0};
    take(whole, mark, place, &wheel);
    if (wheel.triangle_count == 0) {
      body->failed |= wheel.failed;
      continue;
    }
    asset_wheel *at = &wheels->at[wheels->count++];
    *at = (asset_wheel){.axle = (mark - 1) / 2, .right = (mark - 1) % 2};
    centre(&wheel, at);
    if (!at->right)
      wheels->axle_count = at->axle + 1;
    if (axles && !at->right)
      axles[at->axle] = wheel;
    else
      mesh_free(&wheel);
  }
  free(place);
}

// How far out the wheel reaches when steered so far: its corners may be anywhere around.
static float reach(const mesh *wheel, float steer) {
  float most = 0;
  for (int i = 0; i < wheel->vertex_count; i++) {
    const float *p = wheel->vertices[i].p;
    most = fmaxf(most, hypotf(p[0], p[2]) * sinf(steer) + fabsf(p[1]) * cosf(steer));
  }
  return most;
}

void asset_limit_steering(asset_wheels *wheels, thing_kind kind, const double size_m[3],
                          const mesh *axles) {
  static const float STEER_MOST = 0.6f; // sim/move.c lets them steer about as far
  for (int i = 0; axles && i < wheels->count; i++) {
    asset_wheel *at = &wheels->at[i];
    if (at->axle > 0 || kind == THING_TRAILER)
      continue;
    float room = (float)size_m[1] / 2 - fabsf(at->centre_m[1]), lo = 0, hi = STEER_MOST;
    for (int k = 0; k < 12; k++) {
      float middle = (lo + hi) / 2;
      if (reach(&axles[0], middle) < room)
        lo = middle;
      else
        hi = middle;
    }
    // The forks of cycles stand still.
    at->steer_most_rad = kind == THING_BICYCLE ? 0.22f : kind == THING_MOTORCYCLE ? 0.15f : lo;
  }
}
