// SPDX-License-Identifier: Apache-2.0
// Paving between buildings and sidewalks.
#include <math.h>

#include "render/ground_parts.h"

static const double UNDER_WALL_M = 1.4; // aprons reach below buildings

typedef struct foot {
  double distance_m;
  const road *r;
  double s_m;
  int side;
} foot;

// The nearest point of a road without junction, by its stations' chords.
static foot nearest_road(const ground *g, double x, double y) {
  foot best = {.distance_m = 25};
  for (int i = 0; i < g->net->road_count; i++) {
    const road *r = &g->net->roads[i];
    const ground_stations *at = &g->stations[i];
    // No point of a road is further from any of its stations than its length.
    double from = at->count ? hypot(x - at->places[0].x_m, y - at->places[0].y_m) : INFINITY;
    if (from > r->length_m + best.distance_m)
      continue;
    for (int k = 0; k + 1 < at->count; k++) {
      const road_place *a = &at->places[k], *b = &at->places[k + 1];
      double length = at->s_m[k + 1] - at->s_m[k], reach = length + best.distance_m;
      double ex = b->x_m - a->x_m, ey = b->y_m - a->y_m, dx = x - a->x_m, dy = y - a->y_m;
      if (dx * dx + dy * dy > reach * reach)
        continue;
      double u = fmax(0, fmin(1, (dx * ex + dy * ey) / (ex * ex + ey * ey)));
      double distance = sqrt((dx - u * ex) * (dx - u * ex) + (dy - u * ey) * (dy - u * ey));
      if (distance < best.distance_m)
        best = (foot){distance, r, at->s_m[k] + u * length, ex * dy - ey * dx > 0 ? 1 : -1};
    }
  }
  return best;
}

// Paving between a building that stands close to the sidewalk and that sidewalk.
void ground_aprons(ground *g) {
  for (int i = 0; i < g->s->thing_count; i++) {
    const scene_thing *t = &g->s->things[i];
    if (t->kind != THING_BUILDING)
      continue;
    const vec3 front = {1, 0, 0};
    vec3 wall[2], walk[2];
    bool near = true;
    for (int k = 0; k < 2 && near; k++) {
      wall[k] = pose_apply(t->at, (vec3){t->size_m[0] / 2, (k ? 0.5 : -0.5) * t->size_m[1], 0});
      foot f = nearest_road(g, wall[k].x, wall[k].y);
      near = f.r && f.s_m > 0.5 && f.s_m < f.r->length_m - 0.5;
      if (!near)
        break;
      walk[k] = road_point_at(g->net, f.r, f.s_m,
                              road_edge_t(g->net, f.r, f.s_m, f.side, ROAD_EDGE_OUTER));
      vec3 gap = vec3_sub(wall[k], walk[k]);
      near = hypot(gap.x, gap.y) < 2.2 &&
             -vec3_dot(gap, quat_rotate(t->at.q, front)) > 0.9 * hypot(gap.x, gap.y);
    }
    if (!near)
      continue;
    // On under the building, whose box begins where its awnings and balconies end.
    vec3 corners[4] = {wall[0], walk[0], walk[1], wall[1]}, ahead = quat_rotate(t->at.q, front);
    for (int k = 0; k < 4; k += 3)
      corners[k] = vec3_sub(corners[k], vec3_scale(ahead, UNDER_WALL_M));
    for (int k = 0; k < 4; k++)
      corners[k].z = wall[0].z + 0.006;
    ground_polygon(g, corners, 4, MATERIAL_GROUND_PAVING);
  }
}
