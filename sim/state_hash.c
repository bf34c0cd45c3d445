// SPDX-License-Identifier: Apache-2.0
// What of a world a step carries over to the next one, as one number: whatever the future depends
// on, and nothing that a step makes anew.
#include "base/hash.h"
#include "sim/state.h"

// Without its padding.
static uint64_t add_midway(const sim_midway *way, uint64_t hash) {
  const double at[] = {way->person,   way->phase,    way->u_m,
                       way->waited_s, way->margin_s, way->patience_s};
  hash = hash_xxh3_seeded(at, sizeof at, hash);
  for (int k = 0; k < way->lane_count; k++)
    if (atomic_load(&way->lanes[k].approach.occupied))
      hash = hash_xxh3_seeded(&k, sizeof k, hash);
  return hash;
}

uint64_t sim_world_hash(const sim_world *w) {
  const sim_vehicles *cars = &w->cars;
  const sim_people *people = &w->people;
  size_t n = (size_t)cars->count, m = (size_t)people->count;
  const struct {
    const void *bytes;
    size_t size;
  } parts[] = {
      {&w->steps, sizeof w->steps},
      {&w->next_order, sizeof w->next_order},
      {cars->gone, n},
      {cars->gone_s, n * sizeof(double)},
      {cars->route, n * SIM_ROUTE * sizeof(int)},
      {cars->route_count, n * sizeof(int)},
      {cars->came_from, n * sizeof(int)},
      {cars->draws, n * sizeof(uint32_t)},
      {cars->s_m, n * sizeof(double)},
      {cars->v_mps, n * sizeof(double)},
      {cars->a_mps2, n * sizeof(double)},
      {cars->body, n * sizeof(sim_body)},
      {cars->straight_on, n * sizeof(int)},
      {cars->dive_rad, n * sizeof(double)},
      {cars->lean_rad, n * sizeof(double)},
      {cars->heave_m, n * sizeof(double)},
      {cars->dive_radps, n * sizeof(double)},
      {cars->lean_radps, n * sizeof(double)},
      {cars->heave_mps, n * sizeof(double)},
      {cars->wheel_rad, n * sizeof(double)},
      {cars->change_from_m, n * sizeof(double)},
      {cars->change_done, n * sizeof(double)},
      {cars->changed_s, n * sizeof(double)},
      {cars->shift_m, n * sizeof(double)},
      {cars->aside, n},
      {cars->aim_m, n * sizeof(double)},
      {cars->slope, n * sizeof(double)},
      {cars->over_m, n * sizeof(double)},
      {cars->blocked_m, n * sizeof(double)},
      {cars->wait_s, n * sizeof(double)},
      {cars->flags, n * sizeof(uint32_t)},
      {cars->want_lane, n * sizeof(int)},
      {cars->want_claim, n},
      {cars->want_order, n * sizeof(uint32_t)},
      {cars->want_stopped, n},
      {cars->hold_lane, n * sizeof(int)},
      {cars->hold_order, n * sizeof(uint32_t)},
      {cars->hold_past_m, n * sizeof(double)},
      {people->edge, m * sizeof(int)},
      {people->next_edge, m * sizeof(int)},
      {people->direction, m * sizeof(int)},
      {people->draws, m * sizeof(uint32_t)},
      {people->ignores_red, m},
      {people->wants, m},
      {people->stuck_s, m * sizeof(double)},
      {people->retreat, m},
      {people->tosses, m * sizeof(uint32_t)},
      {people->midway, m * sizeof(int)},
      {people->wish_m, m * sizeof(double)},
      {people->held, m},
      {people->mark_m, m * sizeof(double)},
      {people->late_s, m * sizeof(double)},
      {people->s_m, m * sizeof(double)},
      {people->lateral_m, m * sizeof(double)},
      {people->x_m, m * sizeof(double)},
      {people->y_m, m * sizeof(double)},
      {people->z_m, m * sizeof(double)},
      {people->vx_mps, m * sizeof(double)},
      {people->vy_mps, m * sizeof(double)},
      {people->yaw_rad, m * sizeof(double)},
      {people->gait, m * sizeof(double)},
      {people->done_m, m * sizeof(double)},
      {people->gone_m, m * sizeof(double)},
      {people->aim_rad, m * sizeof(double)},
      {people->waiting, m},
      {&w->weather, sizeof w->weather},
  };
  uint64_t hash = 0;
  for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
    hash = hash_xxh3_seeded(parts[k].bytes, parts[k].size, hash);
  for (int k = 0; k < w->net->crossing_count; k++)
    if (atomic_load(&w->approaches[k].occupied))
      hash = hash_xxh3_seeded(&k, sizeof k, hash);
  for (int k = 0; k < w->midway_count; k++)
    hash = add_midway(&w->midways[k], hash);
  hash = sim_driven_hash(w, sim_service_hash(w, sim_trailers_hash(w, hash)));
  return sim_signals_hash(w, sim_scripted_hash(w, hash));
}
