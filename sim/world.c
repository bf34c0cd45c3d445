// SPDX-License-Identifier: Apache-2.0
#include "sim/world.h"

#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "sim/state.h"

// Fewer things a thread aren't worth waking it.
enum { SHARE_LEAST = 32 };

typedef struct share {
  sim_world *world;
  int count;
  sim_some *some;
  sim_part *part;
} share;

static void do_share(void *context, int part, int parts) {
  const share *all = context;
  if (all->part)
    all->part(all->world, part, parts);
  else
    all->some(all->world, (int)((long)all->count * part / parts),
              (int)((long)all->count * (part + 1) / parts));
}

static void share_out(const share *all) {
  const sim_world *w = all->world;
  if (w->team && all->count >= SHARE_LEAST * team_members(w->team))
    team_run(w->team, do_share, (void *)(uintptr_t)all);
  else
    do_share((void *)(uintptr_t)all, 0, 1);
}

void sim_share_out(sim_world *w, int count, sim_some *work) {
  share_out(&(share){.world = w, .count = count, .some = work});
}

void sim_share_parts(sim_world *w, int count, sim_part *work) {
  share_out(&(share){.world = w, .count = count, .part = work});
}

static bool allocate_lists(sim_world *w) {
  const road_network *net = w->net;
  int cars = w->scene->vehicle_count, people = w->scene->person_count;
  int bodies = scene_body_count(w->scene);
  w->colors = ARENA_NEW(w->memory, uint8_t, (long)net->junction_count * (ROAD_SIGNAL_GROUPS + 1));
  w->queue_first = ARENA_NEW(w->memory, int, net->path_count + 1);
  w->queue = ARENA_NEW(w->memory, sim_entry, 2 * cars);
  w->queue_place = ARENA_NEW(w->memory, int, cars);
  w->claim_head = ARENA_NEW(w->memory, int, net->path_count);
  w->nodes = ARENA_NEW(w->memory, sim_node, 2 * cars);
  w->awake = ARENA_NEW(w->memory, int, cars);
  w->askers = ARENA_NEW(w->memory, int, cars);
  w->asker_head = ARENA_NEW(w->memory, int, net->junction_count);
  w->asker_next = ARENA_NEW(w->memory, int, cars);
  w->changed_at = ARENA_NEW(w->memory, uint32_t, net->path_count);
  w->approaches = ARENA_NEW(w->memory, sim_approach, net->crossing_count);
  w->walker_head = ARENA_NEW(w->memory, int, net->crosswalk_count);
  w->waiting_head = ARENA_NEW(w->memory, int, net->crosswalk_count);
  w->walker_next = ARENA_NEW(w->memory, int, people);
  w->musts = ARENA_NEW(w->memory, int, cars);
  w->queue_lane = ARENA_NEW(w->memory, int, cars);
  w->also = ARENA_NEW(w->memory, sim_also, cars);
  w->lane_asks = ARENA_NEW(w->memory, uint8_t, net->path_count);
  w->frame_pose = ARENA_NEW(w->memory, pose, bodies);
  w->frame_before = ARENA_NEW(w->memory, pose, bodies);
  return w->colors && w->queue_first && w->queue && w->queue_place && w->claim_head && w->nodes &&
         w->awake && w->askers && w->asker_head && w->asker_next && w->changed_at &&
         w->approaches && w->walker_head && w->waiting_head && w->walker_next && w->lane_asks &&
         w->musts && w->queue_lane && w->also && w->frame_pose && w->frame_before;
}

static status check(const scene *s, trouble *why) {
  if (!(s->step_s >= 1e-4 && s->step_s <= 0.25))
    return trouble_set(why, STATUS_RANGE, "scene: step_s is %g, outside 0.0001..0.25 s", s->step_s);
  if (!(s->frame_hz > 0 && s->frame_hz <= 1000))
    return trouble_set(why, STATUS_RANGE, "scene: frame_hz is %g, outside 0..1000", s->frame_hz);
  if (s->vehicle_count > 0 && (s->ego < 0 || s->ego >= s->vehicle_count))
    return trouble_set(why, STATUS_RANGE, "scene: the ego is vehicle %d of %d", s->ego,
                       s->vehicle_count);
  status code = sim_vehicles_check(s, why);
  if (!code)
    code = sim_trailers_check(s, why);
  return code ? code : sim_people_check(s, why);
}

// What all decide on before anything moves.
static void decide(sim_world *w) {
  sim_colors_renew(w);
  if (w->people.count > 0 || w->steps == 0) {
    sim_walkers_list(w);
    sim_approaches_clear(w);
    sim_midways_list(w);
  }
  sim_queues_build(w);
  sim_merges_find(w);
  if (w->steps > 0)
    sim_changes_decide(w);
  if (w->sideways) {
    sim_passes_decide(w);
    sim_filters_decide(w);
  }
  sim_drivers_decide(w);
}

// A scene may begin with somebody too fast for the bend, the queue or the red light
// ahead; it looks better to begin slower than to begin with an emergency stop.
static void settle(sim_world *w) {
  sim_vehicles *cars = &w->cars;
  bool hurries = true;
  for (int round = 0; round < 24 && hurries; round++) {
    hurries = false;
    decide(w);
    for (int i = 0; i < cars->count; i++) {
      if (cars->a_mps2[i] > -1.3 * cars->mood[i].decel_mps2 || cars->v_mps[i] <= 0)
        continue;
      cars->v_mps[i] = cars->v_mps[i] < 0.5 ? 0 : 0.85 * cars->v_mps[i];
      hurries = true;
    }
  }
}

status sim_world_create(sim_world **out, const scene *s, trouble *why) {
  *out = NULL;
  status code = check(s, why);
  if (code)
    return code;
  sim_world *w = calloc(1, sizeof *w);
  if (!w)
    return trouble_set(why, STATUS_MEMORY, "memory ran out for the world of scene %u", s->index);
  w->memory = arena_create();
  w->scene = s;
  w->net = &s->roads;
  w->step_s = s->step_s;
  w->step_ns = llround(s->step_s * 1e9);
  w->next_order = 1;
  w->weather = s->weather;
  w->conditions = sim_conditions_from(&w->weather);
  w->frame_end_ns = -1;
  if (!w->memory || !allocate_lists(w) || !sim_lanes_build(&w->lanes, w->memory, w->net) ||
      !(w->bundle_load = ARENA_NEW(w->memory, int, w->lanes.bundle_count)) ||
      !sim_obstacles_create(w) || !sim_signals_create(w) || !sim_sway_create(w) ||
      !sim_vehicles_create(w) || !sim_people_create(w) || !sim_posts_create(w) ||
      !sim_midways_create(w) || !sim_scripted_create(w) || !sim_driven_create(w) ||
      !sim_rest_create(w) || !sim_buses_create(w) || !sim_sirens_create(w)) {
    sim_world_destroy(w);
    return trouble_set(why, STATUS_MEMORY, "memory ran out for the world of scene %u", s->index);
  }
  code = sim_scripted_start(w, why);
  if (code) {
    sim_world_destroy(w);
    return code;
  }
  settle(w);
  *out = w;
  return STATUS_OK;
}

// A world as it was: its arena and itself.
struct sim_kept {
  void *memory;
  sim_world world;
};

static void forget(sim_world *w) {
  if (w->kept)
    free(w->kept->memory);
  free(w->kept);
  w->kept = NULL;
}

status sim_world_keep(sim_world *w, trouble *why) {
  if (w->scripted.minds)
    return trouble_set(why, STATUS_RANGE,
                       "scene %u: has actors that behave; what a script has done can't be undone",
                       w->scene->index);
  forget(w);
  struct sim_kept *kept = calloc(1, sizeof *kept);
  if (kept)
    kept->memory = arena_keep(w->memory);
  if (!kept || !kept->memory) {
    free(kept);
    return trouble_set(why, STATUS_MEMORY, "memory ran out for the world of scene %u",
                       w->scene->index);
  }
  kept->world = *w;
  w->kept = kept;
  return STATUS_OK;
}

void sim_world_rewind(sim_world *w) {
  struct sim_kept *kept = w->kept;
  team *threads = w->team;
  bool restless = w->restless;
  arena_go_back(w->memory, kept->memory);
  *w = kept->world;
  w->kept = kept;
  w->team = threads;
  w->restless = restless;
}

void sim_world_destroy(sim_world *world) {
  if (!world)
    return;
  forget(world);
  sim_scripted_destroy(world);
  team_destroy(world->team);
  arena_destroy(world->memory);
  free(world);
}

status sim_world_step(sim_world *w, trouble *why) {
  status code = sim_scripted_decide(w, why);
  if (code)
    return code;
  decide(w);
  if (w->people.count > 0)
    sim_people_move(w);
  sim_vehicles_move(w);
  sim_signals_step(w);
  weather_change_at(&w->scene->change, &w->scene->weather, (double)(w->steps + 1) * w->step_s,
                    &w->weather);
  sim_weather_step(&w->weather, w->step_s);
  if (w->steps % 16 == 0) // it changes over minutes
    w->conditions = sim_conditions_from(&w->weather);
  w->steps++;
  w->now_ns = (int64_t)w->steps * w->step_ns;
  w->frame_end_ns = -1;
  sim_scripted_settle(w);
  return STATUS_OK;
}

status sim_world_use_threads(sim_world *w, int threads, trouble *why) {
  team *made = NULL;
  if (threads != 1) {
    status code = team_create(&made, threads, why);
    if (code)
      return code;
  }
  team_destroy(w->team);
  w->team = made;
  return STATUS_OK;
}

void sim_world_let_rest(sim_world *w, bool rests) {
  w->restless = !rests;
}

int64_t sim_world_time_ns(const sim_world *world) {
  return world->now_ns;
}
