// SPDX-License-Identifier: Apache-2.0
// Which of the driving lanes of a map are driven on. A lane that opens or closes may do so over
// several sections and roads and be as narrow as it likes there; one that is nowhere wide enough
// for a vehicle isn't driven on, from where it begins to where it ends.
#include <math.h>
#include <stdlib.h>

#include "scenes/opendrive_reader.h"

static const double DRIVEN_M = 1.8; // a car's width; netconvert's opendrive.min-width, too
static const double SAME_M = 0.1;   // where widths differ by more, another lane begins

// Lanes of the network that continue each other are a group, each pointing towards its first.
typedef struct lane_chains {
  road_network *net;
  int *first;      // (lane_count) index of a lane of the group that is nearer to its first
  double *width_m; // (lane_count) the group's widest place, at its first
} lane_chains;

static int first_of(lane_chains *c, int lane) {
  while (c->first[lane] != lane)
    lane = c->first[lane] = c->first[c->first[lane]];
  return lane;
}

static double widest(const road_network *net, const road *r, const road_lane *lane) {
  const road_poly3 *w = &net->widths[lane->width_first];
  double most = 0;
  for (int i = 0; i < lane->width_count && w[i].s_m <= r->length_m; i++) {
    double end = i + 1 < lane->width_count ? fmin(w[i + 1].s_m, r->length_m) : r->length_m;
    for (int k = 0; k <= 4; k++)
      most = fmax(most, road_poly_from(&w[i], w[i].s_m + (end - w[i].s_m) * k / 4).a);
  }
  return most;
}

// Joins a lane with the one that its link names at an end of its road, if that goes on with it.
static void join(lane_chains *c, const road *r, int lane, bool at_end) {
  road_network *net = c->net;
  const road_link *link = at_end ? &r->successor : &r->predecessor;
  const road_lane *own = &net->lanes[lane];
  int id = at_end ? own->successor : own->predecessor;
  if (link->kind != ROAD_LINK_ROAD || !id)
    return;
  const road *next = &net->roads[link->id - 1];
  const road_lane *other = road_lane_find(net, &net->sections[next->section_first], id);
  // A way over a crossing isn't the lane that leads to it, nor that which it leads to.
  if (!other || other->type != LANE_DRIVING || road_is_way(net, r) || road_is_way(net, next))
    return;
  double here = road_width_at(net, own, at_end ? r->length_m : 0);
  double there = road_width_at(net, other, link->at_end ? next->length_m : 0);
  if (fabs(here - there) > SAME_M)
    return;
  int a = first_of(c, lane), b = first_of(c, (int)(other - net->lanes));
  c->first[b] = a;
  c->width_m[a] = fmax(c->width_m[a], c->width_m[b]);
}

static void each_lane(lane_chains *c, void (*visit)(lane_chains *, const road *, int)) {
  for (int i = 0; i < c->net->road_count; i++) {
    const road *r = &c->net->roads[i];
    const road_section *section = &c->net->sections[r->section_first];
    for (int k = 0; k < section->lane_count; k++)
      if (c->net->lanes[section->lane_first + k].type == LANE_DRIVING)
        visit(c, r, section->lane_first + k);
  }
}

static void measure(lane_chains *c, const road *r, int lane) {
  c->width_m[lane] = widest(c->net, r, &c->net->lanes[lane]);
}

static void join_ends(lane_chains *c, const road *r, int lane) {
  join(c, r, lane, false);
  join(c, r, lane, true);
}

bool map_leave_narrow(map_reader *r) {
  road_network *net = &r->b->net;
  size_t count = (size_t)net->lane_count + 1;
  lane_chains c = {.net = net,
                   .first = malloc(sizeof *c.first * count),
                   .width_m = calloc(count, sizeof *c.width_m)};
  bool ok = c.first && c.width_m;
  for (int i = 0; ok && i < net->lane_count; i++)
    c.first[i] = i;
  if (ok) {
    each_lane(&c, measure);
    each_lane(&c, join_ends);
  }
  for (int i = 0; ok && i < net->road_count; i++) {
    const road_section *section = &net->sections[net->roads[i].section_first];
    for (int k = 0; k < section->lane_count; k++) {
      road_lane *lane = &net->lanes[section->lane_first + k];
      if (lane->type != LANE_DRIVING ||
          c.width_m[first_of(&c, section->lane_first + k)] >= DRIVEN_M)
        continue;
      map_remark(r, r->roads[r->pieces[i].map].node,
                 "a driving lane that is nowhere %.1f m wide isn't driven on", DRIVEN_M);
      lane->type = LANE_SHOULDER;
      lane->speed_limit_mps = 0;
    }
  }
  free(c.first);
  free(c.width_m);
  return ok ? r->code == STATUS_OK : map_fail_memory(r);
}
