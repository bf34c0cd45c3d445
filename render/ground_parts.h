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
  double *bank_rad;   // (count)
} ground_stations;

/// A field or a driveway on land that isn't level.
typedef struct ground_plot {
  const vec3 *corners; // (4) counter-clockwise
  material what;
  double step_m;       // between points along its border
  bool drive;          // its first side is on a road's border
  double lo[2], hi[2]; // what it spans
} ground_plot;

typedef struct ground {
  const scene *s;
  const road_network *net;
  mesh *out;
  ground_stations *stations; // (road_count); empty for connecting roads
  int plot_count;
  ground_plot *plots; // from the west
  bool torn;          // some land couldn't be filled: its border crosses itself
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

/// Triangles between points, seen from above; indices (3 triangles) into points. False when
/// memory ran out.
bool ground_triangles(ground *g, const vec3 *points, int count, const uint32_t *indices,
                      int triangles, material what);

/// A closed way on the ground; all zero is empty. Its points are freed by who holds it.
typedef struct ground_loop {
  int count, capacity;
  vec3 *points;
  bool failed; // memory ran out
} ground_loop;

/// Appends a point unless it is where the last one is.
void ground_loop_add(ground_loop *l, vec3 p);
/// The area inside, negative when the way runs clockwise.
double ground_loop_area(const ground_loop *l);
bool ground_loop_has(const ground_loop *l, vec3 p);
/// Fills the ring, counter-clockwise, but for its holes, clockwise, which lie in it and apart
/// from each other.
void ground_fill(ground *g, const ground_loop *ring, const ground_loop *holes, int count,
                 material what);
/// The land around the streets, whose outlines run clockwise: flat up to 100 m from them and
/// hills beyond. Comes after all other land: what is torn gets a sheet below it.
void ground_land(ground *g, const ground_loop *outlines, int count);

/// How high the land stands at a road's outer border on one side, and round the corner
/// between two arms of a junction, above the carriageway.
double ground_edge_height(const ground *g, const road *r, int side);
double ground_corner_height(const ground *g, const road_arm *arm, const road_arm *next);

/// The driveways that leave a road on one side, along s; their number.
const scene_drive *ground_drives_of(const ground *g, const road *r, int side, int *count);
/// Where along the road the kerb begins to come down for a driveway, is down, rises and is up:
/// k 0 to 3.
double ground_drive_station(const scene_drive *d, int k);
/// How much lower than height_m the kerb is at s for one of some driveways.
double ground_drive_dip(const scene_drive *drives, int count, double s_m, double height_m);
/// Whether the road from s0 to s1, two stations, is one of theirs.
bool ground_drive_over(const scene_drive *drives, int count, double s0_m, double s1_m);

/// Fills g->plots, which whoever made `g` frees. False when memory ran out.
bool ground_plots_open(ground *g);
/// Whether a point lies so close to a plot's border that triangles with it would cross that.
bool ground_plots_near(const ground *g, vec3 p);
/// Adds points on the borders of the plots within a rectangle.
void ground_plots_points(const ground *g, const double lo[2], const double hi[2], ground_loop *out);
/// Gives triangles from the first one on that lie in plots their materials.
void ground_plots_paint(ground *g, int first_triangle);

/// The wall round a tunnel's mouth: how far it goes on beside the road, and how high it is.
#define GROUND_PORTAL_M 1.6
#define GROUND_PORTAL_HIGH_M 7.2

void ground_structures(ground *g);
void ground_marks(ground *g);
void ground_rails(ground *g);
void ground_lots(ground *g);
void ground_aprons(ground *g);
/// Driveways on level land.
void ground_drives(ground *g);

/// Triangulates a simple polygon, counter-clockwise, possibly with a bridge to a hole, by
/// cutting ears. Writes 3 (count - 2) indices; the number of triangles, less when the polygon
/// isn't simple. -1 when memory ran out.
int ground_cut_ears(const vec3 *points, int count, uint32_t *indices);

#endif
