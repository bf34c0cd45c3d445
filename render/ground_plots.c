// SPDX-License-Identifier: Apache-2.0
// Fields and driveways on land that isn't level: the land's triangulation has points along their
// borders, and the triangles inside are of their material.
#include <math.h>
#include <stdlib.h>

#include "render/ground_parts.h"
#include "scenes/land.h"

static const double FIELD_STEP_M = 4, DRIVE_STEP_M = 1; // between points along a border
static const double FREE_STEPS = 0.55; // of the land's own points, from a border: or it breaks up

static material look_material(field_look look) {
  static const material of[FIELD_LOOKS] = {
      [FIELD_GREEN] = MATERIAL_FIELD_GREEN, [FIELD_RIPE] = MATERIAL_FIELD_RIPE,
      [FIELD_BLOOM] = MATERIAL_FIELD_BLOOM, [FIELD_STUBBLE] = MATERIAL_FIELD_STUBBLE,
      [FIELD_SOIL] = MATERIAL_FIELD_SOIL,
  };
  return of[look];
}

static void add_plot(ground *g, const vec3 *corners, material what, double step_m, bool drive) {
  ground_plot *plot = &g->plots[g->plot_count++];
  *plot = (ground_plot){.corners = corners,
                        .what = what,
                        .step_m = step_m,
                        .drive = drive,
                        .lo = {INFINITY, INFINITY},
                        .hi = {-INFINITY, -INFINITY}};
  for (int k = 0; k < 4; k++) {
    plot->lo[0] = fmin(plot->lo[0], corners[k].x), plot->hi[0] = fmax(plot->hi[0], corners[k].x);
    plot->lo[1] = fmin(plot->lo[1], corners[k].y), plot->hi[1] = fmax(plot->hi[1], corners[k].y);
  }
}

static int from_the_west(const void *a, const void *b) {
  const ground_plot *x = a, *y = b;
  if (x->lo[0] != y->lo[0])
    return x->lo[0] < y->lo[0] ? -1 : 1;
  return (x->lo[1] > y->lo[1]) - (x->lo[1] < y->lo[1]);
}

bool ground_plots_open(ground *g) {
  const scene *s = g->s;
  size_t most = (size_t)s->field_count + (size_t)s->drive_count;
  if (g->net->land.columns == 0 || most == 0)
    return true;
  g->plots = calloc(most, sizeof *g->plots);
  if (!g->plots)
    return false;
  for (int i = 0; i < s->field_count; i++)
    add_plot(g, s->fields[i].corners, look_material(s->fields[i].look), FIELD_STEP_M, false);
  for (int i = 0; i < s->drive_count; i++)
    add_plot(g, s->drives[i].corners, MATERIAL_DRIVEWAY, DRIVE_STEP_M, true);
  qsort(g->plots, most, sizeof *g->plots, from_the_west);
  return true;
}

static bool near_border(const ground_plot *plot, vec3 p) {
  double free_m = FREE_STEPS * plot->step_m;
  if (p.x < plot->lo[0] - free_m || p.x > plot->hi[0] + free_m || p.y < plot->lo[1] - free_m ||
      p.y > plot->hi[1] + free_m)
    return false;
  for (int k = 0; k < 4; k++) {
    vec3 a = plot->corners[k], b = plot->corners[(k + 1) % 4];
    double ex = b.x - a.x, ey = b.y - a.y, dx = p.x - a.x, dy = p.y - a.y;
    double u = fmax(0, fmin(1, (dx * ex + dy * ey) / fmax(1e-9, ex * ex + ey * ey)));
    if (hypot(dx - u * ex, dy - u * ey) < free_m)
      return true;
  }
  return false;
}

bool ground_plots_near(const ground *g, vec3 p) {
  for (int i = 0; i < g->plot_count && g->plots[i].lo[0] <= p.x + FIELD_STEP_M; i++)
    if (near_border(&g->plots[i], p))
      return true;
  return false;
}

void ground_plots_points(const ground *g, const double lo[2], const double hi[2],
                         ground_loop *out) {
  for (int i = 0; i < g->plot_count; i++) {
    const ground_plot *plot = &g->plots[i];
    if (plot->lo[0] > hi[0] || plot->hi[0] < lo[0] || plot->lo[1] > hi[1] || plot->hi[1] < lo[1])
      continue;
    // A driveway's first side lies on the border of its road, which has points there.
    for (int k = plot->drive ? 1 : 0; k < 4; k++) {
      vec3 a = plot->corners[k], b = plot->corners[(k + 1) % 4];
      int n = (int)fmax(1, ceil(hypot(b.x - a.x, b.y - a.y) / plot->step_m));
      for (int m = plot->drive && k == 1 ? 1 : 0; m < n; m++) {
        vec3 p = vec3_add(a, vec3_scale(vec3_sub(b, a), (double)m / n));
        p.z = land_height(g->net, p.x, p.y);
        ground_loop_add(out, p);
      }
    }
  }
}

static bool inside(const ground_plot *plot, double x, double y) {
  if (x < plot->lo[0] || x > plot->hi[0] || y < plot->lo[1] || y > plot->hi[1])
    return false;
  for (int k = 0; k < 4; k++) {
    vec3 a = plot->corners[k], b = plot->corners[(k + 1) % 4];
    if ((b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x) < 0)
      return false;
  }
  return true;
}

// Across and along the rows of what grows there.
static void turn_rows(mesh_vertex *v, const ground_plot *plot) {
  vec3 along = vec3_unit(vec3_sub(plot->corners[1], plot->corners[0]));
  double dx = (double)v->p[0] - plot->corners[0].x, dy = (double)v->p[1] - plot->corners[0].y;
  v->uv[0] = (float)(dx * along.x + dy * along.y);
  v->uv[1] = (float)(dy * along.x - dx * along.y);
}

void ground_plots_paint(ground *g, int first_triangle) {
  mesh *m = g->out;
  for (int t = first_triangle; t < m->triangle_count && g->plot_count > 0; t++) {
    const uint32_t *corner = &m->indices[3 * t];
    double x = 0, y = 0;
    for (int k = 0; k < 3; k++) {
      x += (double)m->vertices[corner[k]].p[0] / 3;
      y += (double)m->vertices[corner[k]].p[1] / 3;
    }
    for (int i = 0; i < g->plot_count && g->plots[i].lo[0] <= x; i++) {
      const ground_plot *plot = &g->plots[i];
      if (!inside(plot, x, y))
        continue;
      m->materials[t] = (uint16_t)plot->what;
      for (int k = 0; k < 3 && !plot->drive; k++)
        turn_rows(&m->vertices[corner[k]], plot);
      break;
    }
  }
}
