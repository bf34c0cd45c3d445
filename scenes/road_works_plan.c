// SPDX-License-Identifier: Apache-2.0
// Where works are, and how long what belongs to them is.
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "scenes/place.h"
#include "scenes/road_works.h"

static const double LEAST_REOPEN_M = 15; // for the lane to come back
static const double LEAST_BAY_M = 2, LEAST_SHOULDER_M = 0.6;
static const double INNER_SHARE = 0.4; // of the closings that may be on either side
static const double MOST_BEND_PM = 1.0 / 100;
static const double THIN_M = 1e-6;
static const double SEEN_M = 600; // before and after works, where lanes neither end nor lead off

// Lengths by the limit that holds before the works.
typedef struct works_sizes {
  double limit_mps, lead_m, taper_m, reopen_m;
  double work_m[2];         // least and most
  double before_m, after_m; // from the road's ends
} works_sizes;

static double works_limit(double limit_mps) {
  double kmh = limit_mps * 3.6;
  double to = kmh >= 99 ? 80 : kmh >= 69 ? 60 : kmh >= 39 ? 30 : kmh;
  return to / 3.6;
}

// The MUTCD's merging tapers (6C.08) at the limit that holds there: W S^2 / 155 up to 60 km/h,
// 0.62 W S above.
static works_sizes sizes_of(const road *r, double limit_mps, double width_m) {
  works_sizes z = {.limit_mps = works_limit(limit_mps)};
  bool fast = r->class == ROAD_MOTORWAY || limit_mps > 19;
  double kmh = z.limit_mps * 3.6;
  z.taper_m = kmh <= 60 ? width_m * kmh * kmh / 155 : 0.62 * width_m * kmh;
  // Lanes that move aside by half a width in that length bend no more than the limit allows.
  double bend = sqrt(3 * width_m * place_least_radius(z.limit_mps));
  z.taper_m = fmax(z.taper_m, bend);
  z.reopen_m = fmax(LEAST_REOPEN_M, bend);
  z.lead_m = fast ? 2.5 * z.limit_mps : 25; // long vehicles change lanes there, too
  z.work_m[0] = fast ? 60 : 10;
  z.work_m[1] = fast ? 400 : 60;
  z.before_m = r->class == ROAD_MOTORWAY ? 80 : fast ? 30 : 10;
  z.after_m = r->class == ROAD_MOTORWAY ? 40 : fast ? 25 : 13;
  return z;
}

// The longest stretch of s on which a lane keeps its width.
static void even_stretch(const road_network *net, const road *r, const road_lane *lane,
                         double out[2]) {
  const road_poly3 *w = &net->widths[lane->width_first];
  double from = 0;
  bool even = false;
  out[0] = out[1] = 0;
  for (int i = 0; i <= lane->width_count; i++) {
    double s = i < lane->width_count ? w[i].s_m : r->length_m;
    if (even && s - from > out[1] - out[0])
      out[0] = from, out[1] = s;
    if (i == lane->width_count)
      return;
    bool level = w[i].b == 0 && w[i].c == 0 && w[i].d == 0;
    if (!level || !even || fabs(w[i].a - w[i - 1].a) > THIN_M)
      from = s;
    even = level;
  }
}

// The longest part of a stretch of s on which the road bends so little that long bodies keep to
// their lanes.
static void straight_stretch(const road_network *net, const road *r, double stretch[2]) {
  double from = stretch[0], out[2] = {stretch[0], stretch[0]};
  for (int i = 0; i < r->geometry_count; i++) {
    const road_geometry *g = &net->geometries[r->geometry_first + i];
    double begin = fmax(g->s_m, stretch[0]), end = fmin(g->s_m + g->length_m, stretch[1]);
    bool bent = fmax(fabs(g->curvature_begin_pm), fabs(g->curvature_end_pm)) > MOST_BEND_PM;
    if (begin >= end)
      continue;
    if (bent)
      from = end;
    else if (end - from > out[1] - out[0])
      out[0] = from, out[1] = end;
  }
  stretch[0] = out[0], stretch[1] = out[1];
}

// Whether all lanes are there at one end of a road, up to s: else their numbers differ from those
// that the next road knows.
static bool keeps_numbers(const road_network *net, const road *r, bool at_end, double s) {
  const road_section *section = &net->sections[r->section_first];
  double end = at_end ? r->length_m : 0;
  for (int i = 0; i < section->lane_count; i++) {
    const road_lane *lane = &net->lanes[section->lane_first + i];
    if (lane->id != 0 && road_width_at(net, lane, s) <= THIN_M &&
        road_width_at(net, lane, end) <= THIN_M &&
        road_width_at(net, lane, (s + end) / 2) <= THIN_M)
      return false;
  }
  return true;
}

// Whether that lane could be closed, how long the parts are, and between which distances they may
// lie in driving direction.
static bool has_room(const road_network *net, const road *r, int lane_id, works_sizes *z,
                     double range[2]) {
  const road_section *section = &net->sections[r->section_first];
  int side = lane_id < 0 ? -1 : 1;
  const road_lane *lane = road_lane_find(net, section, lane_id), *driven = NULL;
  double from = 0, to = r->length_m;
  for (int id = side; (id - lane_id) * side <= 0; id += side) {
    const road_lane *other = road_lane_find(net, section, id);
    double even[2];
    if (other->type != LANE_DRIVING && other != lane)
      continue;
    driven = other->type == LANE_DRIVING ? other : driven;
    even_stretch(net, r, other, even);
    from = fmax(from, even[0]), to = fmin(to, even[1]);
  }
  double stretch[2] = {from, fmax(from, to)};
  straight_stretch(net, r, stretch);
  from = stretch[0], to = stretch[1];
  *z = sizes_of(r, driven->speed_limit_mps, road_width_at(net, lane, (from + to) / 2));
  bool along = road_lane_along(net, lane_id), strip = lane->type != LANE_DRIVING;
  range[0] = fmax(z->before_m, along ? from : r->length_m - to);
  range[1] = fmin(r->length_m - z->after_m, along ? to : r->length_m - from);
  if (strip)
    z->taper_m = z->reopen_m = 0;
  return range[1] - range[0] >= z->lead_m + z->taper_m + z->work_m[0] + z->reopen_m &&
         (r->predecessor.kind != ROAD_LINK_ROAD || keeps_numbers(net, r, false, from)) &&
         (r->successor.kind != ROAD_LINK_ROAD || keeps_numbers(net, r, true, to));
}

typedef enum choice { OUTER_LANE, INNER_LANE, STRIP } choice;

// The lane to close on one side of a road; 0 when there is none.
static int lane_to_close(const road_network *net, const road *r, int side, choice which) {
  const road_section *section = &net->sections[r->section_first];
  const road_lane *lane;
  int first = 0, last = 0;
  for (int id = side; (lane = road_lane_find(net, section, id)); id += side) {
    if (lane->type == LANE_WORKS ||
        (lane->type == LANE_DRIVING && road_lane_users(lane) != LANE_FOR_ALL))
      return 0;
    if (lane->type == LANE_DRIVING)
      first = first ? first : id, last = id;
  }
  if (!last || which != STRIP)
    return first == last ? 0 : which == INNER_LANE ? first : last;
  lane = road_lane_find(net, section, last + side);
  if (!lane)
    return 0;
  double width = road_width_at(net, lane, r->length_m / 2);
  bool closable = (lane->type == LANE_PARKING && width >= LEAST_BAY_M) ||
                  (lane->type == LANE_SHOULDER && width >= LEAST_SHOULDER_M);
  return closable ? last + side : 0;
}

// The road's end that traffic on a lane runs into, or comes from.
static const road_link *link_of(const road_network *net, const road *r, int lane_id, bool ahead) {
  return road_lane_along(net, lane_id) == ahead ? &r->successor : &r->predecessor;
}

// The lane that it goes on in over a fork; 0 when there is none.
static int over_fork(const road_network *net, int road_id, int lane_id, bool ahead, int *way) {
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    const road_section *section = &net->sections[r->section_first];
    for (int k = 0; k < section->lane_count && r->junction; k++) {
      const road_lane *lane = &net->lanes[section->lane_first + k];
      const road_link *back = link_of(net, r, lane->id, !ahead);
      int from = back == &r->predecessor ? lane->predecessor : lane->successor;
      if (lane->type == LANE_DRIVING && back->id == road_id && from == lane_id) {
        *way = r->id;
        return lane->id;
      }
    }
  }
  return 0;
}

static bool has_median(const road_network *net, const road *r) {
  const road_section *section = &net->sections[r->section_first];
  for (int i = 0; i < section->lane_count; i++)
    if (net->lanes[section->lane_first + i].type == LANE_MEDIAN)
      return true;
  return false;
}

// Whether a lane goes on for SEEN_M, or comes from as far: to a crossing, an open end, but
// neither onto a ramp nor to where it ends.
static bool goes_on(const road_network *net, const road *r, int lane_id, bool ahead) {
  bool median = has_median(net, r);
  for (double m = 0; m < SEEN_M; m += r->length_m) {
    const road_link *link = link_of(net, r, lane_id, ahead);
    if (link->kind == ROAD_LINK_NONE || road_meets_junction(net, link))
      return true;
    const road_lane *lane = road_lane_find(net, &net->sections[r->section_first], lane_id);
    int next = link == &r->successor ? lane->successor : lane->predecessor, way = link->id;
    if (link->kind == ROAD_LINK_JUNCTION)
      next = over_fork(net, r->id, lane_id, ahead, &way);
    if (!next)
      return false;
    r = &net->roads[way - 1];
    lane_id = next;
    if (has_median(net, r) != median)
      return false;
  }
  return true;
}

static bool all_go_on(const road_network *net, const road *r, int side) {
  const road_section *section = &net->sections[r->section_first];
  for (int i = 0; i < section->lane_count; i++) {
    const road_lane *lane = &net->lanes[section->lane_first + i];
    if (lane->id * side > 0 && lane->type == LANE_DRIVING &&
        !(goes_on(net, r, lane->id, true) && goes_on(net, r, lane->id, false)))
      return false;
  }
  return true;
}

static bool may_have_works(const road_builder *b, const road *r) {
  const road_note *note = &b->notes[r->id - 1];
  const road_section *section = &b->net.sections[r->section_first];
  if (r->junction || r->section_count != 1 || note->left_lane[0] || note->left_lane[1])
    return false;
  for (int i = 0; i < section->lane_count; i++)
    if (b->net.lanes[section->lane_first + i].type == LANE_WORKS)
      return false;
  return section->lane_count < PROFILE_LANES * 2;
}

// What can be closed on that side, a lane rather than a strip beside the lanes; 0: nothing.
static int find_room(const road_network *net, const road *r, int side, bool inner, works_sizes *z,
                     double range[2]) {
  const choice order[] = {inner ? INNER_LANE : OUTER_LANE, STRIP};
  for (int i = 0; i < 2; i++) {
    int lane = lane_to_close(net, r, side, order[i]);
    if (lane && has_room(net, r, lane, z, range) && (order[i] == STRIP || all_go_on(net, r, side)))
      return lane;
  }
  return 0;
}

static void draw_lengths(rng *r, const works_sizes *z, const double range[2], road_closing *c) {
  double fixed = z->lead_m + z->taper_m + z->reopen_m, room = range[1] - range[0] - fixed;
  double work = rng_uniform(r, z->work_m[0], fmin(room, z->work_m[1]));
  c->lead_m = range[0] + rng_uniform(r, 0, room - work);
  c->taper_m = c->lead_m + z->lead_m;
  c->work_m = c->taper_m + z->taper_m;
  c->reopen_m = c->work_m + work;
  c->end_m = c->reopen_m + z->reopen_m;
  c->limit_mps = z->limit_mps;
}

bool road_works_draw(const road_builder *b, rng *r, road_closing *out) {
  const road_network *net = &b->net;
  bool inner = rng_chance(r, INNER_SHARE);
  works_sizes sizes;
  double range[2];
  // One of the sides that have room, each as likely as the others.
  int seen = 0;
  for (int i = 0; i < net->road_count; i++)
    for (int side = -1; side <= 1 && may_have_works(b, &net->roads[i]); side += 2) {
      int lane = find_room(net, &net->roads[i], side, inner, &sizes, range);
      if (lane && rng_below(r, ++seen) == 0)
        *out = (road_closing){.road = i + 1, .lane = lane};
    }
  if (seen == 0)
    return false;
  has_room(net, &net->roads[out->road - 1], out->lane, &sizes, range);
  draw_lengths(r, &sizes, range, out);
  return true;
}

void road_works_add(road_builder *b, int count, rng *r) {
  road_closing closing;
  for (int i = 0; i < count && !b->failed && road_works_draw(b, r, &closing); i++)
    road_works_close(b, &closing);
}
