// SPDX-License-Identifier: Apache-2.0
// Where roads go on: from one to the next, and at forks, where a ramp leaves or joins.
#include <math.h>

#include "scenes/road_model.h"

bool road_is_way(const road_network *net, const road *r) {
  return r->junction && net->junctions[r->junction - 1].kind != JUNCTION_FORK;
}

bool road_meets_junction(const road_network *net, const road_link *link) {
  return link->kind == ROAD_LINK_JUNCTION && net->junctions[link->id - 1].kind != JUNCTION_FORK;
}

static const road_link *link_at(const road *r, bool at_end) {
  return at_end ? &r->successor : &r->predecessor;
}

static bool leads_to(const road_link *link, const road *r, bool at_end) {
  return link->kind == ROAD_LINK_ROAD && link->id == r->id && link->at_end == at_end;
}

// The point where the border lies that has the land on its right, walking out of the road at
// that end (out) or into it.
static vec3 border_at(const road_network *net, const road *r, bool at_end, bool out) {
  int side = at_end == out ? -1 : 1;
  double s = at_end ? r->length_m : 0;
  return road_point_at(net, r, s, road_edge_t(net, r, s, side, ROAD_EDGE_OUTER));
}

// At a fork one road's end meets the ends of several connecting roads: of all of these but the
// one come from, that whose border begins where the other's ends.
static int nearest_border(const road_network *net, const road *from, bool from_end, int trunk,
                          bool trunk_end, int junction, bool *next_at_end) {
  vec3 at = border_at(net, from, from_end, true);
  int best = 0;
  double least = INFINITY;
  for (int i = 0; i < 2 * net->road_count; i++) {
    const road *r = &net->roads[i / 2];
    bool end = i % 2;
    bool is_trunk = r->id == trunk && end == trunk_end;
    bool branch =
        r->junction == junction && leads_to(link_at(r, end), &net->roads[trunk - 1], trunk_end);
    if ((!is_trunk && !branch) || (r == from && end == from_end))
      continue;
    vec3 gap = vec3_sub(border_at(net, r, end, false), at);
    if (hypot(gap.x, gap.y) >= least)
      continue;
    least = hypot(gap.x, gap.y);
    best = r->id;
    *next_at_end = end;
  }
  return best;
}

int road_border_next(const road_network *net, const road *r, bool at_end, bool *next_at_end) {
  const road_link *link = link_at(r, at_end);
  if (link->kind == ROAD_LINK_JUNCTION && !road_meets_junction(net, link))
    return nearest_border(net, r, at_end, r->id, at_end, link->id, next_at_end);
  if (link->kind != ROAD_LINK_ROAD || road_is_way(net, r))
    return 0;
  if (r->junction)
    return nearest_border(net, r, at_end, link->id, link->at_end, r->junction, next_at_end);
  const road *next = &net->roads[link->id - 1];
  if (next->junction || !leads_to(link_at(next, link->at_end), r, at_end))
    return 0;
  *next_at_end = link->at_end;
  return next->id;
}

bool road_border_shared(const road_network *net, const road *r, int side) {
  if (!r->junction || road_is_way(net, r))
    return false;
  for (int end = 0; end < 2; end++) {
    // Walking into the road or out of it with the land on that side to the right.
    bool out = (side < 0) == (bool)end;
    vec3 own = border_at(net, r, end, out);
    const road_link *link = link_at(r, end);
    for (int i = 0; i < 2 * net->road_count; i++) {
      const road *other = &net->roads[i / 2];
      if (other == r || other->junction != r->junction ||
          !(link->kind == ROAD_LINK_ROAD &&
            leads_to(link_at(other, i % 2), &net->roads[link->id - 1], link->at_end)))
        continue;
      vec3 gap = vec3_sub(border_at(net, other, i % 2, !out), own);
      if (hypot(gap.x, gap.y) < 1e-3)
        return true;
    }
  }
  return false;
}

void road_lane_usable(const road_network *net, const lane_path *lane, double *begin_m,
                      double *end_m) {
  *begin_m = 0;
  *end_m = lane->length_m;
  if (!lane->road) // a lane by itself
    return;
  const road *r = &net->roads[lane->road - 1];
  const road_section *section = &net->sections[r->section_first + lane->section];
  bool last = lane->section + 1 == r->section_count, along = road_lane_along(net, lane->lane);
  double length = (last ? r->length_m : section[1].s_m) - section->s_m;
  const road_lane *shape = road_lane_find(net, section, lane->lane);
  enum { STEPS = 64 };
  double widths[STEPS + 1], most = 0;
  int first = STEPS, end = 0;
  for (int i = 0; i <= STEPS; i++) {
    double u = (double)i / STEPS;
    widths[i] = road_width_at(net, shape, length * (along ? u : 1 - u));
    most = fmax(most, widths[i]);
    if (widths[i] < ROAD_BODY_ROOM_M)
      continue;
    first = i < first ? i : first;
    end = i;
  }
  // Lanes that are narrow throughout are narrow lanes, and connecting ones may be narrower than
  // what they connect.
  bool opens = widths[0]<widths[STEPS], tapered = fabs(widths[0] - widths[STEPS])> 0.2;
  if (!tapered || road_is_way(net, r))
    return;
  if (most < ROAD_BODY_ROOM_M)
    *(opens ? begin_m : end_m) = opens ? lane->length_m : 0;
  else if (opens)
    *begin_m = lane->length_m * first / STEPS;
  else
    *end_m = lane->length_m * end / STEPS;
}

static const double WORKS_AHEAD_M = 2500; // nobody minds works farther ahead

static bool has_works(const road_network *net, const lane_path *lane) {
  if (!lane->road)
    return false;
  const road_section *section =
      &net->sections[net->roads[lane->road - 1].section_first + lane->section];
  for (int i = 0; i < section->lane_count; i++) {
    const road_lane *other = &net->lanes[section->lane_first + i];
    if (other->type == LANE_WORKS && other->id * lane->lane > 0)
      return true;
  }
  return false;
}

double road_works_ahead(const road_network *net, const lane_path *lane, double *taper_m) {
  double way = 0;
  while (!lane->junction && way < WORKS_AHEAD_M) {
    way += lane->length_m;
    *taper_m = lane->length_m;
    if (lane->next_count == 0)
      return has_works(net, lane) ? way : INFINITY;
    if (lane->next_count > 1)
      return INFINITY;
    lane = &net->paths[net->lane_links[lane->next_first] - 1];
  }
  return INFINITY;
}
