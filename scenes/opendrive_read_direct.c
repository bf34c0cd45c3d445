// SPDX-License-Identifier: Apache-2.0
// <junction type="direct">: roads that join without connecting roads. The model has these: the
// last metres of the road that divides, or the first ones of that into which others merge,
// become connecting roads of a fork side by side, one for each road that they lead to, or come
// from, with the lanes that are linked to it. Other lanes go with the one inside of them.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/opendrive_reader.h"

static const double FORK_M = 6;
static const double SHORTEST_M = 0.5; // of a road's outermost section; a third of it is the fork's
static const double GAP_M = 0.05;     // ends that miss each other by more are remarked on
enum { BRANCHES = 32, LANES = 130, KNOTS = 4096 };

// Which ends meet --------------------------------------------------------------

static bool leads_to(const map_link *link, const map_junction *junction) {
  return link->kind == ROAD_LINK_JUNCTION && strcmp(link->id, junction->id) == 0;
}

// The end of a road that leads to the junction; contact says which, if it isn't NULL.
static bool find_end(const map_junction *junction, const map_road *map, const char *contact,
                     bool *at_end) {
  bool start = leads_to(&map->predecessor, junction), end = leads_to(&map->successor, junction);
  *at_end = contact ? strcmp(contact, "end") == 0 : end;
  return *at_end ? end : start;
}

// One <connection> as it stands in the file: trunk is its incoming road, for now.
static bool read_branch(map_reader *r, int junction, const xmlNode *at) {
  static const char *const known[] = {"laneLink", NULL};
  const map_junction *j = &r->junctions[junction];
  if (!map_text(at, "linkedRoad")) {
    map_remark(r, at, "a <connection> of a direct junction without a linked road is left out");
    return true;
  }
  const char *from = map_need(r, at, "incomingRoad"), *to = map_text(at, "linkedRoad");
  const map_road *incoming = map_find_road(r, from), *linked = map_find_road(r, to);
  if (r->code == STATUS_OK && (!incoming || !linked))
    return map_fail(r, at, "there is no road \"%.40s\"", incoming ? to : from);
  if (r->code != STATUS_OK)
    return false;
  map_branch branch = {.node = at,
                       .junction = junction,
                       .trunk = (int)(incoming - r->roads),
                       .other = (int)(linked - r->roads)};
  map_remark_others(r, at, known);
  if (incoming->junction || linked->junction || !find_end(j, incoming, NULL, &branch.trunk_end) ||
      !find_end(j, linked, map_text(at, "contactPoint"), &branch.other_end)) {
    map_remark(r, at, "a <connection> of a road that doesn't lead to its junction is left out");
    return true;
  }
  if (!ARRAY_RESERVE(r->branches, r->branch_capacity, r->branch_count + 1))
    return map_fail_memory(r);
  r->branches[r->branch_count++] = branch;
  return true;
}

typedef struct fork_ends {
  int count;
  struct {
    int map, side, group; // side 0 or 1: those of one side meet those of the other
    bool at_end;
  } items[2 * BRANCHES];
} fork_ends;

static int end_index(fork_ends *ends, int map, bool at_end) {
  for (int i = 0; i < ends->count; i++)
    if (ends->items[i].map == map && ends->items[i].at_end == at_end)
      return i;
  ends->items[ends->count].map = map;
  ends->items[ends->count].at_end = at_end;
  ends->items[ends->count].side = -1;
  return ends->count++;
}

// Gives ends that are joined, directly or over others, one group, and those of a connection
// different sides. The first one's incoming road is on side 0.
static void find_sides(fork_ends *ends, const map_branch *branches, int count) {
  for (int seed = 0; seed < count; seed++) {
    int first = end_index(ends, branches[seed].trunk, branches[seed].trunk_end);
    if (ends->items[first].side >= 0)
      continue;
    ends->items[first].side = 0;
    ends->items[first].group = seed;
    for (bool changed = true; changed;) {
      changed = false;
      for (int i = 0; i < count; i++) {
        int a = end_index(ends, branches[i].trunk, branches[i].trunk_end);
        int b = end_index(ends, branches[i].other, branches[i].other_end);
        int known = ends->items[a].side >= 0 ? a : b, new = known == a ? b : a;
        if (ends->items[known].side < 0 || ends->items[new].side >= 0)
          continue;
        ends->items[new].side = 1 - ends->items[known].side;
        ends->items[new].group = ends->items[known].group;
        changed = true;
      }
    }
  }
}

// The side of a group that becomes connecting roads: that with fewer ends.
static int fork_side(const fork_ends *ends, int group) {
  int counts[2] = {0, 0};
  for (int i = 0; i < ends->count; i++)
    if (ends->items[i].group == group)
      counts[ends->items[i].side]++;
  return counts[1] < counts[0];
}

// Turns the junction's connections so that each trunk is what becomes connecting roads; leaves
// out those for which there is no such choice.
static void choose_trunks(map_reader *r, int first) {
  fork_ends ends = {0};
  int count = r->branch_count - first, kept = 0;
  map_branch *branches = &r->branches[first];
  find_sides(&ends, branches, count);
  for (int i = 0; i < count; i++) {
    map_branch branch = branches[i];
    int a = end_index(&ends, branch.trunk, branch.trunk_end);
    int b = end_index(&ends, branch.other, branch.other_end);
    if (ends.items[a].side == ends.items[b].side) {
      map_remark(r, branch.node, "a <connection> of roads that each lead on to both is left out");
      continue;
    }
    if (ends.items[a].side != fork_side(&ends, ends.items[a].group)) {
      branch.from_other = true;
      branch.trunk = branches[i].other, branch.trunk_end = branches[i].other_end;
      branch.other = branches[i].trunk, branch.other_end = branches[i].trunk_end;
    }
    branches[kept++] = branch;
  }
  r->branch_count = first + kept;
}

// Whether another connection before it has the same trunk.
static bool is_repeated(const map_reader *r, int branch) {
  const map_branch *own = &r->branches[branch];
  for (int i = branch - 1; i >= 0 && r->branches[i].junction == own->junction; i--)
    if (r->branches[i].trunk == own->trunk && r->branches[i].trunk_end == own->trunk_end)
      return true;
  return false;
}

// Cuts off the trunks' ends. Connections whose trunk is too short for that are left out.
static bool cut_trunks(map_reader *r, int first) {
  int kept = first;
  for (int i = first; i < r->branch_count; i++) {
    map_branch branch = r->branches[i];
    const map_road *map = &r->roads[branch.trunk];
    double begin, end;
    map_outer_section(r, map, branch.trunk_end, &begin, &end);
    if (end - begin < SHORTEST_M) {
      map_remark(r, branch.node, "a <connection> at a lane section shorter than %.1f m is left out",
                 SHORTEST_M);
      continue;
    }
    double length = fmin(FORK_M, (end - begin) / 3); // the other end may be cut, too
    r->branches[kept] = branch;
    if (!is_repeated(r, kept++) &&
        !map_cut_at(r, map, branch.trunk_end ? end - length : begin + length))
      return false;
  }
  r->branch_count = kept;
  return true;
}

bool map_find_branches(map_reader *r) {
  for (int i = 0; i < r->junction_count; i++) {
    int first = r->branch_count;
    if (r->junctions[i].type != MAP_DIRECT)
      continue;
    for (const xmlNode *at = map_first(r->junctions[i].node); at; at = map_next(at)) {
      if (!map_is(at, "connection"))
        continue;
      if (r->branch_count - first == BRANCHES)
        return map_fail(r, at, "more than %d connections in a direct junction", BRANCHES);
      if (!read_branch(r, i, at))
        return false;
    }
    if (r->branch_count > first)
      choose_trunks(r, first);
    if (!cut_trunks(r, first))
      return false;
  }
  return r->code == STATUS_OK;
}

// Lanes ------------------------------------------------------------------------

// A trunk's piece that is being made into connecting roads.
typedef struct fork {
  map_reader *r;
  const map_road *trunk;
  bool trunk_end;
  road whole;                           // the piece as a road
  int section;                          // its index
  int count;                            // of branches
  const map_branch *branches[BRANCHES]; // one for each other end
  int lane_count;
  uint32_t owners[LANES];     // (lane_count) the branches that a lane belongs to, a bit each
  int links[BRANCHES][LANES]; // by branch: id of the lane on the other road, 0 none
} fork;

static const road_lane *lane_at(const fork *f, int index) {
  const road_network *net = &f->r->b->net;
  return &net->lanes[net->sections[f->section].lane_first + index];
}

static int index_of(const fork *f, int id) {
  for (int i = 0; i < f->lane_count; i++)
    if (lane_at(f, i)->id == id)
      return i;
  return -1;
}

static const road *other_road(const fork *f, int branch) {
  const map_road *map = &f->r->roads[f->branches[branch]->other];
  return &f->r->b->net.roads[(f->branches[branch]->other_end ? map->last : map->first) - 1];
}

static bool link_lanes(fork *f, int branch, const map_branch *from, const xmlNode *at) {
  map_reader *r = f->r;
  const road_network *net = &r->b->net;
  int ids[2] = {map_whole(r, at, "from"), map_whole(r, at, "to")};
  int own = ids[from->from_other], other = ids[!from->from_other];
  if (r->code != STATUS_OK)
    return false;
  const road *next = other_road(f, branch);
  const road_lane *lane = road_lane_find(net, &net->sections[next->section_first], other);
  int index = index_of(f, own);
  if (own == 0 || index < 0 || other == 0 || !lane)
    return map_fail(r, at,
                    "<laneLink> from=\"%d\" to=\"%d\": road \"%.40s\" has no such lane there",
                    ids[0], ids[1], r->roads[index < 0 || own == 0 ? from->trunk : from->other].id);
  bool into = road_lane_along(net, own) == f->trunk_end;
  bool out = road_lane_along(net, other) != from->other_end;
  if (lane_at(f, index)->type == LANE_DRIVING && lane->type == LANE_DRIVING && into != out) {
    map_remark(r, at, "a <laneLink> of lanes that are driven towards each other is left out");
    return true;
  }
  if (f->links[branch][index] && f->links[branch][index] != other) {
    map_remark(r, at, "a second <laneLink> of a lane to the same road is left out");
    return true;
  }
  f->links[branch][index] = other;
  f->owners[index] |= (uint32_t)1 << branch;
  return true;
}

static bool read_links(fork *f, int branch, const map_branch *from) {
  static const char *const known[] = {NULL};
  for (const xmlNode *at = map_first(from->node); at; at = map_next(at)) {
    if (!map_is(at, "laneLink"))
      continue;
    map_remark_others(f->r, at, known);
    if (!link_lanes(f, branch, from, at))
      return false;
  }
  return true;
}

// One branch of those that a lane belongs to: one that `beside` isn't in, if there is one.
static uint32_t pick(uint32_t owners, uint32_t beside) {
  uint32_t from = owners & ~beside ? owners & ~beside : owners;
  return from & (~from + 1);
}

// Lanes that aren't linked go with the one inside of them; the innermost with the first linked.
static void spread_owners(fork *f) {
  int centre = index_of(f, 0);
  for (int side = -1; side <= 1; side += 2) {
    uint32_t inner = 0, before = 0;
    int last = side < 0 ? f->lane_count : -1, step = -side;
    for (int i = centre + step; i != last && !inner; i += step)
      inner = pick(f->owners[i], 0);
    for (int i = centre - step; inner == 0 && i >= 0 && i < f->lane_count; i -= step)
      inner = pick(f->owners[i], 0); // nothing is linked on this side
    for (int i = centre + step; i != last; i += step) {
      if (f->owners[i] == 0) {
        f->owners[i] = inner;
        if (lane_at(f, i)->type == LANE_DRIVING)
          map_remark(f->r, f->branches[0]->node,
                     "a driving lane that a direct junction doesn't link ends there");
      }
      inner = pick(f->owners[i], before);
      before = f->owners[i];
    }
  }
}

// Roads ------------------------------------------------------------------------

static int compare_numbers(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// t of the border inside of which `inner` lanes of that side lie, as polynomials: lane 0 of a
// road that begins there.
static bool add_offset(fork *f, road *way, int side, int inner) {
  map_reader *r = f->r;
  road_network *net = &r->b->net;
  const road_section *section = &net->sections[f->section];
  double s[KNOTS];
  int count = 0, first = net->offset_count;
  s[count++] = 0;
  for (int i = 0; i < f->whole.offset_count && count < KNOTS; i++)
    s[count++] = fmax(0, net->offsets[f->whole.offset_first + i].s_m);
  for (int k = 1; k <= inner; k++) {
    const road_lane *lane = road_lane_find(net, section, side * k);
    for (int i = 0; i < lane->width_count && count < KNOTS; i++)
      s[count++] = net->widths[lane->width_first + i].s_m;
  }
  if (count == KNOTS)
    return map_fail(r, f->trunk->node, "road \"%.40s\" has too many widths where it divides",
                    f->trunk->id);
  qsort(s, (size_t)count, sizeof *s, compare_numbers);
  for (int i = 0; i < count; i++) {
    if ((i > 0 && s[i] == s[i - 1]) || s[i] >= f->whole.length_m)
      continue;
    road_poly3 p = {.s_m = s[i]};
    if (f->whole.offset_count > 0) {
      const road_poly3 *offsets = &net->offsets[f->whole.offset_first];
      p = road_poly_from(&offsets[map_poly_at(offsets, f->whole.offset_count, s[i])], s[i]);
    }
    for (int k = 1; k <= inner; k++) {
      const road_lane *lane = road_lane_find(net, section, side * k);
      const road_poly3 *widths = &net->widths[lane->width_first];
      if (lane->width_count == 0)
        continue;
      road_poly3 w = road_poly_from(&widths[map_poly_at(widths, lane->width_count, s[i])], s[i]);
      p = (road_poly3){s[i], p.a + side * w.a, p.b + side * w.b, p.c + side * w.c,
                       p.d + side * w.d};
    }
    if (!ARRAY_RESERVE(net->offsets, r->b->offset_capacity, net->offset_count + 1))
      return map_fail_memory(r);
    net->offsets[net->offset_count++] = p;
  }
  way->offset_first = first;
  way->offset_count = net->offset_count - first;
  return true;
}

// A copy of a lane for a connecting road on which `inner` lanes are not there.
static bool add_lane(fork *f, int branch, int index, int inner) {
  map_reader *r = f->r;
  road_network *net = &r->b->net;
  if (!ARRAY_RESERVE(net->lanes, r->b->lane_capacity, net->lane_count + 1))
    return map_fail_memory(r);
  road_lane lane = *lane_at(f, index);
  if (lane.id != 0) {
    *(f->trunk_end ? &lane.predecessor : &lane.successor) = lane.id;
    *(f->trunk_end ? &lane.successor : &lane.predecessor) = f->links[branch][index];
    lane.id += lane.id < 0 ? inner : -inner;
  } else if (inner > 0) {
    lane.outer_mark = MARK_NONE; // the lane beside it has it
  }
  net->lanes[net->lane_count++] = lane;
  return true;
}

// Lanes from..to of the piece, from the leftmost on, as a section of their own.
static bool add_section(fork *f, int branch, int from, int to, road *way) {
  map_reader *r = f->r;
  road_network *net = &r->b->net;
  int left = lane_at(f, from)->id, right = lane_at(f, to)->id;
  int inner = left < 0 ? -left - 1 : right > 0 ? right - 1 : 0, centre = index_of(f, 0);
  if (inner > 0 && !add_offset(f, way, left < 0 ? -1 : 1, inner))
    return false;
  if (!ARRAY_RESERVE(net->sections, r->b->section_capacity, net->section_count + 1))
    return map_fail_memory(r);
  road_section section = {.lane_first = net->lane_count};
  if (left < 0 && !add_lane(f, branch, centre, inner))
    return false;
  for (int i = from; i <= to; i++)
    if (!add_lane(f, branch, i, inner))
      return false;
  if (right > 0 && !add_lane(f, branch, centre, inner))
    return false;
  section.lane_count = net->lane_count - section.lane_first;
  way->section_first = net->section_count;
  net->sections[net->section_count++] = section;
  return true;
}

static bool add_way(fork *f, int branch, int from, int to, map_fork *made) {
  map_reader *r = f->r;
  road_network *net = &r->b->net;
  const road *other = other_road(f, branch);
  road way = f->whole;
  way.junction = r->junctions[f->branches[branch]->junction].number;
  *(f->trunk_end ? &way.successor : &way.predecessor) =
      (road_link){ROAD_LINK_ROAD, other->id, f->branches[branch]->other_end};
  if (!add_section(f, branch, from, to, &way))
    return false;
  if (made->road == 0) { // in the piece's place
    made->road = way.id;
    net->roads[way.id - 1] = way;
    return true;
  }
  if (!ARRAY_RESERVE(net->roads, r->b->road_capacity, net->road_count + 1) ||
      !ARRAY_RESERVE(r->b->notes, r->b->note_capacity, net->road_count + 1) ||
      !ARRAY_RESERVE(r->pieces, r->piece_capacity, net->road_count + 1))
    return map_fail_memory(r);
  r->b->notes[net->road_count] = (road_note){0};
  r->pieces[net->road_count] = r->pieces[way.id - 1];
  way.id = net->road_count + 1;
  net->roads[net->road_count++] = way;
  made->more_first = made->more_count == 0 ? way.id : made->more_first;
  made->more_count++;
  return true;
}

// Lanes of one branch that lie side by side are one connecting road; lane 0 is no gap.
static bool add_ways(fork *f, map_fork *made) {
  for (int branch = 0; branch < f->count; branch++) {
    int from = -1, to = -1;
    for (int i = 0; i <= f->lane_count; i++) {
      if (i < f->lane_count && lane_at(f, i)->id == 0)
        continue;
      if (i < f->lane_count && f->owners[i] >> branch & 1) {
        from = from < 0 ? i : from;
        to = i;
        continue;
      }
      if (from >= 0 && !add_way(f, branch, from, to, made))
        return false;
      from = -1;
    }
  }
  return true;
}

// Driving lanes of a connecting road that lead from the trunk to the other road, or back.
static int count_lanes(const fork *f, const road *way, bool from_trunk) {
  const road_network *net = &f->r->b->net;
  const road_section *section = &net->sections[way->section_first];
  int count = 0;
  for (int i = 0; i < section->lane_count; i++) {
    const road_lane *lane = &net->lanes[section->lane_first + i];
    count += lane->type == LANE_DRIVING &&
             (road_lane_along(net, lane->id) == f->trunk_end) == from_trunk;
  }
  return count;
}

// t of its middle to the right of those who leave the trunk.
static double right_of_trunk(const fork *f, const road *way) {
  const road_network *net = &f->r->b->net;
  double s = f->trunk_end ? way->length_m : 0;
  double middle = (road_edge_t(net, way, s, 1, ROAD_EDGE_OUTER) +
                   road_edge_t(net, way, s, -1, ROAD_EDGE_OUTER)) /
                  2;
  return f->trunk_end ? -middle : middle;
}

// Who leaves the others turns off: those with most lanes go straight on.
static void set_turns(fork *f, const map_fork *made) {
  road_network *net = &f->r->b->net;
  const road *straight = &net->roads[made->road - 1];
  for (int i = 0; i < made->more_count; i++) {
    const road *way = &net->roads[made->more_first - 1 + i];
    if (count_lanes(f, way, true) > count_lanes(f, straight, true))
      straight = way;
  }
  for (int i = -1; i < made->more_count; i++) {
    const road *way = &net->roads[(i < 0 ? made->road : made->more_first + i) - 1];
    double right = right_of_trunk(f, way) - right_of_trunk(f, straight);
    if (way != straight && count_lanes(f, way, true) > 0)
      f->r->b->notes[way->id - 1].turn = right > 0 ? TURN_RIGHT : TURN_LEFT;
  }
}

// Lanes that a connecting road's links join must meet.
static void remark_gaps(fork *f, const road *way, const xmlNode *at) {
  const road_network *net = &f->r->b->net;
  const road_link *link = f->trunk_end ? &way->successor : &way->predecessor;
  const road *other = &net->roads[link->id - 1];
  const road_section *section = &net->sections[way->section_first];
  double s = f->trunk_end ? way->length_m : 0, t = link->at_end ? other->length_m : 0;
  for (int i = 0; i < section->lane_count; i++) {
    const road_lane *lane = &net->lanes[section->lane_first + i];
    int next = f->trunk_end ? lane->successor : lane->predecessor;
    if (lane->type != LANE_DRIVING || !next)
      continue;
    vec3 a = road_point_at(net, way, s, road_lane_middle_t(net, way, 0, lane->id, s, NULL));
    vec3 b = road_point_at(net, other, t, road_lane_middle_t(net, other, 0, next, t, NULL));
    if (hypot(a.x - b.x, a.y - b.y) > GAP_M)
      map_remark(f->r, at, "lanes that a direct junction links are apart");
  }
}

// A road knows the junction it leads to; only connecting roads know lanes.
static void end_lanes(fork *f) {
  road_network *net = &f->r->b->net;
  const road *left = &net->roads[(f->trunk_end ? f->trunk->last : f->trunk->first) - 1];
  const road_section *section = &net->sections[left->section_first];
  for (int i = 0; i < section->lane_count; i++) {
    road_lane *lane = &net->lanes[section->lane_first + i];
    *(f->trunk_end ? &lane->successor : &lane->predecessor) = 0;
  }
}

// Makes the piece at the end of a trunk into connecting roads, for the connections from `first`
// on that have it.
static bool make_fork(fork *f, int first) {
  map_reader *r = f->r;
  const map_branch *own = &r->branches[first];
  map_road *trunk = &r->roads[own->trunk];
  map_fork *made = &trunk->forks[own->trunk_end];
  *f = (fork){.r = r, .trunk = trunk, .trunk_end = own->trunk_end};
  f->whole = r->b->net.roads[made->road - 1];
  f->section = f->whole.section_first;
  f->lane_count = r->b->net.sections[f->section].lane_count;
  for (int i = first; i < r->branch_count && r->branches[i].junction == own->junction; i++) {
    const map_branch *branch = &r->branches[i];
    if (branch->trunk != own->trunk || branch->trunk_end != own->trunk_end)
      continue;
    int k = 0; // the same two ends may be there twice, for either direction
    while (k < f->count && (f->branches[k]->other != branch->other ||
                            f->branches[k]->other_end != branch->other_end))
      k++;
    if (k == f->count)
      f->branches[f->count++] = branch;
    if (!read_links(f, k, branch))
      return false;
  }
  uint32_t any = 0;
  for (int i = 0; i < f->lane_count; i++)
    any |= f->owners[i];
  made->road = 0;
  if (any == 0) {
    map_remark(r, own->node, "a direct junction that links no lanes of a road ends it");
    *(f->trunk_end ? &trunk->last : &trunk->first) = f->whole.id;
    *(f->trunk_end ? &trunk->end_m : &trunk->begin_m) = f->trunk_end ? trunk->length_m : 0;
    return true;
  }
  end_lanes(f);
  spread_owners(f);
  if (!add_ways(f, made))
    return false;
  set_turns(f, made);
  for (int i = -1; i < made->more_count; i++)
    remark_gaps(f, &r->b->net.roads[(i < 0 ? made->road : made->more_first + i) - 1], own->node);
  return true;
}

bool map_make_forks(map_reader *r) {
  // First all ends are taken off: connecting roads lead to what is left.
  for (int i = 0; i < r->branch_count; i++) {
    map_road *trunk = &r->roads[r->branches[i].trunk];
    map_fork *made = &trunk->forks[r->branches[i].trunk_end];
    if (made->road)
      continue;
    made->road = r->branches[i].trunk_end ? trunk->last-- : trunk->first++;
    double length = r->b->net.roads[made->road - 1].length_m;
    *(r->branches[i].trunk_end ? &trunk->end_m : &trunk->begin_m) +=
        r->branches[i].trunk_end ? -length : length;
  }
  fork *f = malloc(sizeof *f);
  bool ok = f || map_fail_memory(r);
  for (int i = 0; i < r->branch_count && ok; i++) {
    f->r = r;
    ok = is_repeated(r, i) || make_fork(f, i);
  }
  free(f);
  return ok && r->code == STATUS_OK;
}
