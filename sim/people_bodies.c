// SPDX-License-Identifier: Apache-2.0
// Bodies are solid: where forces let two people press into each other, into a post or a
// vehicle, they are moved apart.
#include "base/least.h"
#include "sim/state.h"

#include <math.h>

enum { ROUNDS = 12 };
static const double SLACK_M = 0.01; // how much deeper than solid bodies may stay

static const double LONG_M = 6.5; // vehicles so long swing out

static const double KERB_M = 0.1, LEAST_HALF_M = 0.35; // from its border, and of narrow ways

// Takes from i's velocity what leads on towards (nx, ny), a unit vector.
static void stop_towards(sim_people *people, int i, double nx, double ny) {
  double towards = people->vx_mps[i] * nx + people->vy_mps[i] * ny;
  if (towards > 0) {
    people->vx_mps[i] -= towards * nx;
    people->vy_mps[i] -= towards * ny;
  }
}

// Scripted people go where their script says: who meets them makes way alone.
static bool part_two(sim_people *people, int i, int j) {
  int i_leads = sim_leads(people, i), j_leads = sim_leads(people, j);
  bool i_moves = people->edge[i_leads], j_moves = people->edge[j_leads];
  double dx = people->x_m[j] - people->x_m[i], dy = people->y_m[j] - people->y_m[i];
  double reach = people->body_m[i] + people->body_m[j] - SLACK_M, apart2 = dx * dx + dy * dy;
  if (apart2 >= reach * reach || fabs(people->z_m[i] - people->z_m[j]) > 1.5 ||
      (!i_moves && !j_moves) || i_leads == j_leads)
    return false;
  double apart = sqrt(apart2);
  if (apart < 1e-6) // in the same place: the one steps to its left, the other to its right
    dx = -sin(people->yaw_rad[i]), dy = cos(people->yaw_rad[i]);
  else
    dx /= apart, dy /= apart;
  double each = i_moves && j_moves ? (reach - apart) / 2 : reach - apart;
  if (i_moves) {
    sim_company_shift(people, i_leads, -each * dx, -each * dy);
    stop_towards(people, i_leads, dx, dy);
  }
  if (j_moves) {
    sim_company_shift(people, j_leads, each * dx, each * dy);
    stop_towards(people, j_leads, -dx, -dy);
  }
  return true;
}

static bool leave_post(sim_people *people, int i, vec3 post) {
  double dx = people->x_m[i] - post.x, dy = people->y_m[i] - post.y;
  double reach = people->body_m[i] + post.z - SLACK_M, apart2 = dx * dx + dy * dy;
  if (apart2 >= reach * reach)
    return false;
  double apart = most_of(1e-6, sqrt(apart2));
  dx /= apart, dy /= apart;
  int leads = sim_leads(people, i);
  sim_company_shift(people, leads, (reach - apart) * dx, (reach - apart) * dy);
  stop_towards(people, leads, -dx, -dy);
  return true;
}

// Everybody near i, each pair once, and posts.
static bool part_from_all(sim_world *w, int i) {
  sim_people *people = &w->people;
  int bucket[SIM_BUCKETS];
  int buckets = sim_people_buckets(w, people->x_m[i], people->y_m[i], bucket);
  bool moved = false;
  for (int b = 0; b < buckets; b++) {
    for (int j = w->cell_head[bucket[b]]; j >= 0; j = w->cell_next[j])
      moved |= j > i && part_two(people, i, j);
    for (int k = w->post_cell_first[bucket[b]];
         k < w->post_cell_first[bucket[b] + 1] && people->edge[sim_leads(people, i)]; k++)
      moved |= leave_post(people, i, w->posts[k]);
  }
  return moved;
}

// Out of a box by the nearest side; `room_m` stays between.
static void leave_box(sim_world *w, int i, const sim_box *box, double z_m, double room_m) {
  sim_people *people = &w->people;
  double c = box->ahead_x, s = box->ahead_y;
  double dx = people->x_m[i] - box->x_m, dy = people->y_m[i] - box->y_m;
  double ahead = dx * c + dy * s, left = dy * c - dx * s;
  double deep_x = box->half_length_m + room_m - fabs(ahead);
  double deep_y = box->half_width_m + room_m - fabs(left);
  if (deep_x <= 0 || deep_y <= 0 || fabs(people->z_m[i] - z_m) > 2)
    return;
  double nx = deep_x < deep_y ? (ahead > 0 ? c : -c) : left > 0 ? -s : s;
  double ny = deep_x < deep_y ? (ahead > 0 ? s : -s) : left > 0 ? c : -c;
  double out = least_of(deep_x, deep_y);
  int leads = sim_leads(people, i);
  sim_company_shift(people, leads, out * nx, out * ny);
  stop_towards(people, leads, -nx, -ny);
}

// Out of a vehicle, and what it tows.
static void leave_vehicle(sim_world *w, int i, int vehicle, double room_m) {
  sim_box boxes[2];
  int count = sim_vehicle_boxes(w, vehicle, boxes);
  for (int k = 0; k < count; k++)
    leave_box(w, i, &boxes[k], w->cars.body[vehicle].z_m, room_m);
}

// Vehicles are near people on crosswalks alone, and there on the lanes that cross it.
static void part_from_vehicles(sim_world *w, int i) {
  int leads = sim_leads(&w->people, i);
  const walk_edge *edge = &w->net->walk_edges[w->people.edge[leads] - 1];
  if (edge->kind != WALK_CROSSWALK)
    return;
  const int *first = &w->lanes.walk_first[edge->crosswalk - 1];
  for (int k = first[0]; k < first[1]; k++) {
    const lane_crossing *c = &w->net->crossings[w->lanes.walk_crossings[k]];
    for (int q = w->queue_first[c->lane - 1]; q < w->queue_first[c->lane]; q++)
      if (fabs(w->queue[q].s_m - (c->begin_s_m + c->end_s_m) / 2) < 25)
        leave_vehicle(w, i, w->queue[q].vehicle, w->people.body_m[i] / 2);
  }
}

// The ends of long vehicles swing over kerbs in turns, and trailers cut them: whoever stands there
// steps back.
static void make_way(sim_world *w, int vehicle) {
  const sim_people *people = &w->people;
  double moves_m = w->cars.v_mps[vehicle] * w->step_s; // before people step again
  double z_m = w->cars.body[vehicle].z_m;
  int bucket[SIM_BUCKETS];
  sim_box boxes[2];
  int count = sim_vehicle_boxes(w, vehicle, boxes);
  for (int k = 0; k < count; k++) {
    const sim_box *box = &boxes[k];
    double half = box->half_length_m;
    for (double at = -half; at < half + SIM_SEE_M; at += SIM_SEE_M) {
      double along = least_of(at, half);
      int buckets = sim_people_buckets(w, box->x_m + along * box->ahead_x,
                                       box->y_m + along * box->ahead_y, bucket);
      for (int b = 0; b < buckets; b++)
        for (int i = w->cell_head[bucket[b]]; i >= 0; i = w->cell_next[i])
          if (people->edge[sim_leads(people, i)])
            leave_box(w, i, box, z_m, people->body_m[i] + moves_m);
    }
  }
}

// Walls and traffic are beyond the way's borders: nobody is pushed over them.
static bool stay_on_way(sim_world *w, int i) {
  sim_people *people = &w->people;
  const walk_edge *edge = &w->net->walk_edges[people->edge[i] - 1];
  sim_track_node p = sim_track_plain(&w->lanes.edges[edge->id - 1], people->s_m[i]);
  double dx = people->x_m[i] - p.x_m, dy = people->y_m[i] - p.y_m;
  double at = people->s_m[i] + dx * p.tx + dy * p.ty, left = dy * p.tx - dx * p.ty;
  double out = fabs(left) - most_of(LEAST_HALF_M, edge->width_m / 2 - KERB_M);
  if (out <= 0 || at < SIM_OPEN_M || at > edge->length_m - SIM_OPEN_M)
    return false;
  double nx = left > 0 ? -p.ty : p.ty, ny = left > 0 ? p.tx : -p.tx;
  sim_company_shift(people, i, -out * nx, -out * ny);
  stop_towards(people, i, nx, ny);
  return true;
}

// Whether somebody near was moved since one looked last: if not, nothing is to be done.
static bool is_stirred(const sim_world *w, int i) {
  const sim_people *people = &w->people;
  int bucket[SIM_BUCKETS];
  int buckets = sim_people_buckets(w, people->x_m[i], people->y_m[i], bucket);
  for (int b = 0; b < buckets; b++)
    if (people->moved_in[bucket[b]] + 1 >= people->round)
      return true;
  return false;
}

void sim_people_part(sim_world *w) {
  bool moved = true;
  for (int round = 0; round < ROUNDS && moved; round++) {
    moved = false;
    w->people.round++;
    for (int i = 0; i < w->people.count; i++)
      if (round == 0 || is_stirred(w, i))
        moved |= part_from_all(w, i) | (w->people.edge[i] && stay_on_way(w, i));
  }
  for (int i = 0; i < w->people.count; i++)
    if (w->people.edge[sim_leads(&w->people, i)])
      part_from_vehicles(w, i);
  for (int v = 0; w->people.count > 0 && v < w->cars.count; v++)
    if (w->cars.length_m[v] > LONG_M)
      make_way(w, v);
}
