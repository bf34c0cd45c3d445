// SPDX-License-Identifier: Apache-2.0
// Open ends of roads, as one sees them looking out.
#include <math.h>
#include <stdlib.h>

#include "scenes/compose.h"

static const double THIN_M = 1e-6, STRAIGHT_PM = 1e-9, LEVEL_RAD = 1e-9;

static void list_lanes(const road_network *net, const road *r, compose_end *end, int hand) {
  int section_index = end->at_end ? r->section_count - 1 : 0;
  const road_section *section = &net->sections[r->section_first + section_index];
  int side = road_side_into(net, end->at_end) * (hand == COMPOSE_OUT ? 1 : -1);
  double ds = end->at_end ? r->length_m - section->s_m : 0;
  const road_lane *lane;
  end->walk_m[hand] = road_walk_width(net, r, side);
  for (int id = side; (lane = road_lane_find(net, section, id)); id += side) {
    double width = road_width_at(net, lane, ds);
    if (lane->type == LANE_DRIVING) {
      end->driven[hand]++;
      end->limit_mps = fmax(end->limit_mps, lane->speed_limit_mps);
    }
    end->ridden[hand] |= lane->type == LANE_BIKING;
    end->kerbed[hand] |= lane->type == LANE_CURB;
    if (width > THIN_M && end->count[hand] < PROFILE_LANES)
      end->lanes[hand][end->count[hand]++] =
          (compose_lane){id, lane->type, lane->users, width, lane->height_m};
  }
}

static bool find_end(const road_network *net, const road *r, bool at_end, compose_end *out) {
  const road_link *link = at_end ? &r->successor : &r->predecessor;
  double s = at_end ? r->length_m : 0;
  if (link->kind != ROAD_LINK_NONE || r->junction || r->structure != ROAD_ON_LAND)
    return false;
  road_place at = road_line_at(net, r, s);
  if (fabs(at.curvature_pm) > STRAIGHT_PM || fabs(road_bank_at(net, r, s)) > LEVEL_RAD)
    return false;
  double t = road_offset_at(net, r, s);
  *out = (compose_end){.road = r->id,
                       .at_end = at_end,
                       .class = r->class,
                       .z_m = road_elevation_at(net, r, s),
                       .grade = (at_end ? 1 : -1) * road_grade_at(net, r, s)};
  out->at.x_m = at.x_m - t * sin(at.heading_rad);
  out->at.y_m = at.y_m + t * cos(at.heading_rad);
  out->at.heading_rad = angle_wrap(at.heading_rad + (at_end ? 0 : 3.14159265358979323846));
  list_lanes(net, r, out, COMPOSE_OUT);
  list_lanes(net, r, out, COMPOSE_IN);
  return out->driven[COMPOSE_OUT] > 0 && out->driven[COMPOSE_IN] > 0;
}

static int root_of(int *parents, int i) {
  while (parents[i] != i)
    i = parents[i] = parents[parents[i]];
  return i;
}

// Roads that links lead to from each other, by the junctions between them too, have one root.
static void join_linked(const road_network *net, int *parents) {
  for (int i = 0; i < net->road_count + net->junction_count; i++)
    parents[i] = i;
  for (int i = 0; i < 2 * net->road_count; i++) {
    const road *r = &net->roads[i / 2];
    const road_link *link = i % 2 ? &r->successor : &r->predecessor;
    if (link->kind != ROAD_LINK_NONE) {
      int other = link->id - 1 + (link->kind == ROAD_LINK_JUNCTION ? net->road_count : 0);
      parents[root_of(parents, i / 2)] = root_of(parents, other);
    }
  }
}

// The root of the roads from one on that are of the best class; of several such, of the most.
static int largest(const road_network *net, int first_road, int *parents, int *sizes) {
  int best = 0, class = ROAD_CLASS_COUNT;
  for (int i = first_road - 1; i < net->road_count; i++)
    class = (int)net->roads[i].class < class ? (int)net->roads[i].class : class;
  for (int i = first_road - 1; i < net->road_count; i++)
    sizes[root_of(parents, i)] += (int)net->roads[i].class == class;
  for (int i = 1; i < net->road_count + net->junction_count; i++)
    best = sizes[i] > sizes[best] ? i : best;
  return best;
}

int compose_ends_find(const road_network *net, int first_road, compose_end out[COMPOSE_ENDS],
                      bool *failed) {
  int count = 0, all = net->road_count + net->junction_count;
  int *parents = calloc(2 * (size_t)all + 1, sizeof *parents);
  if (!parents) {
    *failed = true;
    return 0;
  }
  join_linked(net, parents);
  int main_root = largest(net, first_road, parents, parents + all);
  for (int i = first_road - 1; i < net->road_count; i++)
    for (int end = 0; end < 2 && count < COMPOSE_ENDS; end++)
      if (root_of(parents, i) == main_root)
        count += find_end(net, &net->roads[i], end, &out[count]);
  free(parents);
  return count;
}
