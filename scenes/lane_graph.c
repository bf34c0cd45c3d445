// SPDX-License-Identifier: Apache-2.0
// The lane graph: the centre line of every lane that is driven or ridden on, who follows whom,
// where to stop.
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "scenes/road_builder.h"

static const double PI = 3.14159265358979323846;

// Samples of a road: at every joint of its geometry, 2 m apart on straights, 1 m on curves,
// half a metre on tight ones.
typedef struct sample_list {
  double *s;
  road_place *places; // of the reference line there
  int count, capacity, place_capacity;
} sample_list;

// Where a lane of a connecting road next begins or ends to change its width, or `end`.
static double next_taper(const road_network *net, const road *r, double from, double end) {
  const road_section *section = &net->sections[r->section_first];
  double next = end;
  for (int k = 0; r->junction && k < section->lane_count; k++) {
    const road_lane *lane = &net->lanes[section->lane_first + k];
    for (int i = 1; i < lane->width_count; i++) {
      double s = net->widths[lane->width_first + i].s_m;
      if (s > from + 1e-6 && s < next - 1e-6)
        next = s;
    }
  }
  return next;
}

static bool bends(const road_network *net, const road_lane *lane) {
  for (int i = 0; i < lane->width_count; i++)
    if (net->widths[lane->width_first + i].c != 0 || net->widths[lane->width_first + i].d != 0)
      return true;
  return false;
}

// Lanes bend where they or a lane between them and the centre are tapered, even where the road
// is straight.
static bool has_taper(const road_network *net, const road *r) {
  for (int i = 0; i < r->section_count; i++) {
    const road_section *section = &net->sections[r->section_first + i];
    for (int side = -1; side <= 1; side += 2) {
      bool tapered = false;
      const road_lane *lane;
      for (int id = side; (lane = road_lane_find(net, section, id)); id += side) {
        tapered = tapered || bends(net, lane);
        if (tapered && road_lane_users(lane))
          return true;
      }
    }
  }
  return false;
}

// Whether all lanes move aside along the road.
static bool shifts(const road_network *net, const road *r) {
  for (int i = 0; i < r->offset_count; i++)
    if (net->offsets[r->offset_first + i].c != 0 || net->offsets[r->offset_first + i].d != 0)
      return true;
  return false;
}

static bool sample_road(const road_network *net, const road *r, sample_list *list) {
  bool tapered = next_taper(net, r, -1, r->length_m) < r->length_m;
  double longest = has_taper(net, r) || r->bank_count > 0 ? 0.95 : 1.9;
  bool shifted = !r->junction && shifts(net, r);
  list->count = 0;
  for (int g = 0; g < r->geometry_count; g++) {
    const road_geometry *piece = &net->geometries[r->geometry_first + g];
    double bend = fmax(fabs(piece->curvature_begin_pm), fabs(piece->curvature_end_pm));
    // Lanes on the outside of a curve are longer than its middle, by up to twenty metres a
    // radian.
    double step = bend > 1.0 / 8    ? 0.4
                  : bend > 1.0 / 20 ? 0.5
                  : bend > 1e-6     ? 0.95 / (1 + 20 * bend)
                                    : longest;
    // Where the curvature itself changes fast, a chord's direction leaves that of its middle.
    double change = fabs(piece->curvature_end_pm - piece->curvature_begin_pm) / piece->length_m;
    step = fmin(step, sqrt(0.008 / fmax(change, 1e-9)));
    if (shifted)
      step = fmin(step, 0.5);
    double end = piece->s_m + piece->length_m;
    for (double from = piece->s_m, to; from < end; from = to) {
      to = next_taper(net, r, from, end);
      if (tapered)
        step = fmin(step, 0.2); // lanes that change their width bend a little
      int n = (int)fmax(1, ceil((to - from) / step));
      if (!ARRAY_RESERVE(list->s, list->capacity, list->count + n + 1))
        return false;
      for (int i = list->count == 0 ? 0 : 1; i <= n; i++)
        list->s[list->count++] = from + (to - from) * i / n;
    }
  }
  list->s[list->count - 1] = r->length_m;
  if (!ARRAY_RESERVE(list->places, list->place_capacity, list->count))
    return false;
  for (int i = 0; i < list->count; i++)
    list->places[i] = road_line_at(net, r, list->s[i]);
  return true;
}

// Width of a lane at either end of its section, as it is driven.
static double width_at_end(const road_network *net, const road *r, int section,
                           const road_lane *lane, bool driven_end) {
  const road_section *sec = &net->sections[r->section_first + section];
  double end = section + 1 < r->section_count ? sec[1].s_m : r->length_m;
  return road_width_at(net, lane,
                       driven_end == road_lane_along(net, lane->id) ? end - sec->s_m : 0);
}

static int outward(int lane) {
  return lane < 0 ? lane - 1 : lane + 1;
}

// A lane that begins without width beside one that goes on from the road before, and is linked
// to the same lane there: who wants into it comes out of that.
static bool lane_opens(const road_network *net, const road *r, int section, const road_lane *lane) {
  const road_section *sec = &net->sections[r->section_first + section];
  bool along = road_lane_along(net, lane->id);
  const road_link *behind = along ? &r->predecessor : &r->successor;
  const road_lane *beside = road_lane_find(net, sec, outward(lane->id));
  int from = along ? lane->predecessor : lane->successor;
  return !r->junction && r->section_count == 1 && behind->kind == ROAD_LINK_ROAD && from &&
         beside && from == (along ? beside->predecessor : beside->successor) &&
         width_at_end(net, r, section, lane, false) < 1e-6 &&
         width_at_end(net, r, section, lane, true) > 1;
}

// t of the line that is driven on, and its change per metre of s: the lane's middle, but one
// that opens leaves the middle of the lane beside it as its width grows.
static double driven_t(const road_network *net, const road *r, const lane_path *path, double s,
                       double *slope) {
  double t = road_lane_middle_t(net, r, path->section, path->lane, s, slope);
  if (!path->opens)
    return t;
  const road_section *sec = &net->sections[r->section_first + path->section];
  const road_lane *lane = road_lane_find(net, sec, path->lane);
  double beside_slope, full = width_at_end(net, r, path->section, lane, true);
  double beside = road_lane_middle_t(net, r, path->section, outward(path->lane), s, &beside_slope);
  const double d = 1e-4;
  double u = road_width_at(net, lane, s) / full;
  double growth = (road_width_at(net, lane, fmin(r->length_m, s + d)) -
                   road_width_at(net, lane, fmax(0, s - d))) /
                  (fmin(r->length_m, s + d) - fmax(0, s - d)) / full;
  *slope = (1 - u) * beside_slope + u * *slope + growth * (t - beside);
  return (1 - u) * beside + u * t;
}

static void sample_lane(road_builder *b, lane_path *path, const sample_list *list) {
  const road_network *net = &b->net;
  const road *r = &net->roads[path->road - 1];
  bool along = road_lane_along(net, path->lane);
  path->point_first = net->point_count;
  for (int i = 0; i < list->count && !b->failed; i++) {
    int k = along ? i : list->count - 1 - i;
    double s = list->s[k], slope;
    double t = driven_t(net, r, path, s, &slope);
    road_place at = list->places[k];
    // Where a curve is tighter than the lane is far from it, the lane has no radius.
    double stretch = fmax(0.05, 1 - at.curvature_pm * t), bend = at.curvature_pm / stretch;
    path->max_curvature_pm = fmax(path->max_curvature_pm, fabs(bend));
    double bank = road_bank_at(net, r, s), level = bank == 0 ? t : t * cos(bank);
    if (r->bank_count > 0) // seen from above
      slope = slope * cos(bank) - t * sin(bank) * road_bank_slope_at(net, r, s);
    road_point p = {.x_m = at.x_m - level * sin(at.heading_rad),
                    .y_m = at.y_m + level * cos(at.heading_rad),
                    .z_m = road_elevation_at(net, r, s) + t * sin(bank),
                    .bank_rad = along ? bank : -bank,
                    .heading_rad = at.heading_rad + atan(slope / stretch) + (along ? 0 : PI)};
    p.heading_rad = angle_wrap(p.heading_rad);
    if (i > 0) {
      const road_point *last = &net->points[net->point_count - 1];
      p.s_m = last->s_m + hypot(p.x_m - last->x_m, p.y_m - last->y_m);
    }
    road_builder_point(b, p);
  }
  path->point_count = list->count;
  if (!b->failed)
    path->length_m = net->points[net->point_count - 1].s_m;
}

// The narrower of its ends; a lane that opens from nothing is as wide as it is in its middle.
static double path_width(const road_network *net, const road *r, int section,
                         const road_lane *lane) {
  const road_section *sec = &net->sections[r->section_first + section];
  double end = section + 1 < r->section_count ? sec[1].s_m : r->length_m;
  double width = fmin(road_width_at(net, lane, 0), road_width_at(net, lane, end - sec->s_m));
  if (lane_opens(net, r, section, lane))
    return width_at_end(net, r, section, lane, true);
  return width < 1 ? road_width_at(net, lane, (end - sec->s_m) / 2) : width;
}

static void add_path(road_builder *b, const road *r, int section, const road_lane *lane,
                     const sample_list *list) {
  road_network *net = &b->net;
  if (b->failed || !ARRAY_RESERVE(net->paths, b->path_capacity, net->path_count + 1)) {
    b->failed = true;
    return;
  }
  lane_path path = {.id = net->path_count + 1,
                    .road = r->id,
                    .section = section,
                    .lane = lane->id,
                    .junction = road_is_way(net, r) ? r->junction : 0,
                    .users = road_lane_users(lane),
                    .width_m = path_width(net, r, section, lane),
                    .speed_limit_mps = lane->speed_limit_mps,
                    .opens = lane_opens(net, r, section, lane),
                    .priority = b->notes[r->id - 1].rank};
  sample_lane(b, &path, list);
  path.stop_s_m = path.length_m;
  bool along = road_lane_along(net, lane->id); // and so into the road's end, index 1
  const road_link *ahead = along ? &r->successor : &r->predecessor;
  if (!r->junction && road_meets_junction(net, ahead)) {
    const road_note *note = &b->notes[r->id - 1];
    bool crossing = note->crosswalk[along] || note->circle[along];
    double stop = note->stop_m[along];
    if (stop <= 0)
      stop = crossing ? STOP_POINT_M : BARE_STOP_POINT_M;
    path.stop_s_m = fmax(0, path.length_m - stop);
    bool across = note->left_lane[along] && abs(lane->id) == 1;
    path.signal = note->signal[along];
    if (across && note->left_signal[along])
      path.signal = note->left_signal[along];
  }
  if (b->failed)
    return;
  if (r->junction)
    path.turn = b->notes[r->id - 1].turn;
  net->paths[net->path_count++] = path;
}

// Id of the path of a lane of a road at one of its ends; 0 when that lane isn't driven on.
static int path_at(const road_network *net, const int *first_path, int road_id, bool at_end,
                   int lane_id) {
  const road *r = &net->roads[road_id - 1];
  int section = at_end ? r->section_count - 1 : 0;
  for (int i = first_path[road_id - 1]; i < first_path[road_id]; i++)
    if (net->paths[i].lane == lane_id && net->paths[i].section == section)
      return i + 1;
  return 0;
}

typedef struct lane_pair {
  int from, to;
} lane_pair;

typedef struct pair_list {
  lane_pair *pairs;
  int count, capacity;
} pair_list;

static void add_pair(road_builder *b, pair_list *list, int from, int to) {
  if (!from || !to)
    return;
  if (b->failed || !ARRAY_RESERVE(list->pairs, list->capacity, list->count + 1)) {
    b->failed = true;
    return;
  }
  list->pairs[list->count++] = (lane_pair){from, to};
}

static void find_pairs(road_builder *b, const int *first_path, pair_list *list) {
  const road_network *net = &b->net;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *path = &net->paths[i];
    const road *r = &net->roads[path->road - 1];
    const road_section *section = &net->sections[r->section_first + path->section];
    const road_lane *lane = road_lane_find(net, section, path->lane);
    bool along = road_lane_along(net, path->lane);
    const road_link *ahead = along ? &r->successor : &r->predecessor;
    if (ahead->kind == ROAD_LINK_ROAD)
      add_pair(b, list, path->id,
               path_at(net, first_path, ahead->id, ahead->at_end,
                       along ? lane->successor : lane->predecessor));
    // A road knows the junction it runs into; only the connecting road knows the lane.
    const road_link *behind = along ? &r->predecessor : &r->successor;
    // Nor does a lane know the one that opens out of it.
    if (path->opens)
      add_pair(b, list,
               path_at(net, first_path, behind->id, behind->at_end,
                       along ? lane->predecessor : lane->successor),
               path->id);
    if (r->junction && behind->kind == ROAD_LINK_ROAD && !net->roads[behind->id - 1].junction)
      add_pair(b, list,
               path_at(net, first_path, behind->id, behind->at_end,
                       along ? lane->predecessor : lane->successor),
               path->id);
  }
}

// Lists of successors or predecessors, by counting.
static void link_pairs(road_builder *b, const pair_list *list, bool forward) {
  road_network *net = &b->net;
  if (!ARRAY_RESERVE(net->lane_links, b->lane_link_capacity, net->lane_link_count + list->count)) {
    b->failed = true;
    return;
  }
  for (int k = 0; k < list->count; k++) {
    if (forward)
      net->paths[list->pairs[k].from - 1].next_count++;
    else
      net->paths[list->pairs[k].to - 1].previous_count++;
  }
  for (int i = 0; i < net->path_count; i++) {
    lane_path *path = &net->paths[i];
    int *first = forward ? &path->next_first : &path->previous_first;
    int *count = forward ? &path->next_count : &path->previous_count;
    *first = net->lane_link_count;
    net->lane_link_count += *count;
    *count = 0;
  }
  for (int k = 0; k < list->count; k++) {
    lane_pair pair = list->pairs[k];
    lane_path *path = &net->paths[(forward ? pair.from : pair.to) - 1];
    if (forward)
      net->lane_links[path->next_first + path->next_count++] = pair.to;
    else
      net->lane_links[path->previous_first + path->previous_count++] = pair.from;
  }
}

static void find_neighbours(road_network *net, const int *first_path) {
  for (int i = 0; i < net->path_count; i++) {
    lane_path *path = &net->paths[i];
    int rightward = road_lane_along(net, path->lane) ? -1 : 1; // to the right of travel
    for (int k = first_path[path->road - 1]; k < first_path[path->road]; k++) {
      const lane_path *other = &net->paths[k];
      // Beside a lane for bicycles nobody changes lanes.
      if (other->section != path->section || other->users == LANE_FOR_BICYCLES ||
          path->users == LANE_FOR_BICYCLES)
        continue;
      if (other->lane == path->lane + rightward)
        path->right = other->id;
      if (other->lane == path->lane - rightward)
        path->left = other->id;
    }
  }
}

static int users_of(const road_network *net, int first, int count) {
  int users = 0;
  for (int k = 0; k < count; k++)
    users |= net->paths[net->lane_links[first + k] - 1].users;
  return count ? users : LANE_FOR_ALL;
}

// Ways through a junction are for those who may be on the lanes before and behind it: maps say so
// of these alone. A way between lanes of different kinds stays what it is.
static void find_users(road_network *net) {
  for (int i = 0; i < net->path_count; i++) {
    lane_path *path = &net->paths[i];
    int users = path->users & users_of(net, path->next_first, path->next_count) &
                users_of(net, path->previous_first, path->previous_count);
    if (net->roads[path->road - 1].junction && users)
      path->users = users;
  }
}

static void find_crossings(road_builder *b) {
  road_network *net = &b->net;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *path = &net->paths[i];
    for (int end = 0; end < 2 && !path->junction; end++) {
      const road_note *note = &b->notes[path->road - 1];
      if (!note->crosswalk[end])
        continue;
      if (!ARRAY_RESERVE(net->crossings, b->crossing_capacity, net->crossing_count + 1)) {
        b->failed = true;
        return;
      }
      bool leaving = road_lane_along(net, path->lane) == (end == 0);
      double length = path->length_m, near = note->walk_near_m[end], far = note->walk_far_m[end];
      net->crossings[net->crossing_count++] =
          (lane_crossing){.lane = path->id,
                          .crosswalk = note->crosswalk[end],
                          .begin_s_m = leaving ? near : length - far,
                          .end_s_m = leaving ? far : length - near};
    }
  }
}

void road_derive_lanes(road_builder *b) {
  road_network *net = &b->net;
  sample_list samples = {0};
  pair_list pairs = {0};
  int *first_path = calloc((size_t)net->road_count + 1, sizeof *first_path);
  b->failed = b->failed || !first_path;
  for (int i = 0; i < net->road_count && !b->failed; i++) {
    const road *r = &net->roads[i];
    first_path[i] = net->path_count;
    b->failed = !sample_road(net, r, &samples);
    for (int section = 0; section < r->section_count && !b->failed; section++) {
      const road_section *sec = &net->sections[r->section_first + section];
      // Paths are numbered from the oncoming side's kerb on, so that a network and its mirror
      // image have the same graph.
      for (int k = 0; k < sec->lane_count && !b->failed; k++) {
        int at = net->left_hand ? sec->lane_count - 1 - k : k;
        const road_lane *lane = &net->lanes[sec->lane_first + at];
        if (road_lane_users(lane))
          add_path(b, r, section, lane, &samples);
      }
    }
    first_path[i + 1] = net->path_count;
  }
  if (!b->failed)
    find_pairs(b, first_path, &pairs);
  if (!b->failed)
    link_pairs(b, &pairs, true);
  if (!b->failed)
    link_pairs(b, &pairs, false);
  if (!b->failed) {
    find_users(net);
    find_neighbours(net, first_path);
    find_crossings(b);
  }
  free(first_path);
  free(pairs.pairs);
  free(samples.s);
  free(samples.places);
}
