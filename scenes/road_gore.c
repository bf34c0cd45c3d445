// SPDX-License-Identifier: Apache-2.0
// Gores: the wedge between a carriageway and the lane that leaves or joins it, and the chevrons
// painted there. They point to where it is narrow: at those who come to an exit, and away from
// those who come in.
#include <math.h>
#include <stdlib.h>

#include "scenes/road_model.h"

static const double STRIPE_M = 0.7, EVERY_M = 3.5; // along the road
static const double BESIDE_M = 0.12;               // from the border, whose line is in between
static const double LEAST_M = 1.2;                 // width of a gore with chevrons
static const double MARGIN_M = 1.0;                // of the gore at its wide end
static const double TAPERED_M = 0.01;              // a wedge's ends differ by more
enum { MOST = 256 };

static const road_lane *beside(const road_network *net, const road_section *section, int id,
                               int outward) {
  int other = id + (id < 0 ? -outward : outward);
  const road_lane *lane = other ? road_lane_find(net, section, other) : NULL;
  return lane && road_lane_users(lane) & LANE_FOR_CARS ? lane : NULL;
}

static double section_length(const road_network *net, const road *r, int index) {
  const road_section *section = &net->sections[r->section_first + index];
  return (index + 1 == r->section_count ? r->length_m : section[1].s_m) - section->s_m;
}

bool road_is_gore(const road_network *net, const road *r, int section, const road_lane *lane) {
  const road_section *of = &net->sections[r->section_first + section];
  if (lane->type != LANE_SHOULDER || !beside(net, of, lane->id, -1) ||
      !beside(net, of, lane->id, 1))
    return false;
  double end = road_width_at(net, lane, section_length(net, r, section));
  return fabs(road_width_at(net, lane, 0) - end) > TAPERED_M;
}

// A gore's middle and half of what is free between its lines.
typedef struct across {
  double middle_t, half_m;
} across;

static across across_at(const road_network *net, const road *r, int section, int lane, double s) {
  double outer = road_lane_outer_t(net, r, section, lane, s);
  double inner = road_lane_outer_t(net, r, section, lane + (lane < 0 ? 1 : -1), s);
  return (across){(outer + inner) / 2, fabs(outer - inner) / 2 - BESIDE_M};
}

// One of its stripes, from the middle to the border on that side: two points in the middle and two
// at the border, counter-clockwise.
static void lay_arm(const road_network *net, const road *r, int section, int lane,
                    const double middle_s[2], const double border_s[2], int side, vec3 out[4]) {
  double s[4] = {middle_s[0], middle_s[1], border_s[1], border_s[0]}, area = 0, t[4];
  for (int i = 0; i < 4; i++) {
    across at = across_at(net, r, section, lane, s[i]);
    t[i] = at.middle_t + (i < 2 ? 0 : side * at.half_m);
  }
  for (int i = 0; i < 4; i++)
    area += s[i] * t[(i + 1) % 4] - s[(i + 1) % 4] * t[i];
  for (int i = 0; i < 4; i++) {
    int k = area < 0 ? 3 - i : i;
    out[i] = road_point_at(net, r, s[k], t[k]);
  }
}

bool road_chevron_lay(const road_network *net, const road *r, int section, const road_lane *lane,
                      int index, road_chevron *out) {
  double begin = net->sections[r->section_first + section].s_m;
  double length = section_length(net, r, section), ends[2] = {0, length};
  bool opens = road_width_at(net, lane, 0) < road_width_at(net, lane, length);
  double wide = ends[opens], to_wide = opens ? 1 : -1;
  // The border's points, and from there to the middle's as far as these are aside: 45 degrees.
  double from = wide - to_wide * (MARGIN_M + index * EVERY_M), back = from - to_wide * STRIPE_M;
  double half = across_at(net, r, section, lane->id, begin + from).half_m;
  double tip = back - to_wide * half;
  if (index >= MOST || tip < 0 || tip > length || road_width_at(net, lane, tip) < LEAST_M)
    return false;
  double middle_s[2] = {begin + tip, begin + tip + to_wide * STRIPE_M};
  double border_s[2] = {begin + back, begin + from};
  for (int k = 0; k < 2; k++)
    lay_arm(net, r, section, lane->id, middle_s, border_s, k ? -1 : 1, out->arms[k]);
  return true;
}
