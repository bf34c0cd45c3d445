// SPDX-License-Identifier: Apache-2.0
// Cutting the roads of a map across, as if a lane section ended there: its lanes go on as they
// are. Before the network's roads are made.
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "scenes/opendrive_reader.h"

static const double SAME_M = 1e-6; // a section that begins there already

bool map_cut_at(map_reader *r, const map_road *map, double s) {
  if (!ARRAY_RESERVE(r->cuts, r->cut_capacity, r->cut_count + 1))
    return map_fail_memory(r);
  r->cuts[r->cut_count++] = (map_cut){(int)(map - r->roads), s};
  return true;
}

static int compare_cuts(const void *a, const void *b) {
  const map_cut *x = a, *y = b;
  if (x->map != y->map)
    return x->map - y->map;
  return (x->s_m > y->s_m) - (x->s_m < y->s_m);
}

// A lane's widths from `from` on, with s counted from there.
static bool add_widths(map_reader *r, road_lane *lane, double from) {
  road_network *net = &r->b->net;
  int first = lane->width_first, count = lane->width_count;
  lane->width_first = net->width_count;
  lane->width_count = 0;
  int i = count > 0 ? map_poly_at(&net->widths[first], count, from) : 0;
  for (; i < count; i++) {
    if (!ARRAY_RESERVE(net->widths, r->b->width_capacity, net->width_count + 1))
      return map_fail_memory(r);
    road_poly3 p = net->widths[first + i];
    p = p.s_m < from ? road_poly_from(&p, from) : p;
    p.s_m -= from;
    net->widths[net->width_count++] = p;
    lane->width_count++;
  }
  return true;
}

// What a section with its lanes becomes from `from` on, metres from its begin.
static bool add_rest(map_reader *r, road_section whole, double from) {
  road_network *net = &r->b->net;
  road_section rest = {whole.s_m + from, net->lane_count, whole.lane_count};
  if (!ARRAY_RESERVE(net->lanes, r->b->lane_capacity, net->lane_count + whole.lane_count) ||
      !ARRAY_RESERVE(net->sections, r->b->section_capacity, net->section_count + 1))
    return map_fail_memory(r);
  for (int i = 0; i < whole.lane_count; i++) {
    road_lane *before = &net->lanes[whole.lane_first + i], lane = *before;
    before->successor = lane.predecessor = lane.id;
    while (before->width_count > 1 &&
           net->widths[before->width_first + before->width_count - 1].s_m >= from)
      before->width_count--;
    if (!add_widths(r, &lane, from))
      return false;
    net->lanes[net->lane_count++] = lane;
  }
  net->sections[net->section_count++] = rest;
  return true;
}

// The road's sections anew, after all others, with those that its cuts make.
static bool cut_road(map_reader *r, map_road *map, const map_cut *cuts, int count) {
  road_network *net = &r->b->net;
  int old_first = map->section_first, old_count = map->section_count, k = 0;
  map->section_first = net->section_count;
  for (int i = 0; i < old_count; i++) {
    if (!ARRAY_RESERVE(net->sections, r->b->section_capacity, net->section_count + 1))
      return map_fail_memory(r);
    double end = i + 1 < old_count ? net->sections[old_first + i + 1].s_m : map->length_m;
    net->sections[net->section_count++] = net->sections[old_first + i];
    for (; k < count && cuts[k].s_m < end - SAME_M; k++) {
      road_section last = net->sections[net->section_count - 1];
      if (cuts[k].s_m > last.s_m + SAME_M && !add_rest(r, last, cuts[k].s_m - last.s_m))
        return false;
    }
    while (k < count && cuts[k].s_m < end + SAME_M)
      k++; // there is a cut already
  }
  map->section_count = net->section_count - map->section_first;
  return true;
}

bool map_cut_sections(map_reader *r) {
  if (r->cut_count > 0)
    qsort(r->cuts, (size_t)r->cut_count, sizeof *r->cuts, compare_cuts);
  for (int i = 0, next; i < r->cut_count; i = next) {
    for (next = i + 1; next < r->cut_count && r->cuts[next].map == r->cuts[i].map;)
      next++;
    if (!cut_road(r, &r->roads[r->cuts[i].map], &r->cuts[i], next - i))
      return false;
  }
  return true;
}
