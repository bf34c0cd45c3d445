// SPDX-License-Identifier: Apache-2.0
// Crossing a road in the middle of a block: straight over from sidewalk to sidewalk, in a gap
// that traffic leaves in every lane. Somebody walks to the kerb, waits there until no vehicle
// arrives before the other side is reached and a margin is over, or loses patience and goes on
// along the sidewalk.
#include <math.h>

#include "base/least.h"
#include "base/rng.h"
#include "sim/idm.h"
#include "sim/state.h"

static const uint32_t CROSSINGS = 1u << 30, WISHES = 1u << 31; // streams of their own
static const double STEP_M = 0.25, REACH_M = 32;               // of the search for the other side
static const double FROM_END_M = 12;                           // of a sidewalk, where junctions are
static const double BEFORE_KERB_M = 0.5, BEYOND_M = 0.4;
static const double BODY_M = 0.6;   // along the road, with what drivers leave beside it
static const double CLEAR_M = 0.45; // from things beside the line
static const double APART_M = 3;    // from others who cross
static const double BEND_M = 10;    // from tight bends
static const double HURRY = 1.15;   // times the usual speed, on the road
static const double EDGE_M = 0.1, LOOK_M = 2.5;
static const double TURN_RADPS = 4;
static const double CYCLE_PER_HEIGHT = 0.83, CYCLE_SPEED_MPS = 1.4; // as in sim/people.c

static double wanted_speed(const sim_world *w, int i) {
  return w->people.speed_mps[i] * w->conditions.walking_factor;
}

// Planning ---------------------------------------------------------------------------------

// Nobody crosses in a tight bend, where long bodies sweep the kerb and nobody sees far.
static bool bends(const sim_world *w, int lane, double s_m) {
  return (sim_facts(w, lane)->marks & SIM_LANE_TIGHT) &&
         s_m > w->lanes.tight_begin_m[lane - 1] - BEND_M &&
         s_m < w->lanes.tight_end_m[lane - 1] + BEND_M;
}

// Adds a lane that the line meets from u to u + STEP_M on, or makes it longer.
static bool meet_lane(const sim_world *w, sim_midway *m, int lane, double s_m, double u) {
  sim_midlane *last = m->lane_count ? &m->lanes[m->lane_count - 1] : NULL;
  if (last && last->lane == lane) {
    last->to_m = u;
    last->s_m = s_m;
    return true;
  }
  if (m->lane_count == SIM_MIDLANES || sim_facts(w, lane)->junction || bends(w, lane, s_m))
    return false;
  m->lanes[m->lane_count++] = (sim_midlane){.lane = lane, .s_m = s_m, .from_m = u, .to_m = u};
  return true;
}

static bool has_lane(const sim_midway *m, int lane) {
  for (int k = 0; k < m->lane_count; k++)
    if (m->lanes[k].lane == lane)
      return true;
  return false;
}

// Lanes for bicycles are beside those for cars.
static bool add_bicycles(const sim_world *w, sim_midway *m) {
  for (int k = 0, n = m->lane_count; k < n; k++) {
    int lane = m->lanes[k].lane, other = w->lanes.bikes_beside[lane - 1];
    if (!other || has_lane(m, other))
      continue;
    if (m->lane_count == SIM_MIDLANES)
      return false;
    double s = m->lanes[k].s_m * sim_facts(w, other)->length_m / sim_facts(w, lane)->length_m;
    sim_track_node p = sim_track_plain(&w->lanes.tracks[other - 1], s);
    double u = (p.x_m - m->x_m) * m->dx + (p.y_m - m->y_m) * m->dy;
    double half = sim_lane(w, other)->width_m / 2;
    m->lanes[m->lane_count++] =
        (sim_midlane){.lane = other, .s_m = s, .from_m = u - half, .to_m = u + half};
  }
  return true;
}

// The sidewalk that the line meets at u, its place there; 0 none.
static int find_sidewalk(const sim_world *w, int own, double x, double y, double *s_m) {
  int bucket[SIM_BUCKETS], buckets = sim_people_buckets(w, x, y, bucket);
  for (int b = 0; b < buckets; b++)
    for (int k = w->way_cell_first[bucket[b]]; k < w->way_cell_first[bucket[b] + 1]; k++) {
      const sim_way_place *at = &w->ways[k];
      if (at->edge == own)
        continue;
      sim_track_node p = sim_track_plain(&w->lanes.edges[at->edge - 1], at->s_m);
      double dx = x - p.x_m, dy = y - p.y_m, along = dx * p.tx + dy * p.ty;
      double length = w->net->walk_edges[at->edge - 1].length_m, s = at->s_m + along;
      if (fabs(along) > 1.5 || fabs(dy * p.tx - dx * p.ty) > STEP_M || s < 1 || s > length - 1)
        continue;
      *s_m = s;
      return at->edge;
    }
  return 0;
}

static bool in_line(const sim_midway *m, double x, double y, double reach_m) {
  double dx = x - m->x_m, dy = y - m->y_m;
  double u = dx * m->dx + dy * m->dy, aside = dy * m->dx - dx * m->dy;
  return fabs(aside) < reach_m && u > -reach_m && u < m->length_m + reach_m;
}

// Whether a thing's box, or a tree's trunk, is on the line.
static bool stands_in_line(const sim_midway *m, const scene_thing *t) {
  double trunk = t->kind == THING_TREE ? 0.3 : INFINITY;
  double half_x = least_of(trunk, t->size_m[0] / 2) + CLEAR_M;
  double half_y = least_of(trunk, t->size_m[1] / 2) + CLEAR_M;
  if (!in_line(m, t->at.p_m.x, t->at.p_m.y, hypot(half_x, half_y)))
    return false;
  for (double u = 0; u <= m->length_m; u += STEP_M) {
    vec3 in = pose_apply(pose_inverse(t->at), (vec3){m->x_m + u * m->dx, m->y_m + u * m->dy, 0});
    if (fabs(in.x) < half_x && fabs(in.y) < half_y)
      return true;
  }
  return false;
}

static bool line_is_free(const sim_world *w, const sim_midway *m, double z) {
  for (int i = 0; i < w->scene->thing_count; i++) {
    const scene_thing *t = &w->scene->things[i];
    if (fabs(t->at.p_m.z - z) < 2 && stands_in_line(m, t))
      return false;
  }
  for (int k = 0; k < w->midway_count; k++)
    if (in_line(m, w->midways[k].x_m, w->midways[k].y_m, APART_M) ||
        in_line(&w->midways[k], m->x_m, m->y_m, APART_M))
      return false;
  return true;
}

// A line over the road from person i's place on its sidewalk to that side: +1 left of the edge.
static bool plan(const sim_world *w, int i, int side, sim_midway *m) {
  const sim_people *people = &w->people;
  sim_track_node p = sim_track_plain(&w->lanes.edges[people->edge[i] - 1], people->s_m[i]);
  *m = (sim_midway){.person = i, .x_m = people->x_m[i], .y_m = people->y_m[i]};
  m->dx = -p.ty * side, m->dy = p.tx * side;
  for (double u = 0; u < REACH_M; u += STEP_M) {
    double x = m->x_m + u * m->dx, y = m->y_m + u * m->dy, s, t;
    int lane = lane_nearest(w->net, x, y, &s, &t);
    bool paved = lane && fabs(t) <= sim_lane(w, lane)->width_m / 2 && s > 0 &&
                 s < sim_facts(w, lane)->length_m;
    if (paved && !meet_lane(w, m, lane, s, u))
      return false;
    if (m->lane_count == 0 || paved)
      continue;
    m->to_edge = find_sidewalk(w, people->edge[i], x, y, &m->to_s_m);
    if (m->to_edge) {
      m->length_m = u;
      return add_bicycles(w, m) && line_is_free(w, m, people->z_m[i]);
    }
  }
  return false;
}

static void begin(sim_world *w, int i, sim_midway *m) {
  sim_people *people = &w->people;
  m->kerb_m = m->length_m;
  for (int k = 0; k < m->lane_count; k++) {
    m->kerb_m = least_of(m->kerb_m, m->lanes[k].from_m - BEFORE_KERB_M);
    m->far_m = most_of(m->far_m, m->lanes[k].to_m + BEYOND_M);
    m->lanes[k].z_m = sim_track_plain(&w->lanes.tracks[m->lanes[k].lane - 1], m->lanes[k].s_m).z_m;
  }
  m->kerb_m = most_of(0, m->kerb_m);
  m->from_z_m = people->z_m[i];
  m->to_z_m = sim_track_plain(&w->lanes.edges[m->to_edge - 1], m->to_s_m).z_m;
  m->from_edge = people->edge[i], m->from_s_m = people->s_m[i];
  m->from_direction = people->direction[i];
  rng r = rng_at(w->scene->seed, RNG_COMPANY, w->scene->index, w->scene->people[i].id,
                 CROSSINGS + people->draws[i]);
  m->margin_s = rng_uniform(&r, 0.5, 2.5);
  m->patience_s = rng_uniform(&r, 15, 40);
  m->to_direction = rng_chance(&r, 0.5) ? 1 : -1;
  for (int k = 0; k < m->lane_count; k++)
    m->lanes[k].approach = (sim_approach){INFINITY, INFINITY, false, false};
  people->midway[i] = w->midway_count;
  people->edge[i] = 0;
  people->waiting[i] = 0;
  w->midways[w->midway_count++] = *m;
}

void sim_midway_wish(sim_world *w, int i) {
  sim_people *people = &w->people;
  const scene_person *p = &w->scene->people[i];
  const walk_edge *edge = &w->net->walk_edges[people->edge[i] - 1];
  people->wish_m[i] = INFINITY;
  if (p->midblock <= 0 || p->thing != THING_PERSON || people->group_count[i] > 1 ||
      people->company[i] >= 0 || edge->kind != WALK_SIDEWALK || edge->length_m < 3 * FROM_END_M)
    return;
  rng r = rng_at(w->scene->seed, RNG_COMPANY, w->scene->index, p->id, WISHES + people->draws[i]);
  if (rng_chance(&r, p->midblock))
    people->wish_m[i] = rng_uniform(&r, FROM_END_M, edge->length_m - FROM_END_M);
}

bool sim_midway_try(sim_world *w, int i) {
  sim_people *people = &w->people;
  double gone = sim_person_gone(w, i);
  if (gone < people->wish_m[i] || w->midway_count == w->midway_capacity)
    return false;
  bool late = gone > people->wish_m[i] + 3; // where it began, or was held up
  people->wish_m[i] = INFINITY;
  sim_midway m;
  for (int side = -1; side <= 1 && !late; side += 2)
    if (plan(w, i, side, &m)) {
      begin(w, i, &m);
      return true;
    }
  return false;
}

// On the way ------------------------------------------------------------------------------

// Whether every lane stays free until the far side is reached, and for the margin.
static bool gap_is_enough(const sim_world *w, const sim_midway *m) {
  double clear_s = (m->far_m - m->u_m) / (HURRY * wanted_speed(w, m->person));
  for (int k = 0; k < m->lane_count; k++) {
    const sim_approach *a = &m->lanes[k].approach;
    if (a->occupied || a->any_s < clear_s + m->margin_s)
      return false;
  }
  return true;
}

// How far somebody on the road may go on before a vehicle that can't stop.
static double room(const sim_midway *m, double speed) {
  double free = INFINITY;
  for (int k = 0; k < m->lane_count; k++) {
    const sim_midlane *lane = &m->lanes[k];
    double before = lane->from_m - m->u_m;
    if (before < -EDGE_M || before > LOOK_M)
      continue;
    double clear_s = (lane->to_m - m->u_m) / speed;
    if (lane->approach.occupied || lane->approach.must_pass_s < clear_s + 0.5)
      free = least_of(free, most_of(0, before - 0.2));
  }
  return free;
}

static double ground(const sim_midway *m) {
  if (m->u_m <= m->kerb_m + 0.2)
    return m->from_z_m;
  if (m->u_m >= m->far_m)
    return m->to_z_m;
  double z = m->from_z_m, nearest = INFINITY;
  for (int k = 0; k < m->lane_count; k++) {
    double off = fabs((m->lanes[k].from_m + m->lanes[k].to_m) / 2 - m->u_m);
    if (off < nearest)
      nearest = off, z = m->lanes[k].z_m;
  }
  return z;
}

// The speed that it goes at, along the line; changes the phase.
static double decide(const sim_world *w, sim_midway *m) {
  double speed = wanted_speed(w, m->person), dt = w->step_s;
  switch (m->phase) {
  case MIDWAY_TO_KERB:
    if (m->u_m < m->kerb_m - 1e-6)
      return least_of(speed, (m->kerb_m - m->u_m) / dt);
    m->phase = MIDWAY_WAITS;
    return 0;
  case MIDWAY_WAITS:
    m->waited_s += dt;
    if (m->waited_s > 2 * dt && gap_is_enough(w, m)) // heard of traffic for a whole step
      m->phase = MIDWAY_CROSSES;
    else if (m->waited_s > m->patience_s)
      m->phase = MIDWAY_BACK;
    return 0;
  case MIDWAY_CROSSES:
    speed *= m->u_m < m->far_m ? HURRY : 1;
    return least_of(speed, least_of(room(m, speed), m->length_m - m->u_m) / dt);
  default:
    return -least_of(speed, m->u_m / dt);
  }
}

static void leave(sim_world *w, int number) {
  sim_people *people = &w->people;
  const sim_midway *m = &w->midways[number];
  int i = m->person;
  bool back = m->phase == MIDWAY_BACK;
  people->midway[i] = -1;
  sim_person_join(w, i, back ? m->from_edge : m->to_edge, back ? m->from_s_m : m->to_s_m,
                  back ? m->from_direction : m->to_direction);
  people->wish_m[i] = INFINITY; // not at once again
  if (number != --w->midway_count) {
    w->midways[number] = w->midways[w->midway_count];
    people->midway[w->midways[number].person] = number;
  }
}

void sim_midway_walk(sim_world *w, int i) {
  sim_people *people = &w->people;
  sim_midway *m = &w->midways[people->midway[i]];
  double dt = w->step_s, v = decide(w, m), way = fabs(v) * dt;
  m->u_m += v * dt;
  people->x_m[i] = m->x_m + m->u_m * m->dx, people->y_m[i] = m->y_m + m->u_m * m->dy;
  people->vx_mps[i] = v * m->dx, people->vy_mps[i] = v * m->dy;
  people->z_m[i] += (ground(m) - people->z_m[i]) * (1 - exp(-way / 0.15));
  double turned = m->phase == MIDWAY_BACK ? -1 : 1;
  double off = angle_wrap(atan2(turned * m->dy, turned * m->dx) - people->yaw_rad[i]);
  people->yaw_rad[i] =
      angle_wrap(people->yaw_rad[i] + most_of(-TURN_RADPS * dt, least_of(TURN_RADPS * dt, off)));
  double cycle = CYCLE_PER_HEIGHT * people->height_m[i] *
                 sqrt(least_of(1.8, most_of(0.3, fabs(v) / CYCLE_SPEED_MPS)));
  people->gait[i] += way / cycle;
  people->gait[i] -= floor(people->gait[i]);
  people->gone_m[i] += way;
  bool over = m->phase == MIDWAY_CROSSES && m->u_m >= m->length_m - 1e-6;
  if (over || (m->phase == MIDWAY_BACK && m->u_m <= 1e-6))
    leave(w, people->midway[i]);
}

// Drivers ---------------------------------------------------------------------------------

void sim_midways_list(sim_world *w) {
  for (int k = 0; k < w->midway_listed; k++)
    w->midway_head[w->midway_lanes[k] - 1] = -1;
  w->midway_listed = 0;
  for (int n = 0; n < w->midway_count; n++)
    for (int k = 0; k < w->midways[n].lane_count; k++) {
      sim_midlane *lane = &w->midways[n].lanes[k];
      lane->approach = (sim_approach){INFINITY, INFINITY, false, false};
      w->midway_next[n * SIM_MIDLANES + k] = w->midway_head[lane->lane - 1];
      w->midway_head[lane->lane - 1] = n * SIM_MIDLANES + k;
      w->midway_lanes[w->midway_listed++] = lane->lane;
    }
}

// Will somebody who crosses be in the vehicle's way when it comes by?
static bool in_the_way(const sim_world *w, int vehicle, const sim_midway *m,
                       const sim_midlane *lane, double distance_m) {
  double to_band = lane->from_m - m->u_m, speed = HURRY * wanted_speed(w, m->person);
  if (m->u_m > lane->to_m)
    return false;
  if (to_band < 1.0)
    return true;
  double v = w->cars.v_mps[vehicle], gain = w->cars.mood[vehicle].accel_mps2;
  double over = distance_m + 2 * BODY_M + w->cars.length_m[vehicle];
  double arrives = sim_time_to_cover(distance_m, v, gain, most_of(v, 5));
  double leaves = sim_time_to_cover(over, v, gain / 2, most_of(v, 5));
  return to_band / speed < leaves + 1.0 && (lane->to_m - m->u_m) / speed > arrives - 0.5;
}

double sim_midways_meet(sim_world *w, int vehicle, int lane, double start_m, double sight_m) {
  double stop = INFINITY;
  for (int e = w->midway_head[lane - 1]; e >= 0; e = w->midway_next[e]) {
    sim_midway *m = &w->midways[e / SIM_MIDLANES];
    sim_midlane *at = &m->lanes[e % SIM_MIDLANES];
    double distance = start_m + at->s_m - BODY_M;
    bool past = distance + 2 * BODY_M + w->cars.length_m[vehicle] < 0;
    if (past || distance > sight_m || m->phase == MIDWAY_TO_KERB || m->phase == MIDWAY_BACK)
      continue;
    sim_approach_announce(w, vehicle, &at->approach, distance);
    if (m->phase == MIDWAY_CROSSES && distance > -BODY_M && in_the_way(w, vehicle, m, at, distance))
      stop = least_of(stop, distance);
  }
  return stop;
}

// Creation --------------------------------------------------------------------------------

static bool list_ways(sim_world *w) {
  int *first = w->way_cell_first = ARENA_NEW(w->memory, int, w->cell_count + 1);
  int total = 0;
  for (int e = 0; e < w->net->walk_edge_count; e++)
    total += (int)(w->net->walk_edges[e].length_m / 2) + 1;
  w->ways = ARENA_NEW(w->memory, sim_way_place, total);
  if (!first || !w->ways)
    return false;
  for (int pass = 0; pass < 2; pass++) { // counting sort: count, sum up, fill from the ends
    for (int e = w->net->walk_edge_count - 1; e >= 0; e--) {
      const walk_edge *edge = &w->net->walk_edges[e];
      for (int k = (int)(edge->length_m / 2); k >= 0 && edge->kind == WALK_SIDEWALK; k--) {
        sim_track_node p = sim_track_plain(&w->lanes.edges[e], 2.0 * k);
        int c = sim_people_cell(w, p.x_m, p.y_m);
        if (pass == 0)
          first[c]++;
        else
          w->ways[--first[c]] = (sim_way_place){edge->id, 2.0 * k};
      }
    }
    for (int c = 0; pass == 0 && c < w->cell_count; c++)
      first[c + 1] += first[c];
  }
  return true;
}

bool sim_midways_create(sim_world *w) {
  bool any = false;
  for (int i = 0; i < w->people.count; i++)
    any |= w->scene->people[i].midblock > 0;
  w->midway_capacity = any ? (int)least_of(w->people.count, 512) : 0;
  int most = w->midway_capacity * SIM_MIDLANES;
  w->midways = ARENA_NEW(w->memory, sim_midway, w->midway_capacity);
  w->midway_next = ARENA_NEW(w->memory, int, most);
  w->midway_lanes = ARENA_NEW(w->memory, int, most);
  w->midway_head = ARENA_NEW(w->memory, int, any ? w->net->path_count : 0);
  if (!w->midways || !w->midway_next || !w->midway_lanes || !w->midway_head)
    return false;
  for (int k = 0; any && k < w->net->path_count; k++)
    w->midway_head[k] = -1;
  return !any || list_ways(w);
}
