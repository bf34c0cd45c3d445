// SPDX-License-Identifier: Apache-2.0
// Heads of the signals for vehicles and people, and signs where there are none.
#include <math.h>
#include <stdlib.h>

#include "scenes/furnish.h"
#include "scenes/sign.h"

static const double PI = 3.14159265358979323846;
enum { STREAM_SIGNALS = 12 };
static const double ONE_WAY_M = 6.4; // into a one-way street, its sign

// The signal that lanes running into an arm obey, 0 none: the outermost one's, which is also
// the innermost one's unless that is for turns across the oncoming traffic.
static int arm_signal(const road_network *net, const road_arm *arm, bool innermost) {
  const lane_path *found = NULL;
  for (int i = road_first_path(net, arm->road);
       i < net->path_count && net->paths[i].road == arm->road; i++) {
    const lane_path *path = &net->paths[i];
    if (road_lane_along(net, path->lane) == arm->at_end &&
        (!found || (abs(path->lane) < abs(found->lane)) == innermost))
      found = path;
  }
  return found ? found->signal : 0;
}

// The first of the crossings, which are sorted by lane, with a lane of that index or a later one.
static int first_crossing(const road_network *net, int path) {
  int lo = 0, hi = net->crossing_count;
  while (lo < hi) {
    int middle = (lo + hi) / 2;
    if (net->crossings[middle].lane <= path)
      lo = middle + 1;
    else
      hi = middle;
  }
  return lo;
}

// The crosswalk across an arm; NULL when there is none.
static const road_crosswalk *arm_crosswalk(const road_network *net, const road_arm *arm) {
  for (int i = first_crossing(net, road_first_path(net, arm->road)); i < net->crossing_count; i++) {
    const lane_crossing *c = &net->crossings[i];
    const lane_path *path = &net->paths[c->lane - 1];
    bool near_end = c->begin_s_m > path->length_m / 2;
    if (path->road != arm->road)
      break;
    if (road_lane_along(net, path->lane) == (near_end == arm->at_end))
      return &net->crosswalks[c->crosswalk - 1];
  }
  return NULL;
}

// Behind the kerb stone or where the shoulder ends, left or right looking out of the junction.
static vec3 at_kerb(const furnisher *f, const road_arm *arm, bool left, double out_m) {
  vec3 p = road_arm_point(f->net, arm, left, ROAD_EDGE_STONE, out_m);
  double aside = arm->heading_rad + (left ? PI / 2 : -PI / 2);
  const road *r = &f->net->roads[arm->road - 1];
  int side = road_arm_left_side(arm) * (left ? 1 : -1);
  double up = road_walk_width(f->net, r, side) > 0 ? ROAD_KERB_M : 0;
  return (vec3){p.x + 0.4 * cos(aside), p.y + 0.4 * sin(aside), p.z + up};
}

static bool on_ring(const road_network *net, const road_junction *j, const road_arm *arm) {
  const road *r = &net->roads[arm->road - 1];
  return j->roundabout && r->predecessor.kind == ROAD_LINK_JUNCTION &&
         r->successor.kind == ROAD_LINK_JUNCTION &&
         road_walk_width(net, r, road_side_into(net, false)) <= 0; // the inside
}

// Ids of a junction's signals for people by group, 0 none.
typedef struct junction_walks {
  int signal[ROAD_SIGNAL_GROUPS + 1];
} junction_walks;

// Whether vehicles may drive into the arm's road from its junction, and out of it there.
static void arm_ways(const road_network *net, const road_arm *arm, bool *may_enter,
                     bool *comes_out) {
  const road *r = &net->roads[arm->road - 1];
  const road_section *section =
      &net->sections[r->section_first + road_section_at(net, r, arm->s_m)];
  *may_enter = *comes_out = false;
  for (int i = 0; i < section->lane_count; i++) {
    const road_lane *lane = &net->lanes[section->lane_first + i];
    if (lane->type != LANE_DRIVING || lane->id == 0)
      continue;
    if (road_lane_along(net, lane->id) == arm->at_end)
      *comes_out = true;
    else
      *may_enter = true;
  }
}

// At the wrong end of a one-way street, on both sides.
static void forbid_entry(furnisher *f, rng *r, const road_arm *arm) {
  for (int left = 0; left < 2; left++)
    furnish_sign(f, r, at_kerb(f, arm, left, 5.9), arm->heading_rad + PI,
                 sign_of(SIGN_NO_ENTRY, 0));
}

// Traffic coming in keeps to the right of its road, which is the left looking out; driving on
// the left it is the other way round. Two arms may face the same corner: one head there is enough.
static void furnish_arm(furnisher *f, rng *r, const road_junction *j, const junction_walks *walks,
                        const road_arm *arms, int count, int k, uint32_t make) {
  const road_arm *arm = &arms[k];
  bool in = !f->net->left_hand; // whether they come in on the left looking out
  int signal = arm_signal(f->net, arm, false), turn_signal = arm_signal(f->net, arm, true);
  const road_crosswalk *walk = arm_crosswalk(f->net, arm);
  double stop = 4.9, heading = arm->heading_rad; // between the crosswalk and the stop line
  bool may_enter, comes_out, ring = on_ring(f->net, j, arm);
  arm_ways(f->net, arm, &may_enter, &comes_out);
  if (signal) {
    furnish_signal(f, r, at_kerb(f, arm, in, stop), heading, signal, false, make);
    for (int i = 0; i < count; i++)
      if (cos(arms[i].heading_rad - heading) < -0.85)
        furnish_signal(f, r, at_kerb(f, &arms[i], !in, 0.1), heading, signal, false, make);
    // Beyond the junction on the side to which they turn, or beside their stop line.
    bool beyond = false;
    for (int i = 0; i < count && turn_signal != signal; i++)
      if (cos(arms[i].heading_rad - heading) < -0.85) {
        furnish_signal(f, r, at_kerb(f, &arms[i], in, 0.1), heading, turn_signal, false, make);
        beyond = true;
      }
    if (turn_signal != signal && !beyond)
      furnish_signal(f, r, at_kerb(f, arm, !in, stop), heading, turn_signal, false, make);
  } else if (count > 1 && !ring && comes_out) {
    uint32_t signs[2], first = furnish_junction_sign(f->net, j, arms, count, k, r);
    int plates = 0;
    if (first)
      signs[plates++] = first;
    if (j->roundabout)
      signs[plates++] = sign_of(SIGN_ROUNDABOUT, 0);
    else if (walk && walk->group == 0)
      signs[plates++] = sign_of(SIGN_CROSSING, 0);
    if (plates > 0)
      furnish_signs(f, r, at_kerb(f, arm, in, stop + 1), heading, signs, plates);
  }
  int people = walk ? walks->signal[walk->group] : 0;
  for (int side = 0; side < 2 && people; side++) {
    bool left = (side == 0) == in;
    furnish_signal(f, r, at_kerb(f, arm, left, side == 0 ? 0.1 : stop - 0.2),
                   heading + (left ? -PI / 2 : PI / 2), people, true, make);
  }
  if (comes_out && !may_enter && !ring)
    forbid_entry(f, r, arm);
  if (may_enter && !comes_out && !ring) // who turns in keeps to this side
    furnish_sign(f, r, at_kerb(f, arm, !in, ONE_WAY_M), heading + PI, sign_of(SIGN_ONE_WAY, 0));
}

static junction_walks *find_walks(const road_network *net) {
  junction_walks *out = calloc((size_t)net->junction_count + 1, sizeof *out);
  for (int i = net->signal_count - 1; i >= 0 && out; i--)
    if (net->signals[i].pedestrian)
      out[net->signals[i].junction - 1].signal[net->signals[i].group] = net->signals[i].id;
  return out;
}

void furnish_signals(furnisher *f) {
  junction_walks *walks = find_walks(f->net);
  f->failed |= !walks;
  for (int j = 0; j < f->net->junction_count && !f->failed; j++) {
    const road_junction *junction = &f->net->junctions[j];
    if (junction->kind == JUNCTION_FORK)
      continue; // nobody meets anybody there
    rng stream = furnish_stream(f, junction->id, STREAM_SIGNALS);
    uint32_t make = rng_u32(&stream); // one of signals a junction
    road_arm arms[ROAD_ARMS];
    int count = road_junction_arms(f->net, junction, arms);
    for (int k = 0; k < count; k++)
      furnish_arm(f, &stream, junction, &walks[j], arms, count, k, make);
  }
  free(walks);
}
