// SPDX-License-Identifier: Apache-2.0
// Driver's doors of scripted cars and vans, which open and close on order.
#include "base/least.h"
#include "sim/scripted.h"
#include "sim/state.h"

void sim_doors_move(sim_world *w) {
  sim_scripted *p = &w->scripted;
  for (int n = 0; n < p->count; n++) {
    const behaviour_order *o = &p->orders[n];
    p->door_before_rad[n] = p->door_rad[n];
    if (p->door_seen[n] != o->door_serial) {
      p->door_seen[n] = o->door_serial;
      p->door_left_s[n] = o->door_s;
    }
    if (p->door_left_s[n] <= 0)
      continue;
    // As fast for all of the time that is left.
    double share = least_of(1, w->step_s / p->door_left_s[n]);
    p->door_rad[n] += share * (o->door_rad - p->door_rad[n]);
    p->door_left_s[n] -= w->step_s;
  }
}

double sim_door_at(const sim_world *w, int vehicle, int64_t late_ns) {
  const sim_scripted *p = &w->scripted;
  int n = p->count > 0 ? sim_actor_of_vehicle(p, vehicle) : -1;
  if (n < 0)
    return 0;
  double late = least_of(1, most_of(0, (double)late_ns / (double)w->step_ns));
  return p->door_rad[n] + late * (p->door_before_rad[n] - p->door_rad[n]);
}

// As self:open_door has it: the ego's stays closed.
static bool may_open(const scene *s, const scene_actor *a) {
  return a->behaves && a->vehicle >= 0 && a->vehicle != s->ego &&
         scene_door_opens(&s->vehicles[a->vehicle]);
}

int sim_door_count(const scene *s) {
  int count = 0;
  for (int i = 0; i < s->actor_count; i++)
    count += may_open(s, &s->actors[i]);
  return count;
}

int sim_door_vehicle(const scene *s, int n) {
  int i = 0;
  while (!may_open(s, &s->actors[i]) || n-- > 0)
    i++;
  return s->actors[i].vehicle;
}
