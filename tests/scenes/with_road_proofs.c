// SPDX-License-Identifier: Apache-2.0
#include "with_road_proofs.h"

#include <math.h>
#include <stdlib.h>

#include "scenes/place.h"
#include "scenes/road_model.h"
#include "with_network.h"

static const double SAME_M = 1e-6, SAME_RAD = 1e-7, SAME_PM = 1e-7; // rounding, over kilometres

static bool is_turning_circle(const road *r) {
  const road_link *a = &r->predecessor, *b = &r->successor;
  return r->junction && a->id == b->id && a->at_end == b->at_end;
}

void proof_lines_smooth(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    const road_geometry *g = &net->geometries[r->geometry_first];
    for (int k = 0; k + 1 < r->geometry_count; k++) {
      road_place end = road_geometry_at(&g[k], g[k].length_m);
      double gap = hypot(end.x_m - g[k + 1].x_m, end.y_m - g[k + 1].y_m);
      double turn = fabs(angle_wrap(end.heading_rad - g[k + 1].heading_rad));
      double jump = fabs(g[k].curvature_end_pm - g[k + 1].curvature_begin_pm);
      double step = fabs(g[k].s_m + g[k].length_m - g[k + 1].s_m);
      // A turning circle is as tight as it can be and has no spirals.
      jump = is_turning_circle(r) ? 0 : jump;
      if (!(gap <= SAME_M && turn <= SAME_RAD && jump <= SAME_PM && step <= SAME_M))
        proof_says(out, "road %d piece %d: gap %.2g m, turn %.2g rad, jump %.2g 1/m, s %.2g m",
                   r->id, k + 1, gap, turn, jump, step);
    }
    const road_geometry *last = &g[r->geometry_count - 1];
    if (!(fabs(last->s_m + last->length_m - r->length_m) <= SAME_M && r->length_m > 0))
      proof_says(out, "road %d is %.6f m long, its pieces %.6f m", r->id, r->length_m,
                 last->s_m + last->length_m);
  }
}

// Bends --------------------------------------------------------------------------

// Limits differ within a road's section at most between kinds of lane: the fastest rules.
static double fastest(const road_network *net, const road *r) {
  double most = 0;
  const road_section *section = &net->sections[r->section_first];
  for (int k = 0; k < section->lane_count; k++) {
    const road_lane *lane = &net->lanes[section->lane_first + k];
    if (lane->type == LANE_DRIVING)
      most = fmax(most, lane->speed_limit_mps);
  }
  return most;
}

// The kind of place that a road is of; a road between two parts is of none.
static place_kind place_of(const proof_case *c, const road *r) {
  const road_part *part = road_part_of(c->net, r->id);
  if (!part)
    return c->def->place;
  return part->joins ? PLACE_COMPOSE : compose_ref(&c->def->compose, part->part).kind;
}

static double least_radius(const proof_case *c, const road *r) {
  switch (place_of(c, r)) {
  case PLACE_GRID_CITY:
    return 8; // where blocks are so short that there is no choice; 18 m else
  case PLACE_TOWN:
    return r->class == ROAD_PRIMARY ? 35 : 25;
  case PLACE_ROUNDABOUT:
  case PLACE_INTERSECTION:
    return 12; // of arms of 40 m; the island's 15 m
  case PLACE_PARKING:
    return r->class == ROAD_SERVICE ? 6 : 12; // of the last aisle
  default:
    return place_least_radius(fastest(c->net, r));
  }
}

void proof_bends(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    double most = 0;
    for (int k = 0; k < r->geometry_count && !r->junction; k++) {
      const road_geometry *g = &net->geometries[r->geometry_first + k];
      most = fmax(most, fmax(fabs(g->curvature_begin_pm), fabs(g->curvature_end_pm)));
    }
    double least = most > 0 ? least_radius(c, r) : 0;
    if (!(most * least <= 1.002)) // the table is followed to a few millimetres
      proof_says(out, "road %d, %.1f m/s, bends with a radius of %.2f m; %.2f m are promised",
                 r->id, fastest(net, r), 1 / most, least);
  }
}

// Elevation ----------------------------------------------------------------------

static double grade_at(const road_network *net, const road *r, double s) {
  const road_poly3 *poly = NULL;
  for (int i = 0; i < r->elevation_count; i++)
    if (i == 0 || net->elevations[r->elevation_first + i].s_m <= s)
      poly = &net->elevations[r->elevation_first + i];
  if (!poly)
    return 0;
  double d = s - poly->s_m;
  return poly->b + d * (2 * poly->c + 3 * d * poly->d);
}

// The grade that a vehicle meets at an end of a lane.
static double lane_grade(const road_network *net, const lane_path *lane, bool at_end) {
  const road *r = &net->roads[lane->road - 1];
  bool along = road_lane_along(net, lane->lane);
  return (along ? 1 : -1) * grade_at(net, r, along == at_end ? r->length_m : 0);
}

void proof_elevation(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    for (int k = 0; k + 1 < r->elevation_count; k++) {
      const road_poly3 *p = &net->elevations[r->elevation_first + k];
      double d = p[1].s_m - p->s_m;
      double step = p->a + d * (p->b + d * (p->c + d * p->d)) - p[1].a;
      double kink = p->b + d * (2 * p->c + 3 * d * p->d) - p[1].b;
      if (!(d > 0 && fabs(step) <= 1e-6 && fabs(kink) <= 1e-6))
        proof_says(out, "road %d at %.2f m: a step of %.2g m, a change of grade of %.2g", r->id,
                   p[1].s_m, step, kink);
    }
  }
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    for (int k = 0; k < lane->next_count; k++) {
      const lane_path *next = network_next(net, lane, k);
      double kink = lane_grade(net, lane, true) - lane_grade(net, next, false);
      double step =
          network_points(net, lane)[lane->point_count - 1].z_m - network_points(net, next)->z_m;
      if (!(fabs(kink) <= 1e-3 && fabs(step) <= 1e-3))
        proof_says(out, "lane %d to %d: a step of %.4f m, a change of grade of %.4f", lane->id,
                   next->id, step, kink);
    }
  }
}

// Widths -------------------------------------------------------------------------

// Ranges of scenes/fields.c, and what docs/roads.md says of bays, kerbs and strips. Sidewalks
// pave the strip and the bays' width where they come to a junction, and a joining road has grass in
// a sidewalk's place; shoulders fill wedges at ramps.
static const double width_range_m[LANE_TYPE_COUNT][2] = {
    [LANE_DRIVING] = {2.8, 4.5}, [LANE_SHOULDER] = {0.001, 7}, [LANE_PARKING] = {2, 7.2},
    [LANE_CURB] = {0.1, 0.3},    [LANE_VERGE] = {0.5, 10},     [LANE_SIDEWALK] = {1, 10},
    [LANE_MEDIAN] = {0.3, 15},   [LANE_BIKING] = {1, 4.5},     [LANE_NONE] = {0, 10},
    [LANE_WORKS] = {0.6, 5}};

static void check_width(const road_network *net, const road *r, const road_lane *lane, double end,
                        proof_fault *out) {
  const road_poly3 *w = &net->widths[lane->width_first];
  const double *range = width_range_m[lane->type];
  double most = 0, least = INFINITY;
  for (int k = 0; k < lane->width_count; k++) {
    double to = k + 1 < lane->width_count ? fmin(w[k + 1].s_m, end) : end;
    for (int m = 0; m <= 4; m++) {
      double width = road_width_at(net, lane, w[k].s_m + (to - w[k].s_m) * m / 4);
      most = fmax(most, width), least = fmin(least, width);
      if (!(width >= -1e-9 && width <= range[1] + 1e-9))
        proof_says(out, "road %d lane %d, type %d: %.4f m wide at %.2f m", r->id, lane->id,
                   (int)lane->type, width, w[k].s_m);
    }
    if (k + 1 == lane->width_count || w[k + 1].s_m > end)
      continue;
    double d = w[k + 1].s_m - w[k].s_m;
    double step = w[k].a + d * (w[k].b + d * (w[k].c + d * w[k].d)) - w[k + 1].a;
    double kink = w[k].b + d * (2 * w[k].c + 3 * d * w[k].d) - w[k + 1].b;
    // What nobody moves along may have corners: the wedge where a ramp leaves, say.
    bool idle =
        lane->type == LANE_VERGE || lane->type == LANE_MEDIAN || lane->type == LANE_SHOULDER;
    if (!(d >= 0 && fabs(step) <= 1e-6 && (idle || fabs(kink) <= 1e-6)))
      proof_says(out, "road %d lane %d at %.2f m: width steps by %.2g m, kinks by %.2g", r->id,
                 lane->id, w[k + 1].s_m, step, kink);
  }
  // What a lane gains or loses over several roads has no full width on some; on 6 m of it, less
  // than which roads aren't cut into, it changes by a twentieth.
  if (least > 0.95 * most && !(most >= range[0] - 1e-9))
    proof_says(out, "road %d lane %d, type %d: nowhere wider than %.3f m", r->id, lane->id,
               (int)lane->type, most);
}

static double end_width(const road_network *net, const lane_path *lane, bool at_end) {
  const road *r = &net->roads[lane->road - 1];
  const road_section *sec = &net->sections[r->section_first + lane->section];
  double length = (lane->section + 1 < r->section_count ? sec[1].s_m : r->length_m) - sec->s_m;
  return road_width_at(net, road_lane_find(net, sec, lane->lane),
                       road_lane_along(net, lane->lane) == at_end ? length : 0);
}

void proof_widths(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    for (int s = 0; s < r->section_count; s++) {
      const road_section *section = &net->sections[r->section_first + s];
      double end = (s + 1 < r->section_count ? section[1].s_m : r->length_m) - section->s_m;
      for (int k = 0; k < section->lane_count; k++)
        if (net->lanes[section->lane_first + k].id != 0)
          check_width(net, r, &net->lanes[section->lane_first + k], end, out);
    }
  }
  for (int i = 0; i < net->path_count; i++)
    for (int k = 0; k < net->paths[i].next_count; k++) {
      const lane_path *lane = &net->paths[i], *next = network_next(net, lane, k);
      double a = end_width(net, lane, true), b = end_width(net, next, false);
      if (next->opens) // out of nothing
        b += a;
      if (!(fabs(a - b) <= 1e-3))
        proof_says(out, "lane %d is %.4f m wide where lane %d begins %.4f m wide", lane->id, a,
                   next->id, b);
    }
}

// Room between roads -------------------------------------------------------------

// Points of all lanes outside junctions, sorted by the column and row of an 8 m grid.
static const double CELL_M = 8, ABOVE_M = 4;

typedef struct spot {
  long column, row;
  int path;
  const road_point *p;
} spot;

static int by_cell(const void *a, const void *b) {
  const spot *x = a, *y = b;
  if (x->column != y->column)
    return x->column < y->column ? -1 : 1;
  if (x->row != y->row)
    return x->row < y->row ? -1 : 1;
  return (x->path > y->path) - (x->path < y->path);
}

static bool links_to(const road *r, int id) {
  return (r->predecessor.kind == ROAD_LINK_ROAD && r->predecessor.id == id) ||
         (r->successor.kind == ROAD_LINK_ROAD && r->successor.id == id);
}

// Roads that continue each other, or that one road divides into, run close together.
static bool are_linked(const road_network *net, int a, int b) {
  const road *x = &net->roads[a - 1], *y = &net->roads[b - 1];
  if (links_to(x, b) || links_to(y, a))
    return true;
  const road_link *links[2][2] = {{&x->predecessor, &x->successor},
                                  {&y->predecessor, &y->successor}};
  for (int i = 0; i < 4; i++) {
    const road_link *u = links[0][i / 2], *v = links[1][i % 2];
    if (u->kind == ROAD_LINK_ROAD && v->kind == ROAD_LINK_ROAD && u->id == v->id)
      return true;
  }
  return false;
}

static void compare_spots(const road_network *net, const spot *a, const spot *b, proof_fault *out) {
  const lane_path *x = &net->paths[a->path], *y = &net->paths[b->path];
  if (x->road == y->road || fabs(a->p->z_m - b->p->z_m) > ABOVE_M)
    return;
  double reach = (x->width_m + y->width_m) / 2 - 0.2;
  double distance = hypot(a->p->x_m - b->p->x_m, a->p->y_m - b->p->y_m);
  if (distance < reach && !are_linked(net, x->road, y->road))
    proof_says(out, "lane %d of road %d comes to %.2f m of lane %d of road %d at (%.1f, %.1f)",
               x->id, x->road, distance, y->id, y->road, a->p->x_m, a->p->y_m);
}

void proof_roads_apart(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  spot *spots = malloc(sizeof *spots * ((size_t)net->point_count + 1));
  int count = 0;
  for (int i = 0; i < net->path_count; i++)
    for (int k = 0; k < net->paths[i].point_count && !net->paths[i].junction; k++) {
      const road_point *p = &net->points[net->paths[i].point_first + k];
      spots[count++] = (spot){lround(floor(p->x_m / CELL_M)), lround(floor(p->y_m / CELL_M)), i, p};
    }
  qsort(spots, (size_t)count, sizeof *spots, by_cell);
  // In the own column from here on, and all that is near in the next one.
  for (int i = 0, next = 0; i < count; i++) {
    const spot *a = &spots[i];
    for (int k = i + 1; k < count && spots[k].column == a->column && spots[k].row <= a->row + 1;
         k++)
      compare_spots(net, a, &spots[k], out);
    while (next < count && (spots[next].column < a->column + 1 ||
                            (spots[next].column == a->column + 1 && spots[next].row < a->row - 1)))
      next++;
    for (int k = next; k < count && spots[k].column == a->column + 1 && spots[k].row <= a->row + 1;
         k++)
      compare_spots(net, a, &spots[k], out);
  }
  free(spots);
}
