// SPDX-License-Identifier: Apache-2.0
// What the files that build the ground share. Private to render/ground*.c.
#ifndef RENDER_GROUND_PARTS_H
#define RENDER_GROUND_PARTS_H

#include "render/mesh.h"
#include "scenes/road_model.h"
#include "scenes/scene.h"

/// Positions along a road between which its surface is ruled.
typedef struct ground_stations {
  int count, capacity;
  double *s_m;
  road_place *places; // (count) of the reference line there
  double *z_m;        // (count)
} ground_stations;

typedef struct ground {
  const scene *s;
  const road_network *net;
  mesh *out;
  ground_stations *stations; // (road_count); empty for connecting roads
} ground;

/// The point beside a station, moved t to the left: road_point_at's, but looked up.
vec3 ground_station_point(const ground_stations *at, int index, double t_m);
/// A vertex that looks up.
uint32_t ground_vertex(ground *g, vec3 p, double u_m, double v_m);
/// A strip of quads between two lines of `count` points, seen from above; `left` lies to the
/// left going along.
void ground_strip(ground *g, const vec3 *left, const vec3 *right, int count, material what);
/// A vertical face under the line `top`, height_m down, that looks to the left going along.
void ground_face(ground *g, const vec3 *top, int count, double height_m, material what);
/// A convex polygon, counter-clockwise from above.
void ground_polygon(ground *g, const vec3 *points, int count, material what);

void ground_marks(ground *g);
void ground_rails(ground *g);
void ground_lots(ground *g);
void ground_aprons(ground *g);

/// Triangulates a simple polygon, counter-clockwise, possibly with a bridge to a hole, by
/// cutting ears. Writes 3 (count - 2) indices; the number of triangles, less when the polygon
/// isn't simple. -1 when memory ran out.
int ground_cut_ears(const vec3 *points, int count, uint32_t *indices);

#endif
