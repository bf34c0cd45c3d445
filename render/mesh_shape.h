// SPDX-License-Identifier: Apache-2.0
// Shapes to model with: grids, sweeps, turned bodies, bevelled boxes. They add bare
// points; mesh_smooth() then gives every corner its normal, so that surfaces which meet
// at a flat angle shade as one and others keep a crisp edge. For files of render/ alone.
#ifndef RENDER_MESH_SHAPE_H
#define RENDER_MESH_SHAPE_H

#include <math.h>
#include <stddef.h>

#include "render/mesh.h"

typedef struct f3 {
  float x, y, z;
} f3;

/// A grid cell that stays open.
#define MATERIAL_NONE ((material)0xffff)

static inline f3 f3_of(float x, float y, float z) {
  return (f3){x, y, z};
}
static inline f3 f3_add(f3 a, f3 b) {
  return (f3){a.x + b.x, a.y + b.y, a.z + b.z};
}
static inline f3 f3_sub(f3 a, f3 b) {
  return (f3){a.x - b.x, a.y - b.y, a.z - b.z};
}
static inline f3 f3_scale(f3 a, float k) {
  return (f3){a.x * k, a.y * k, a.z * k};
}
static inline f3 f3_mix(f3 a, f3 b, float u) {
  return f3_add(f3_scale(a, 1 - u), f3_scale(b, u));
}
static inline float f3_dot(f3 a, f3 b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
static inline f3 f3_cross(f3 a, f3 b) {
  return (f3){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
static inline float f3_length(f3 a) {
  return sqrtf(f3_dot(a, a));
}
/// a / |a|; the z axis when |a| is 0.
static inline f3 f3_unit(f3 a) {
  float length = f3_length(a);
  return length > 0 ? f3_scale(a, 1 / length) : f3_of(0, 0, 1);
}
/// Any unit vector at right angles to the unit vector a.
f3 f3_across(f3 a);

/// Value at x of the smooth curve through count >= 2 knots (x, value) with rising x;
/// constant outside. It never overshoots its knots.
float curve_at(const float (*knots)[2], int count, float x);

/// A point whose normal mesh_smooth() will find.
uint32_t mesh_point(mesh *m, f3 p);
/// Quads between rows x cols points, p[row * cols + col]. Outside is where columns run to
/// the right and rows run up, or the other side with `flip`. `cells`, (rows-1, cols-1),
/// may be NULL: then all are `what`.
void mesh_grid(mesh *m, const f3 *p, int rows, int cols, const material *cells, material what,
               bool flip);
/// Four corners, counter-clockwise from outside, without normals.
void mesh_patch(mesh *m, f3 a, f3 b, f3 c, f3 d, material what);
/// The same with its flat normal and uv in metres from corner a, as mesh_flat_quad().
void mesh_face(mesh *m, f3 a, f3 b, f3 c, f3 d, material what);
/// A box with its edges cut at 45 degrees by `bevel`.
void mesh_bevel_box(mesh *m, f3 lo, f3 hi, float bevel, material what);
/// The same around `centre` with unit axes x, y and half sizes.
void mesh_bevel_box_at(mesh *m, f3 centre, f3 x, f3 y, f3 half, float bevel, material what);
/// A bar with flat ends, width across `side`, thickness across the third direction.
void mesh_bar(mesh *m, f3 from, f3 to, f3 side, float width, float thickness, material what);
/// An ellipsoid with its poles on z.
void mesh_ball(mesh *m, f3 centre, f3 radii, int segments, int rings, material what);
/// A tube along `path` of elliptic rings: radii[i][0] across towards `side`, [1] across
/// the third direction. Ends are domes that stand out by `cap` of the radius; cap < 0: open.
void mesh_sweep(mesh *m, const f3 *path, const float (*radii)[2], int count, f3 side, int segments,
                float cap, material what);
/// A round straight tube.
void mesh_tube(mesh *m, f3 from, f3 to, float r0, float r1, int segments, material what);
/// A body of revolution: profile[i] = (along the axis, radius), material what[i] between
/// i and i + 1. Outside lies to the right of a profile that runs along the axis.
void mesh_spin(mesh *m, f3 centre, f3 axis, const float (*profile)[2], int count, int segments,
               const material *what);
/// A ring of round section around `axis`.
void mesh_torus(mesh *m, f3 centre, f3 axis, float radius, float thickness, int segments, int sides,
                material what);

/// Normals for the whole mesh: faces whose planes differ by less than crease_deg shade as
/// one. Welds points within 0.1 mm and drops triangles without area.
void mesh_smooth(mesh *m, float crease_deg);
/// Adds a copy of `part`, then empties it.
void mesh_take(mesh *m, mesh *part);
/// Adds a copy of the mesh so far, from triangle `first` on, mirrored in y = 0; left
/// indicators become right ones.
void mesh_mirror(mesh *m, int first);
/// Turns the mesh into its mirror image, y to -y; left indicators become right ones.
void mesh_turn(mesh *m);
/// Maps its bounds onto the box of size_m around the z axis, from z = 0; normals follow.
void mesh_fit(mesh *m, const double size_m[3]);
/// mesh_smooth, then mesh_fit: the end of most assets.
void mesh_finish(mesh *m, float crease_deg, const double size_m[3]);
/// Maps the box lo..hi onto that box instead.
void mesh_fit_from(mesh *m, const float lo[3], const float hi[3], const double size_m[3]);
/// Smooths the phases of a gait and maps the box of all of them onto one of size_m, so that they
/// fit each other.
void mesh_fit_phases(mesh *phases, int count, float crease_deg, const double size_m[3]);

#endif
