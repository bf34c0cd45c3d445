// SPDX-License-Identifier: Apache-2.0
// People walk the edges of the walk graph, choose further edges at its nodes, and
// wait where a crosswalk isn't theirs yet.
#include "base/least.h"
#include "base/rng.h"
#include "scenes/person.h"
#include "sim/state.h"

#include <math.h>

static const double RELAX_S = 0.5, CHILD_RELAX_S = 0.35; // social force's; children start faster
static const double MOST_SPEED = 1.3;                    // times the wanted one
static const double LOOK_M = 1.3;                        // the point ahead one walks towards
static const double KERB_M = 0.35;                       // where people wait, before the edge's end
static const double TURN_S = 0.15;                       // how fast facing follows the way
static const double TURN_RADPS = 3.5;
// Two steps of a walk cover about 0.83 of the height at 1.4 m/s, and fewer slowly.
static const double CYCLE_PER_HEIGHT = 0.83, CYCLE_SPEED_MPS = 1.4;

static const walk_edge *edge_of(const sim_world *w, int id) {
  return &w->net->walk_edges[id - 1];
}

sim_place sim_person_place(const sim_world *w, int i) {
  const sim_people *people = &w->people;
  return (sim_place){people->x_m[i], people->y_m[i], people->z_m[i], people->yaw_rad[i]};
}

static int far_node(const walk_edge *edge, int direction) {
  return direction > 0 ? edge->b : edge->a;
}

double sim_person_gone(const sim_world *w, int i) {
  const walk_edge *edge = edge_of(w, w->people.edge[i]);
  return w->people.direction[i] > 0 ? w->people.s_m[i] : edge->length_m - w->people.s_m[i];
}

// The next edge where an edge ends: any other, or back where there is none. Those who walk
// together draw alike.
static int draw_next_edge(sim_world *w, int i) {
  enum { MOST = 16 };
  sim_people *people = &w->people;
  const walk_edge *edge = edge_of(w, people->edge[i]);
  const walk_node *node = &w->net->walk_nodes[far_node(edge, people->direction[i]) - 1];
  int choices[MOST], count = 0;
  double weights[MOST];
  for (int k = 0; k < node->edge_count && count < MOST; k++) {
    int id = w->net->walk_links[node->edge_first + k];
    if (id == edge->id)
      continue;
    // Having crossed, few cross back or go on crossing at once.
    bool both = edge->kind == WALK_CROSSWALK && edge_of(w, id)->kind == WALK_CROSSWALK;
    choices[count] = id;
    weights[count++] = both ? 0.5 : 1;
  }
  if (count == 0) {
    people->draws[i]++;
    return edge->id;
  }
  const scene_person *leads = &w->scene->people[people->group_first[i]];
  rng r = rng_at(w->scene->seed, RNG_PEOPLE, w->scene->index, leads->id, people->draws[i]++);
  int pick = count == 1 ? 0 : rng_weighted(&r, weights, count);
  people->ignores_red[i] = rng_chance(&r, leads->jaywalking);
  return choices[pick];
}

// A point at s along an edge in walking direction, `right_m` to the walker's right.
static void point_ahead(const sim_world *w, int id, int direction, double along_m, double right_m,
                        double *x, double *y) {
  const walk_edge *edge = edge_of(w, id);
  double limit = most_of(0, edge->width_m / 2 - 0.3);
  right_m = least_of(limit, most_of(-limit, right_m));
  sim_track_node p =
      sim_track_plain(&w->lanes.edges[id - 1], direction > 0 ? along_m : edge->length_m - along_m);
  *x = p.x_m + right_m * direction * p.ty; // a walker's right is left of the edge going back
  *y = p.y_m - right_m * direction * p.tx;
}

static int next_direction(const sim_world *w, int i) {
  const sim_people *people = &w->people;
  if (people->next_edge[i] == people->edge[i])
    return -people->direction[i];
  int node = far_node(edge_of(w, people->edge[i]), people->direction[i]);
  return edge_of(w, people->next_edge[i])->a == node ? 1 : -1;
}

// The point to walk to, `right_m` beside the way's middle.
static void aim(const sim_world *w, int i, double right, double *x, double *y) {
  const sim_people *people = &w->people;
  const walk_edge *edge = edge_of(w, people->edge[i]);
  double gone = sim_person_gone(w, i), ahead = gone + LOOK_M - edge->length_m;
  if (ahead <= 0 || people->waiting[i])
    point_ahead(w, edge->id, people->direction[i], least_of(gone + LOOK_M, edge->length_m), right,
                x, y);
  else
    point_ahead(w, people->next_edge[i], next_direction(w, i), ahead, right, x, y);
}

// How fast to walk, given what lies ahead: waiting for the crosswalk, or for a car on it.
static double pace(sim_world *w, int i, double speed) {
  sim_people *people = &w->people;
  const walk_edge *edge = edge_of(w, people->edge[i]);
  const walk_edge *next = edge_of(w, people->next_edge[i]);
  double left = edge->length_m - sim_person_gone(w, i);
  people->waiting[i] = 0;
  if (edge->kind == WALK_CROSSWALK)
    return least_of(speed, most_of(0, sim_crosswalk_room(w, i)));
  if (next->kind != WALK_CROSSWALK || edge->kind == WALK_CROSSWALK || left > 4)
    return speed;
  int leads = people->group_first[i];
  bool goes = leads == i || people->edge[leads] != edge->id || !people->waiting[leads];
  goes = goes && (people->group_count[i] == 1 || sim_group_gathered(w, i));
  if (goes && sim_crosswalk_free(w, i, next, next_direction(w, i) > 0))
    return speed;
  people->waiting[i] = 1;
  return least_of(speed, most_of(0, 1.2 * (left - KERB_M - people->reach_m[i])));
}

static void enter_next_edge(sim_world *w, int i, double over_m) {
  sim_people *people = &w->people;
  int direction = next_direction(w, i);
  people->done_m[i] += edge_of(w, people->edge[i])->length_m;
  people->edge[i] = people->next_edge[i];
  people->direction[i] = direction;
  const walk_edge *edge = edge_of(w, people->edge[i]);
  over_m = least_of(over_m, edge->length_m);
  people->s_m[i] = direction > 0 ? over_m : edge->length_m - over_m;
  people->next_edge[i] = draw_next_edge(w, i);
  sim_midway_wish(w, i);
}

void sim_person_join(sim_world *w, int i, int id, double s_m, int direction) {
  sim_people *people = &w->people;
  people->edge[i] = id;
  people->s_m[i] = s_m;
  people->lateral_m[i] = 0;
  people->direction[i] = direction;
  people->ground_m[i] = sim_track_plain(&w->lanes.edges[id - 1], s_m).z_m;
  people->mark_m[i] = people->done_m[i] + sim_person_gone(w, i);
  people->late_s[i] = 0;
  people->next_edge[i] = draw_next_edge(w, i);
}

// True where the way turns back so sharply that nobody walks up to its very end: the
// aim, rounding the corner, would then lie behind.
static bool turns_back(const sim_world *w, int i) {
  const walk_edge *edge = edge_of(w, w->people.edge[i]);
  const walk_edge *next = edge_of(w, w->people.next_edge[i]);
  int direction = w->people.direction[i], then = next_direction(w, i);
  if (next == edge)
    return true;
  sim_track_node out =
      sim_track_plain(&w->lanes.edges[edge->id - 1], direction > 0 ? edge->length_m : 0);
  sim_track_node in = sim_track_plain(&w->lanes.edges[next->id - 1], then > 0 ? 0 : next->length_m);
  return (out.tx * in.tx + out.ty * in.ty) * direction * then < -0.3;
}

// How far somebody who cuts the corner is on the next edge already; below 0: isn't.
static double cut_over(const sim_world *w, int i) {
  const sim_people *people = &w->people;
  const walk_edge *edge = edge_of(w, people->edge[i]), *next = edge_of(w, people->next_edge[i]);
  if (next == edge || edge->length_m - sim_person_gone(w, i) > LOOK_M)
    return -1;
  int direction = next_direction(w, i);
  sim_track_node p =
      sim_track_plain(&w->lanes.edges[next->id - 1], direction > 0 ? 0 : next->length_m);
  double dx = people->x_m[i] - p.x_m, dy = people->y_m[i] - p.y_m;
  double along = (dx * p.tx + dy * p.ty) * direction, left = dy * p.tx - dx * p.ty;
  return along > 0.4 && fabs(left) < next->width_m / 2 ? along : -1;
}

// Finds the place on the graph again after the body has moved, and keeps it on the walk.
// Returns the ground's height there.
static double find_place(sim_world *w, int i) {
  sim_people *people = &w->people;
  const walk_edge *edge = edge_of(w, people->edge[i]);
  sim_track_node p = sim_track_plain(&w->lanes.edges[edge->id - 1], people->s_m[i]);
  double c = p.tx, s = p.ty;
  double dx = people->x_m[i] - p.x_m, dy = people->y_m[i] - p.y_m;
  double at = people->s_m[i] + dx * c + dy * s;
  double lateral = dy * c - dx * s;
  double limit = most_of(0.3, edge->width_m / 2 - 0.2), out = fabs(lateral) - limit;
  bool middle = at > 0 && at < edge->length_m;
  if (out > 0 && middle) {
    double back = least_of(out, 1.0 * w->step_s) * (lateral > 0 ? 1 : -1);
    people->x_m[i] += back * s;
    people->y_m[i] -= back * c;
    lateral -= back;
  }
  people->lateral_m[i] = lateral;
  people->s_m[i] = least_of(edge->length_m, most_of(0, at));
  double over = people->direction[i] > 0 ? at - edge->length_m : -at;
  bool crossing_next = edge_of(w, people->next_edge[i])->kind == WALK_CROSSWALK;
  if (over < 0 && over > -0.8 * LOOK_M && turns_back(w, i))
    over = 0;
  if (over < 0)
    over = cut_over(w, i);
  if (over >= 0 && !(people->waiting[i] && crossing_next))
    enter_next_edge(w, i, over);
  return p.z_m;
}

void sim_people_turn(sim_people *people, int i, double aim_rad, double most_radps, double dt) {
  double speed = hypot(people->vx_mps[i], people->vy_mps[i]);
  double wanted = speed > 0.25 ? atan2(people->vy_mps[i], people->vx_mps[i]) : aim_rad;
  double off = angle_wrap(wanted - people->yaw_rad[i]);
  double most = most_radps * dt * least_of(1, 0.3 + speed);
  off *= people->turn;
  people->yaw_rad[i] = angle_wrap(people->yaw_rad[i] + most_of(-most, least_of(most, off)));
}

// Velocity and position after a step of the social force.
static void move(sim_world *w, int i, double ax, double ay, double speed) {
  sim_people *people = &w->people;
  double dt = w->step_s, vx = people->vx_mps[i] + ax * dt, vy = people->vy_mps[i] + ay * dt;
  double v = sqrt(vx * vx + vy * vy), most = most_of(0.5, MOST_SPEED * speed);
  if (v > most)
    vx *= most / v, vy *= most / v;
  if (v < 0.03 && speed < 0.02) // stands: no drifting about
    vx = vy = 0;
  people->vx_mps[i] = vx, people->vy_mps[i] = vy;
  people->x_m[i] += vx * dt, people->y_m[i] += vy * dt;
}

static void walk(sim_world *w, int i) {
  sim_people *people = &w->people;
  double x, y, ax, ay, right = people->keep_aside[i];
  double speed = people->speed_mps[i] * w->conditions.walking_factor;
  if (people->group_count[i] > 1)
    people->held[i] = sim_group_keep(w, i, &speed, &right);
  speed = pace(w, i, speed);
  aim(w, i, w->net->left_hand ? -right : right, &x, &y);
  double dx = x - people->x_m[i], dy = y - people->y_m[i];
  double far = most_of(1e-9, sqrt(dx * dx + dy * dy));
  people->aim_rad[i] = atan2(dy, dx);
  double ahead_x = dx / far, ahead_y = dy / far;
  sim_impasse_turn(w, i, &ahead_x, &ahead_y, &speed);
  sim_people_force(w, i, ahead_x, ahead_y, speed, &ax, &ay);
  move(w, i, ax, ay, speed);
  people->ground_m[i] = find_place(w, i);
}

// What follows from where the body went: facing, gait, height.
static void follow(sim_world *w, int i) {
  sim_people *people = &w->people;
  const sim_place *before = &people->before[i];
  double dx = people->x_m[i] - before->x_m, dy = people->y_m[i] - before->y_m;
  double way = sqrt(dx * dx + dy * dy), v = way / w->step_s;
  people->z_m[i] += (people->ground_m[i] - people->z_m[i]) * (1 - exp(-way / 0.15));
  if (people->company[i] < 0)
    sim_people_turn(people, i, people->aim_rad[i], TURN_RADPS, w->step_s);
  double cycle = CYCLE_PER_HEIGHT * people->height_m[i] *
                 sqrt(least_of(1.8, most_of(0.3, v / CYCLE_SPEED_MPS)));
  people->gait[i] += way / cycle;
  people->gait[i] -= floor(people->gait[i]);
  people->gone_m[i] += way;
  if (people->midway[i] < 0)
    sim_impasse_count(w, i, way);
  sim_person_note(w, i);
}

void sim_people_move(sim_world *w) {
  sim_people_sort(w);
  for (int i = 0; i < w->people.count; i++) {
    w->people.before[i] = sim_person_place(w, i);
    if (w->people.midway[i] >= 0 || (w->people.edge[i] && sim_midway_try(w, i)))
      sim_midway_walk(w, i);
    else if (w->people.edge[i])
      walk(w, i);
    else if (w->people.along[i] < 0)
      sim_scripted_walk(w, i);
  }
  for (int i = 0; i < w->people.count; i++)
    if (w->people.company[i] >= 0)
      sim_company_turn(w, i);
  sim_people_part(w);
  for (int i = 0; i < w->people.count; i++)
    if (w->people.edge[i])
      follow(w, i);
    else if (w->people.along[i] >= 0)
      sim_company_follow(w, i);
}

void sim_walkers_list(sim_world *w) {
  const sim_people *people = &w->people;
  for (int c = 0; c < w->net->crosswalk_count; c++)
    w->walker_head[c] = w->waiting_head[c] = -1;
  for (int i = people->count - 1; i >= 0; i--) {
    if (!people->edge[i])
      continue;
    const walk_edge *edge = edge_of(w, people->edge[i]);
    const walk_edge *next = edge_of(w, people->next_edge[i]);
    if (edge->kind == WALK_CROSSWALK) {
      w->walker_next[i] = w->walker_head[edge->crosswalk - 1];
      w->walker_head[edge->crosswalk - 1] = i;
    } else if (next->kind == WALK_CROSSWALK) {
      const road_crosswalk *crosswalk = &w->net->crosswalks[next->crosswalk - 1];
      signal_color color = sim_color(w, crosswalk->junction, crosswalk->group);
      double left = people->direction[i] > 0 ? edge->length_m - people->s_m[i] : people->s_m[i];
      if (people->group_count[i] > 1 && !sim_group_gathered(w, i))
        continue; // looks back to the others, not at the road
      if (people->held[i] || sim_person_lingers(w, i))
        continue; // could go and doesn't
      if (left - people->reach_m[i] > 1.5 || (color != SIGNAL_GREEN && color != SIGNAL_OFF))
        continue;
      w->walker_next[i] = w->waiting_head[next->crosswalk - 1];
      w->waiting_head[next->crosswalk - 1] = i;
    }
  }
}

static bool allocate(sim_world *w, int n) {
  sim_people *people = &w->people;
  double **doubles[] = {
      &people->speed_mps, &people->height_m, &people->keep_aside, &people->s_m,
      &people->lateral_m, &people->x_m,      &people->y_m,        &people->z_m,
      &people->vx_mps,    &people->vy_mps,   &people->yaw_rad,    &people->gait,
      &people->gone_m,    &people->body_m,   &people->relax_s,    &people->done_m,
      &people->aim_rad,   &people->ground_m, &people->reach_m,    &people->ahead_m,
      &people->left_m,    &people->stuck_s,  &people->mark_m,     &people->late_s};
  for (size_t k = 0; k < sizeof doubles / sizeof *doubles; k++)
    if (!(*doubles[k] = ARENA_NEW(w->memory, double, n)))
      return false;
  people->group_first = ARENA_NEW(w->memory, int, n);
  people->group_count = ARENA_NEW(w->memory, int, n);
  people->along = ARENA_NEW(w->memory, int, n);
  people->company = ARENA_NEW(w->memory, int, n);
  people->midway = ARENA_NEW(w->memory, int, n);
  people->wish_m = ARENA_NEW(w->memory, double, n);
  people->edge = ARENA_NEW(w->memory, int, n);
  people->next_edge = ARENA_NEW(w->memory, int, n);
  people->direction = ARENA_NEW(w->memory, int, n);
  people->draws = ARENA_NEW(w->memory, uint32_t, n);
  people->ignores_red = ARENA_NEW(w->memory, uint8_t, n);
  people->waiting = ARENA_NEW(w->memory, uint8_t, n);
  people->wants = ARENA_NEW(w->memory, uint8_t, n);
  people->retreat = ARENA_NEW(w->memory, int8_t, n);
  people->held = ARENA_NEW(w->memory, uint8_t, n);
  people->tosses = ARENA_NEW(w->memory, uint32_t, n);
  people->before = ARENA_NEW(w->memory, sim_place, n);
  return people->group_first && people->group_count && people->edge && people->next_edge &&
         people->direction && people->draws && people->ignores_red && people->waiting &&
         people->before && people->along && people->company && people->midway && people->wish_m &&
         people->wants && people->retreat && people->tosses && people->held;
}

// Somebody of the script, off the walk graph.
static void place_scripted(sim_world *w, int i) {
  sim_people *people = &w->people;
  for (int n = 0; n < w->scene->actor_count; n++) {
    const scene_actor *a = &w->scene->actors[n];
    if (a->person != i)
      continue;
    people->height_m[i] = most_of(0.5, w->scene->people[i].size_m[2]);
    people->body_m[i] = person_body(w->scene->people[i].thing, w->scene->people[i].size_m);
    people->x_m[i] = a->x_m, people->y_m[i] = a->y_m, people->z_m[i] = a->z_m;
    people->yaw_rad[i] = a->heading_rad;
    people->before[i] = sim_person_place(w, i);
  }
}

static void place(sim_world *w, int i) {
  sim_people *people = &w->people;
  const scene_person *from = &w->scene->people[i];
  people->along[i] = from->along - 1;
  people->company[i] = people->midway[i] = -1;
  people->wish_m[i] = INFINITY;
  if (from->along) {
    sim_company_join(w, i);
    return;
  }
  if (!from->edge) {
    place_scripted(w, i);
    return;
  }
  const walk_edge *edge = edge_of(w, from->edge);
  people->speed_mps[i] = from->speed_mps;
  people->height_m[i] = most_of(0.5, from->size_m[2]);
  people->body_m[i] = person_body(from->thing, from->size_m);
  people->relax_s[i] = from->kind == PERSON_CHILD ? CHILD_RELAX_S : RELAX_S;
  people->edge[i] = from->edge;
  people->direction[i] = from->direction < 0 ? -1 : 1;
  people->s_m[i] = least_of(edge->length_m, most_of(0, from->s_m));
  people->lateral_m[i] = from->offset_m;
  rng r = rng_at(w->scene->seed, RNG_PEOPLE, w->scene->index, from->id, UINT32_MAX);
  people->keep_aside[i] = rng_uniform(&r, 0.05, 0.4) * edge->width_m;
  people->gait[i] = rng_unit(&r);
  road_point p = walk_point(w->net, edge, people->s_m[i]);
  people->x_m[i] = p.x_m - from->offset_m * sin(p.heading_rad);
  people->y_m[i] = p.y_m + from->offset_m * cos(p.heading_rad);
  people->z_m[i] = p.z_m;
  people->yaw_rad[i] = angle_wrap(p.heading_rad + (people->direction[i] > 0 ? 0 : M_PI));
  people->vx_mps[i] = from->speed_mps * cos(people->yaw_rad[i]);
  people->vy_mps[i] = from->speed_mps * sin(people->yaw_rad[i]);
  people->next_edge[i] = draw_next_edge(w, i);
  people->before[i] = sim_person_place(w, i);
  sim_midway_wish(w, i);
}

// Members follow each other in the scene.
static void join_groups(sim_world *w) {
  const scene_person *from = w->scene->people;
  for (int i = 0; i < w->people.count; i++) {
    bool joins = i > 0 && from[i].group && from[i].group == from[i - 1].group;
    w->people.group_first[i] = joins ? w->people.group_first[i - 1] : i;
    int first = w->people.group_first[i];
    for (int k = first; k <= i; k++)
      w->people.group_count[k] = i - first + 1;
  }
}

bool sim_people_create(sim_world *w) {
  int n = w->scene->person_count;
  w->people.count = n;
  w->people.turn = 1 - exp(-w->step_s / TURN_S);
  if (!allocate(w, n))
    return false;
  join_groups(w);
  for (int i = 0; i < n; i++)
    place(w, i);
  return true;
}

status sim_people_check(const scene *s, trouble *why) {
  for (int i = 0; i < s->person_count; i++) {
    const scene_person *p = &s->people[i];
    bool scripted = false;
    for (int n = 0; n < s->actor_count; n++)
      scripted |= s->actors[n].person == i;
    bool along = p->along > 0 && p->along <= i && !s->people[p->along - 1].along &&
                 s->people[p->along - 1].edge;
    if (p->along && !along)
      return trouble_set(why, STATUS_RANGE, "person %u: goes along with nobody", p->id);
    if (p->edge < (scripted || along ? 0 : 1) || p->edge > s->roads.walk_edge_count)
      return trouble_set(why, STATUS_RANGE, "person %u: walk edge %d is outside 1..%d", p->id,
                         p->edge, s->roads.walk_edge_count);
    if (!isfinite(p->s_m) || !isfinite(p->offset_m) || !(p->speed_mps >= 0 && p->speed_mps < 15))
      return trouble_set(why, STATUS_RANGE, "person %u: its start place or speed isn't usable",
                         p->id);
  }
  return STATUS_OK;
}
