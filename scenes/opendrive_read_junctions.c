// SPDX-License-Identifier: Apache-2.0
// <junction>: its connections, who goes first, and the programs of its lights.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/opendrive_names.h"
#include "scenes/opendrive_reader.h"

enum { MAJOR = 4, PHASES = 64, CONFLICT_LANES = 64 };
static const double TURN_RAD = 0.6;
static const double TURN_BACK_RAD = 2.6;

// Connections -----------------------------------------------------------------

// The lane's link from <laneLink>, unless the lane has it already.
static bool link_lane(map_reader *r, const xmlNode *at, const road *way, bool from_end) {
  road_network *net = &r->b->net;
  int from = map_whole(r, at, "from"), to = map_whole(r, at, "to");
  const road_section *section = &net->sections[way->section_first];
  road_lane *lane = (road_lane *)road_lane_find(net, section, to);
  if (r->code != STATUS_OK)
    return false;
  if (!lane)
    return map_fail(r, at, "<laneLink> to=\"%d\": the connecting road has no such lane", to);
  int *link = from_end ? &lane->successor : &lane->predecessor;
  if (*link && *link != from)
    map_remark(r, at, "a <laneLink> says otherwise than the lane's own link, which is taken");
  *link = *link ? *link : from;
  return true;
}

static bool read_connection(map_reader *r, const map_junction *junction, const xmlNode *at) {
  static const char *const known[] = {"laneLink", NULL};
  road_network *net = &r->b->net;
  const char *connecting = map_text(at, "connectingRoad"), *type = map_text(at, "type");
  if (!connecting || (type && strcmp(type, "default") != 0)) {
    map_remark(r, at, "a <connection> without a connecting road is left out");
    return true;
  }
  map_road *way = map_find_road(r, connecting);
  map_road *incoming = map_find_road(r, map_need(r, at, "incomingRoad"));
  if (r->code == STATUS_OK && (!way || !incoming))
    return map_fail(r, at, "there is no road \"%.40s\"",
                    way ? map_text(at, "incomingRoad") : connecting);
  const char *contact = map_text(at, "contactPoint");
  bool from_end = contact && strcmp(contact, "end") == 0;
  if (r->code != STATUS_OK)
    return false;
  road *made = &net->roads[(from_end ? way->last : way->first) - 1];
  if (made->junction != junction->number) {
    map_remark(r, at, "a connection by a road that isn't in the junction is left out");
    return true;
  }
  road_link *link = from_end ? &made->successor : &made->predecessor;
  if (link->kind == ROAD_LINK_NONE && junction->type != MAP_VIRTUAL) {
    const road *last = &net->roads[incoming->last - 1];
    bool at_end =
        last->successor.kind == ROAD_LINK_JUNCTION && last->successor.id == junction->number;
    *link = (road_link){ROAD_LINK_ROAD, at_end ? incoming->last : incoming->first, at_end};
  }
  for (const xmlNode *child = map_first(at); child; child = map_next(child))
    if (map_is(child, "laneLink") && !link_lane(r, child, made, from_end))
      return false;
  map_remark_others(r, at, known);
  return true;
}

bool map_read_connections(map_reader *r) {
  static const char *const known[] = {"connection", "priority", "controller", NULL};
  for (int i = 0; i < r->junction_count; i++) {
    const map_junction *junction = &r->junctions[i];
    if (!junction->number)
      continue;
    map_remark_others(r, junction->node, known);
    if (junction->type == MAP_DIRECT) // its connections made roads already
      continue;
    for (const xmlNode *at = map_first(junction->node); at; at = map_next(at))
      if (map_is(at, "connection") && !read_connection(r, junction, at))
        return false;
  }
  return r->code == STATUS_OK;
}

// Who goes first --------------------------------------------------------------

// Whether traffic on a way through a junction runs along its s, that of one lane at least.
static bool runs_along(const road_network *net, const road *way) {
  const road_section *section = &net->sections[way->section_first];
  bool against = false;
  for (int i = 0; i < section->lane_count; i++) {
    const road_lane *lane = &net->lanes[section->lane_first + i];
    if (road_lane_users(lane) && road_lane_along(net, lane->id))
      return true;
    against = against || road_lane_users(lane);
  }
  return !against;
}

// By how the way's heading changes.
static turn_kind way_turn(const road_network *net, const road *first, const road *last,
                          bool along) {
  double turn =
      road_line_at(net, last, last->length_m).heading_rad - road_line_at(net, first, 0).heading_rad;
  turn = angle_wrap(along ? turn : -turn);
  if (fabs(turn) > TURN_BACK_RAD)
    return TURN_U;
  return turn > TURN_RAD ? TURN_LEFT : turn < -TURN_RAD ? TURN_RIGHT : TURN_STRAIGHT;
}

// Turns that don't cross oncoming traffic come before those that do.
static int turn_rank(const road_network *net, turn_kind turn) {
  turn_kind near = net->left_hand ? TURN_LEFT : TURN_RIGHT;
  return turn == TURN_STRAIGHT ? 3 : turn == near ? 2 : 1;
}

static const map_end *arm_end(const map_reader *r, const road_arm *arm) {
  return &r->ends[arm->road - 1][arm->at_end];
}

// Major arms: those without a sign where others have one; else those of the best class.
static bool find_major(const map_reader *r, const road_arm *arms, int count, bool *major) {
  const road_network *net = &r->b->net;
  int signs = 0, best = ROAD_CLASS_COUNT, worst = 0;
  for (int i = 0; i < count; i++) {
    const map_end *end = arm_end(r, &arms[i]);
    signs += end->must_stop || end->must_yield;
    best = (int)fmin(best, net->roads[arms[i].road - 1].class);
    worst = (int)fmax(worst, net->roads[arms[i].road - 1].class);
  }
  for (int i = 0; i < count; i++) {
    const map_end *end = arm_end(r, &arms[i]);
    major[i] = signs ? !end->must_stop && !end->must_yield
                     : best < worst && (int)net->roads[arms[i].road - 1].class == best;
  }
  return (signs && signs < count) || (!signs && best < worst);
}

// <priority> elements raise a way above the one that gives way to it. They say nothing where
// they go round in a circle.
static void apply_priorities(map_reader *r, const map_junction *junction) {
  road_note *notes = r->b->notes;
  enum { ROUNDS = 24 };
  bool changed = true;
  for (int round = 0; round < ROUNDS && changed; round++) {
    changed = false;
    for (const xmlNode *at = map_first(junction->node); at; at = map_next(at)) {
      const char *high = map_text(at, "high"), *low = map_text(at, "low");
      if (!map_is(at, "priority") || !high || !low)
        continue;
      map_road *over = map_find_road(r, high), *under = map_find_road(r, low);
      if (!over || !under) {
        map_remark(r, at, "a <priority> of a road that isn't there is left out");
        continue;
      }
      int rank = notes[under->first - 1].rank + 1;
      for (int id = over->first; id <= over->last; id++)
        if (notes[id - 1].rank < rank) {
          notes[id - 1].rank = rank;
          changed = true;
        }
    }
  }
  if (changed)
    map_remark(r, junction->node, "the <priority> of a junction go round in a circle");
}

static void rank_ways(map_reader *r, const map_junction *junction, const road_arm *arms, int count,
                      const bool *major) {
  const road_network *net = &r->b->net;
  bool given = false;
  int lanes = 0;
  for (int i = 0; i < r->road_count; i++) {
    const map_road *map = &r->roads[i];
    const road *first = &net->roads[map->first - 1], *last = &net->roads[map->last - 1];
    if (first->junction != junction->number)
      continue;
    lanes += net->sections[first->section_first].lane_count - 1;
    const char *said = map_user_data(map->node, OPENDRIVE_RANK);
    bool along = runs_along(net, first);
    const road_link *in = along ? &first->predecessor : &last->successor;
    const char *said_turn = map_user_data(map->node, OPENDRIVE_TURN);
    turn_kind turn = way_turn(net, first, last, along);
    int rank = turn_rank(net, turn);
    if (said_turn)
      turn = (turn_kind)fmax(0, fmin(TURN_KIND_COUNT - 1, strtod(said_turn, NULL)));
    for (int k = 0; k < count; k++)
      if (major[k] && in->kind == ROAD_LINK_ROAD && in->id == arms[k].road &&
          in->at_end == arms[k].at_end)
        rank += MAJOR;
    if (said)
      rank = (int)fmax(0, fmin(1000, strtod(said, NULL)));
    given = given || said;
    for (int id = map->first; id <= map->last; id++)
      r->b->notes[id - 1].rank = rank, r->b->notes[id - 1].turn = turn;
  }
  if (!given)
    apply_priorities(r, junction);
  if (lanes > CONFLICT_LANES)
    map_remark(r, junction->node, "of a junction's lanes only the first %d are kept apart",
               CONFLICT_LANES);
}

// Lights ----------------------------------------------------------------------

static const char *signal_id(const xmlNode *at) {
  return at ? map_text(at, "id") : NULL;
}

// The sequence of the controller that has the signal, among those of the junction.
static int signal_group(map_reader *r, const map_junction *junction, const char *signal) {
  const xmlNode *root = xmlDocGetRootElement(r->doc);
  for (const xmlNode *at = map_first(root); at; at = map_next(at)) {
    bool controls = false;
    for (const xmlNode *c = map_is(at, "controller") ? map_first(at) : NULL; c; c = map_next(c)) {
      const char *id = map_text(c, "signalId");
      controls = controls || (id && strcmp(id, signal) == 0);
    }
    for (const xmlNode *c = controls ? map_first(junction->node) : NULL; c; c = map_next(c)) {
      const char *own = map_text(c, "id"), *other = map_text(at, "id");
      if (map_is(c, "controller") && own && other && strcmp(own, other) == 0)
        return map_whole(r, c, "sequence");
    }
  }
  return 0;
}

// "20.5 Grr-, 3 yrr-": seconds, and a colour for each group.
static bool read_program(map_reader *r, const map_junction *junction, const char *text) {
  road_builder *b = r->b;
  road_network *net = &b->net;
  road_junction *j = &net->junctions[junction->number - 1];
  j->program_first = net->phase_count;
  const char *at = text;
  while (*at) {
    char *end;
    road_phase phase = {.duration_s = strtod(at, &end)};
    int groups = 0;
    bool ok = end != at && phase.duration_s > 0 && phase.duration_s <= 3600 && *end == ' ';
    for (at = end + ok; ok && *at && *at != ','; at++) {
      const char *color = strchr(opendrive_colors, *at);
      ok = color && groups < ROAD_SIGNAL_GROUPS;
      if (ok)
        phase.color[++groups] = (uint8_t)(color - opendrive_colors);
    }
    ok = ok && groups > 0 && (j->group_count == 0 || j->group_count == groups) &&
         j->program_count < PHASES;
    if (!ok)
      return map_fail(r, junction->node, "%s=\"%.60s\" is not a list like \"20 Gr, 3 yr\"",
                      OPENDRIVE_PROGRAM, text);
    j->group_count = groups;
    if (!ARRAY_RESERVE(net->phases, b->phase_capacity, net->phase_count + 1))
      return map_fail_memory(r);
    net->phases[net->phase_count++] = phase;
    j->program_count++;
    at += strspn(at, ", ");
  }
  return true;
}

typedef struct light {
  const xmlNode *node;
  int road;
  bool at_end, pedestrian, left;
  long order;
} light;

static int compare_lights(const void *a, const void *b) {
  const light *x = a, *y = b;
  if (x->order != y->order)
    return x->order < y->order ? -1 : 1;
  return map_line(x->node) - map_line(y->node);
}

static bool add_light(map_reader *r, const light *l) {
  road_network *net = &r->b->net;
  road_note *note = &r->b->notes[l->road - 1];
  const road *way = &net->roads[l->road - 1];
  int number = (l->at_end ? way->successor : way->predecessor).id, group = 0;
  const road_junction *j = &net->junctions[number - 1];
  for (int i = 0; i < r->junction_count; i++)
    if (r->junctions[i].number == number)
      group = signal_group(r, &r->junctions[i], signal_id(l->node));
  if (r->code != STATUS_OK)
    return false;
  if (group < 1 || group > j->group_count)
    return map_fail(r, l->node, "signal \"%.40s\" has no controller among the junction's %d groups",
                    signal_id(l->node), j->group_count);
  if (!ARRAY_RESERVE(net->signals, r->b->signal_capacity, net->signal_count + 1))
    return map_fail_memory(r);
  net->signals[net->signal_count] = (road_signal){
      .id = net->signal_count + 1, .junction = number, .group = group, .pedestrian = l->pedestrian};
  net->signal_count++;
  if (l->left) {
    note->left_lane[l->at_end] = true;
    note->left_signal[l->at_end] = net->signal_count;
  } else if (!l->pedestrian)
    note->signal[l->at_end] = net->signal_count;
  else if (note->crosswalk[l->at_end])
    net->crosswalks[note->crosswalk[l->at_end] - 1].group = group;
  return true;
}

// Lights of junctions whose program is in the file, numbered in the order of their ids.
static bool add_lights(map_reader *r) {
  const road_network *net = &r->b->net;
  enum { LIGHTS = 20000 }; // each is looked for in all controllers
  light *lights = malloc(sizeof *lights * 6 * ((size_t)net->road_count + 1));
  int count = 0;
  if (!lights)
    return map_fail_memory(r);
  for (int i = 0; i < net->road_count; i++)
    for (int end = 0; end < 2; end++) {
      const road_link *link = end ? &net->roads[i].successor : &net->roads[i].predecessor;
      if (link->kind != ROAD_LINK_JUNCTION || net->junctions[link->id - 1].program_count == 0)
        continue;
      const map_end *at = &r->ends[i][end];
      // An arrow that stands alone is for all.
      const xmlNode *nodes[3] = {at->light ? at->light : at->left_light, at->walk_light,
                                 at->light ? at->left_light : NULL};
      if (count + 3 > LIGHTS) {
        free(lights);
        return map_fail(r, nodes[0] ? nodes[0] : nodes[1], "more than %d traffic lights", LIGHTS);
      }
      for (int k = 0; k < 3; k++)
        if (signal_id(nodes[k]))
          lights[count++] =
              (light){nodes[k], i + 1, end, k == 1, k == 2, strtol(signal_id(nodes[k]), NULL, 10)};
    }
  if (count > 0)
    qsort(lights, (size_t)count, sizeof *lights, compare_lights);
  bool ok = true;
  for (int i = 0; i < count && ok; i++)
    ok = add_light(r, &lights[i]);
  free(lights);
  return ok;
}

// OpenDRIVE says where lights are, not when they change. Once the others have their lights.
static bool make_program(map_reader *r, const map_junction *junction) {
  junction_plan plan = {.kind = JUNCTION_SIGNALS, .green_s = {26, 24}};
  const road_network *net = &r->b->net;
  road_arm arms[ROAD_ARMS];
  int count = road_junction_arms(net, &net->junctions[junction->number - 1], arms);
  for (int i = 0; i < count; i++) {
    const road_section *section = &net->sections[net->roads[arms[i].road - 1].section_first];
    for (int k = 0; k < section->lane_count; k++)
      plan.speed_limit_mps =
          fmax(plan.speed_limit_mps, net->lanes[section->lane_first + k].speed_limit_mps);
  }
  map_remark(r, junction->node, "lights get a two-stage program: OpenDRIVE has no times");
  road_builder_signals(r->b, junction->number, &plan, arms, count);
  return !r->b->failed || map_fail_memory(r);
}

// Whole junctions -------------------------------------------------------------

static void place_middle(map_reader *r, const map_junction *junction, const road_arm *arms,
                         int count) {
  road_junction *j = &r->b->net.junctions[junction->number - 1];
  const char *said = map_user_data(junction->node, OPENDRIVE_MIDDLE);
  char *end = NULL;
  if (said) {
    double x = strtod(said, &end), y = strtod(end, NULL);
    if (isfinite(x) && isfinite(y) && fabs(x) < 1e7 && fabs(y) < 1e7) {
      j->x_m = x - r->east_m;
      j->y_m = y - r->north_m;
      return;
    }
  }
  for (int i = 0; i < count; i++) {
    j->x_m += arms[i].middle.x / count;
    j->y_m += arms[i].middle.y / count;
  }
}

static junction_kind kind_of(map_reader *r, const map_junction *junction, const road_arm *arms,
                             int count, bool ordered, bool lit) {
  int stops = 0;
  const char *said = map_user_data(junction->node, OPENDRIVE_KIND);
  for (int i = 0; i < count; i++)
    stops += arm_end(r, &arms[i])->must_stop;
  if (said && opendrive_junction_kind(said) >= 0)
    return (junction_kind)opendrive_junction_kind(said);
  if (said)
    map_remark(r, junction->node, "%s=\"%.40s\" is unknown", OPENDRIVE_KIND, said);
  if (lit)
    return JUNCTION_SIGNALS;
  if (count > 0 && stops == count)
    return JUNCTION_ALL_WAY_STOP;
  return ordered || map_child(junction->node, "priority") ? JUNCTION_PRIORITY
                                                          : JUNCTION_RIGHT_BEFORE_LEFT;
}

// The main road of a virtual junction goes first, unless signs say otherwise.
static bool set_main(map_reader *r, const map_junction *junction, const road_arm *arms, int count,
                     bool *major) {
  const map_road *map = &r->roads[junction->main];
  const road_network *net = &r->b->net;
  bool signs = false, yields = false;
  for (int i = 0; i < count; i++) {
    const map_end *end = arm_end(r, &arms[i]);
    bool sign = end->must_stop || end->must_yield;
    bool is_main = arms[i].road >= map->first && arms[i].road <= map->last;
    signs = signs || sign;
    yields = yields || (sign && is_main);
  }
  for (int i = 0; i < count && !signs; i++)
    major[i] = arms[i].road >= map->first && arms[i].road <= map->last;
  for (int id = map->first; id <= map->last; id++)
    if (net->roads[id - 1].junction == junction->number) {
      r->b->notes[id - 1].rank = turn_rank(net, TURN_STRAIGHT) + (yields ? 0 : MAJOR);
      r->b->notes[id - 1].turn = TURN_STRAIGHT;
    }
  return !signs;
}

static bool finish(map_reader *r, map_junction *junction) {
  road_network *net = &r->b->net;
  road_arm arms[ROAD_ARMS];
  bool major[ROAD_ARMS] = {false}, lit = false;
  int count = road_junction_arms(net, &net->junctions[junction->number - 1], arms);
  if (net->junctions[junction->number - 1].end_count > ROAD_ARMS)
    map_remark(r, junction->node, "a junction's surface knows %d arms at most", ROAD_ARMS);
  if (junction->type == MAP_DIRECT) { // nobody gives way, and nothing is lit
    place_middle(r, junction, arms, count);
    return true;
  }
  for (int i = 0; i < count; i++)
    lit = lit || arm_end(r, &arms[i])->light || arm_end(r, &arms[i])->left_light;
  bool ordered = find_major(r, arms, count, major);
  if (junction->type == MAP_VIRTUAL && set_main(r, junction, arms, count, major))
    ordered = true;
  place_middle(r, junction, arms, count);
  net->junctions[junction->number - 1].kind = kind_of(r, junction, arms, count, ordered, lit);
  if (count == 1) // nothing but a turning circle
    r->b->notes[arms[0].road - 1].circle[arms[0].at_end] = true;
  rank_ways(r, junction, arms, count, major);
  if (count > 0 && net->junctions[junction->number - 1].kind != JUNCTION_FORK)
    road_builder_outline(r->b, junction->number);
  const char *program = map_user_data(junction->node, OPENDRIVE_PROGRAM);
  junction->needs_program = lit && !program;
  return r->code == STATUS_OK && (!program || read_program(r, junction, program));
}

bool map_finish_junctions(map_reader *r) {
  for (int i = 0; i < r->junction_count; i++)
    if (r->junctions[i].number && !finish(r, &r->junctions[i]))
      return false;
  bool ok = add_lights(r);
  for (int i = 0; i < r->junction_count && ok; i++)
    ok = !r->junctions[i].needs_program || make_program(r, &r->junctions[i]);
  return ok && !r->b->failed;
}
