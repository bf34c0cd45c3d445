// SPDX-License-Identifier: Apache-2.0
#include "with_networks.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scenes/articulated.h"

static const double PI = 3.14159265358979323846;

driver_params with_driver(void) {
  return (driver_params){.speed_factor = 1,
                         .headway_s = 1.2,
                         .gap_m = 2,
                         .accel_mps2 = 1.5,
                         .decel_mps2 = 2,
                         .exponent = 4};
}

enum { MOST_POINTS = 20000, MOST_LANES = 40, MOST_LINKS = 80 };

static scene *empty_scene(void) {
  arena *memory = arena_create();
  scene *s = ARENA_NEW(memory, scene, 1);
  s->memory = memory;
  s->seed = 7;
  s->duration_s = 600;
  s->frame_hz = 10;
  s->step_s = 0.05;
  s->weather = weather_state_default();
  s->roads.points = ARENA_NEW(memory, road_point, MOST_POINTS);
  s->roads.paths = ARENA_NEW(memory, lane_path, MOST_LANES);
  s->roads.lane_links = ARENA_NEW(memory, int, MOST_LINKS);
  return s;
}

void with_scene_free(scene *s) {
  arena_destroy(s->memory);
}

void with_trailer(scene *s, int i) {
  if (!s->trailers)
    s->trailers = ARENA_NEW(s->memory, scene_trailer, s->vehicle_count);
  rng r = rng_at(s->seed, RNG_TEST, 0, (uint32_t)i, 0);
  scene_vehicle *v = &s->vehicles[i];
  scene_trailer *t = &s->trailers[s->trailer_count++];
  v->kind = THING_TRACTOR;
  v->class = SEMANTIC_TRUCK;
  v->size_m[0] = 6, v->size_m[1] = 2.5, v->size_m[2] = 3.75;
  v->rear_to_centre_m = 2.1, v->wheelbase_m = 3.7;
  articulated_draw(v, t, &r);
  v->trailer = s->trailer_count;
  t->vehicle = i;
  t->id = ++s->id_count;
  for (int k = 0; k < s->roads.path_count; k++)
    s->roads.paths[k].users |= LANE_FOR_CARS;
}

static lane_path *add_lane(scene *s, double limit_mps) {
  road_network *net = &s->roads;
  lane_path *lane = &net->paths[net->path_count++];
  *lane = (lane_path){.id = net->path_count,
                      .width_m = 3.5,
                      .speed_limit_mps = limit_mps,
                      .point_first = net->point_count};
  return lane;
}

static void add_point(scene *s, lane_path *lane, double x, double y, double heading, double along) {
  road_network *net = &s->roads;
  net->points[net->point_count++] =
      (road_point){.x_m = x, .y_m = y, .heading_rad = angle_wrap(heading), .s_m = along};
  lane->point_count++;
  lane->length_m = lane->stop_s_m = along;
}

static void add_line(scene *s, lane_path *lane, double x, double y, double heading, double length) {
  int n = (int)ceil(length / 2);
  for (int i = 0; i <= n; i++) {
    double d = length * i / n;
    add_point(s, lane, x + d * cos(heading), y + d * sin(heading), heading, d);
  }
}

static void link_lanes(scene *s, int from, int to) {
  // Links of a lane must be neighbours: callers link each lane once.
  road_network *net = &s->roads;
  lane_path *a = &net->paths[from - 1], *b = &net->paths[to - 1];
  a->next_first = net->lane_link_count;
  a->next_count = 1;
  net->lane_links[net->lane_link_count++] = to;
  b->previous_first = net->lane_link_count;
  b->previous_count = 1;
  net->lane_links[net->lane_link_count++] = from;
}

static void add_vehicles(scene *s, int count) {
  s->vehicles = ARENA_NEW(s->memory, scene_vehicle, count);
  s->vehicle_count = count;
  for (int i = 0; i < count; i++)
    s->vehicles[i] = (scene_vehicle){.id = (uint32_t)i + 1,
                                     .kind = THING_CAR,
                                     .class = SEMANTIC_CAR,
                                     .size_m = {4.6, 1.8, 1.5},
                                     .rear_to_centre_m = 1.35,
                                     .wheelbase_m = 2.7,
                                     .lane = 1,
                                     .driver = with_driver()};
  s->id_count = (uint32_t)count;
}

void with_vehicle_at(scene *s, int i, int lane, double s_m, double speed_mps) {
  s->vehicles[i].lane = lane;
  s->vehicles[i].s_m = s_m;
  s->vehicles[i].speed_mps = speed_mps;
}

scene *with_ring(double length_m, double limit_mps, int vehicles) {
  scene *s = empty_scene();
  lane_path *lane = add_lane(s, limit_mps);
  double radius = length_m / (2 * PI);
  int n = (int)ceil(length_m);
  for (int i = 0; i <= n; i++) {
    double angle = 2 * PI * i / n;
    add_point(s, lane, radius * cos(angle), radius * sin(angle), angle + PI / 2, length_m * i / n);
  }
  lane->max_curvature_pm = 1 / radius;
  link_lanes(s, 1, 1);
  add_vehicles(s, vehicles);
  for (int i = 0; i < vehicles; i++)
    with_vehicle_at(s, i, 1, length_m * i / vehicles, 0);
  return s;
}

scene *with_straight(double length_m, double limit_mps, int vehicles) {
  scene *s = empty_scene();
  add_line(s, add_lane(s, limit_mps), 0, 0, 0, length_m);
  add_vehicles(s, vehicles);
  for (int i = 0; i < vehicles; i++)
    with_vehicle_at(s, i, 1, 10 + 20 * i, 0);
  return s;
}

scene *with_pieces(double piece_m, int pieces, double limit_mps, int vehicles) {
  scene *s = empty_scene();
  const double ends_m = 100;
  add_line(s, add_lane(s, limit_mps), 0, 0, 0, ends_m);
  for (int i = 0; i < pieces; i++)
    add_line(s, add_lane(s, limit_mps), ends_m + i * piece_m, 0, 0, piece_m);
  add_line(s, add_lane(s, limit_mps), ends_m + pieces * piece_m, 0, 0, ends_m);
  for (int i = 1; i < s->roads.path_count; i++)
    link_lanes(s, i, i + 1);
  add_vehicles(s, vehicles);
  return s;
}

scene *with_bend(double radius_m, double limit_mps) {
  scene *s = empty_scene();
  lane_path *lane = add_lane(s, limit_mps);
  add_line(s, lane, 0, 0, 0, 60);
  double arc = radius_m * PI / 2;
  int n = (int)ceil(arc / 0.5);
  for (int i = 1; i <= n; i++) {
    double a = PI / 2 * i / n;
    add_point(s, lane, 60 + radius_m * sin(a), radius_m * (1 - cos(a)), a, 60 + radius_m * a);
  }
  for (int i = 1; i <= 30; i++)
    add_point(s, lane, 60 + radius_m, radius_m + 2 * i, PI / 2, 60 + arc + 2 * i);
  lane->max_curvature_pm = 1 / radius_m;
  add_vehicles(s, 1);
  with_vehicle_at(s, 0, 1, 10, 0);
  return s;
}

static void add_crosswalk(scene *s) {
  // Over lane 1 at x = 114..118: walkway from (116, -40), kerbs at y = -4 and 4.
  road_network *net = &s->roads;
  net->crosswalk_count = 1;
  net->crosswalks = ARENA_NEW(s->memory, road_crosswalk, 1);
  net->crosswalks[0] =
      (road_crosswalk){.id = 1,
                       .junction = 1,
                       .group = 0,
                       .corners = {{114, -4, 0}, {118, -4, 0}, {118, 4, 0}, {114, 4, 0}}};
  net->crossing_count = 1;
  net->crossings = ARENA_NEW(s->memory, lane_crossing, 1);
  net->crossings[0] = (lane_crossing){.lane = 1, .crosswalk = 1, .begin_s_m = 114, .end_s_m = 118};
  const double y[4] = {-40, -4, 4, 40};
  net->walk_node_count = 4;
  net->walk_nodes = ARENA_NEW(s->memory, walk_node, 4);
  net->walk_edge_count = 3;
  net->walk_edges = ARENA_NEW(s->memory, walk_edge, 3);
  net->walk_links = ARENA_NEW(s->memory, int, 6);
  for (int i = 0; i < 4; i++) {
    net->walk_nodes[i] = (walk_node){.x_m = 116, .y_m = y[i], .edge_first = net->walk_link_count};
    for (int e = i; e <= i + 1; e++)
      if (e >= 1 && e <= 3)
        net->walk_links[net->walk_link_count++] = e;
    net->walk_nodes[i].edge_count = net->walk_link_count - net->walk_nodes[i].edge_first;
  }
  for (int i = 0; i < 3; i++) {
    walk_edge *edge = &net->walk_edges[i];
    double length = y[i + 1] - y[i];
    *edge = (walk_edge){.id = i + 1,
                        .a = i + 1,
                        .b = i + 2,
                        .kind = i == 1 ? WALK_CROSSWALK : WALK_SIDEWALK,
                        .crosswalk = i == 1,
                        .width_m = 3,
                        .length_m = length,
                        .point_first = net->point_count};
    for (double d = 0; d <= length; d += 2) {
      net->points[net->point_count++] =
          (road_point){.x_m = 116, .y_m = y[i] + d, .heading_rad = PI / 2, .s_m = d};
      edge->point_count++;
    }
  }
}

static void add_signals(scene *s) {
  static const uint8_t colors[6][4] = {
      {0, SIGNAL_GREEN, SIGNAL_RED, SIGNAL_RED},  {0, SIGNAL_YELLOW, SIGNAL_RED, SIGNAL_RED},
      {0, SIGNAL_RED, SIGNAL_RED, SIGNAL_RED},    {0, SIGNAL_RED, SIGNAL_GREEN, SIGNAL_GREEN},
      {0, SIGNAL_RED, SIGNAL_YELLOW, SIGNAL_RED}, {0, SIGNAL_RED, SIGNAL_RED, SIGNAL_RED}};
  static const double duration[6] = {20, 3, 2, 20, 3, 2};
  road_network *net = &s->roads;
  net->phase_count = 6;
  net->phases = ARENA_NEW(s->memory, road_phase, 6);
  for (int i = 0; i < 6; i++) {
    net->phases[i].duration_s = duration[i];
    for (int g = 1; g <= 3; g++)
      net->phases[i].color[g] = colors[i][g];
  }
  net->junctions[0].kind = JUNCTION_SIGNALS;
  net->junctions[0].program_count = 6;
  net->junctions[0].group_count = 3;
  net->signal_count = 3;
  net->signals = ARENA_NEW(s->memory, road_signal, 3);
  for (int i = 0; i < 3; i++)
    net->signals[i] =
        (road_signal){.id = i + 1, .junction = 1, .group = i + 1, .pedestrian = i == 2};
  net->paths[0].signal = 1;
  net->paths[3].signal = 2;
  net->crosswalks[0].group = 3;
}

scene *with_crossing(bool signals, int along_x, int along_y, int people) {
  scene *s = empty_scene();
  road_network *net = &s->roads;
  const double limit = 13.9, arm = 120, core = 16;
  for (int way = 0; way < 2; way++) {
    double heading = way ? PI / 2 : 0, at = 0;
    for (int k = 0; k < 3; k++) {
      double length = k == 1 ? core : arm;
      double off = at - (arm + core / 2); // from the crossing's middle at (128, 0)
      lane_path *lane = add_lane(s, limit);
      add_line(s, lane, 128 + (way ? 0 : off), way ? off : 0, heading, length);
      if (k == 1)
        lane->junction = 1;
      at += length;
    }
  }
  for (int from = 1; from <= 5; from++)
    if (from != 3)
      link_lanes(s, from, from + 1);
  net->paths[0].stop_s_m = 112;
  net->paths[3].stop_s_m = 117;
  net->conflict_count = 2;
  net->conflicts = ARENA_NEW(s->memory, lane_conflict, 2);
  for (int i = 0; i < 2; i++) {
    net->conflicts[i] = (lane_conflict){.other = i ? 2 : 5,
                                        .begin_s_m = 5,
                                        .end_s_m = 11,
                                        .other_begin_s_m = 5,
                                        .other_end_s_m = 11,
                                        .yields = i == 1};
    lane_path *lane = &net->paths[i ? 4 : 1];
    lane->conflict_first = i;
    lane->conflict_count = 1;
    lane->priority = i ? 0 : 1;
  }
  net->junction_count = 1;
  net->junctions = ARENA_NEW(s->memory, road_junction, 1);
  net->junctions[0] = (road_junction){.id = 1, .kind = JUNCTION_PRIORITY, .x_m = 128};
  add_crosswalk(s);
  if (signals)
    add_signals(s);
  s->signal_offsets_s = ARENA_NEW(s->memory, double, 1);
  add_vehicles(s, along_x + along_y);
  for (int i = 0; i < along_x + along_y; i++)
    with_vehicle_at(s, i, i < along_x ? 1 : 4, 100 - 9 * (i < along_x ? i : i - along_x), 5);
  s->people = ARENA_NEW(s->memory, scene_person, people);
  s->person_count = people;
  for (int i = 0; i < people; i++)
    s->people[i] = (scene_person){.id = (uint32_t)(along_x + along_y + i) + 1,
                                  .thing = THING_PERSON,
                                  .size_m = {0.35, 0.5, 1.72},
                                  .edge = i % 2 ? 3 : 1,
                                  .s_m = 5 + 3 * (i / 2),
                                  .offset_m = i % 3 * 0.4 - 0.4,
                                  .direction = i % 4 < 2 ? 1 : -1,
                                  .speed_mps = 1.2 + 0.05 * (i % 5)};
  s->id_count += (uint32_t)people;
  return s;
}

scene *with_round_walk(double length_m, double width_m, int people) {
  scene *s = with_straight(100, 10, 1);
  road_network *net = &s->roads;
  double radius = length_m / (2 * PI);
  net->walk_node_count = net->walk_edge_count = 2;
  net->walk_nodes = ARENA_NEW(s->memory, walk_node, 2);
  net->walk_edges = ARENA_NEW(s->memory, walk_edge, 2);
  net->walk_links = ARENA_NEW(s->memory, int, 4);
  for (int e = 0; e < 2; e++) {
    net->walk_nodes[e] =
        (walk_node){.x_m = e ? -radius : radius, .y_m = 300, .edge_first = 2 * e, .edge_count = 2};
    net->walk_links[2 * e] = 1, net->walk_links[2 * e + 1] = 2;
    walk_edge *edge = &net->walk_edges[e];
    *edge = (walk_edge){.id = e + 1,
                        .a = e + 1,
                        .b = 2 - e,
                        .kind = WALK_SIDEWALK,
                        .width_m = width_m,
                        .length_m = length_m / 2,
                        .point_first = net->point_count};
    int n = (int)ceil(length_m / 2);
    for (int i = 0; i <= n; i++, edge->point_count++) {
      double a = PI * (e + (double)i / n);
      net->points[net->point_count++] = (road_point){.x_m = radius * cos(a),
                                                     .y_m = 300 + radius * sin(a),
                                                     .heading_rad = angle_wrap(a + PI / 2),
                                                     .s_m = length_m / 2 * i / n};
    }
  }
  s->people = ARENA_NEW(s->memory, scene_person, people);
  s->person_count = people;
  // As even a lattice as fits.
  int rows = (int)fmax(1, round(sqrt(people * width_m / length_m)));
  for (int i = 0; i < people; i++) {
    double at = length_m * i / people;
    s->people[i] = (scene_person){.id = (uint32_t)i + 2,
                                  .thing = THING_PERSON,
                                  .size_m = {0.8, 0.55, 1.72},
                                  .edge = at < length_m / 2 ? 1 : 2,
                                  .s_m = fmod(at, length_m / 2),
                                  .offset_m = ((i % rows + 0.5) / rows - 0.5) * (width_m - 0.5),
                                  .direction = 1,
                                  .speed_mps = 1.34};
  }
  s->id_count += (uint32_t)people;
  return s;
}

sim_world *with_world(const scene *s) {
  sim_world *world;
  trouble why;
  if (sim_world_create(&world, s, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  return world;
}
