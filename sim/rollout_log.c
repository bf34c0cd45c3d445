// SPDX-License-Identifier: Apache-2.0
#include "sim/rollout_log.h"

#include <string.h>

static bool allocate(sim_log *log, const scene *s, int frames) {
  memset(log, 0, sizeof *log);
  log->memory = arena_create();
  if (!log->memory || !sim_moment_create(&log->now, s))
    return false;
  log->frames = frames;
  size_t signals = (size_t)frames * (size_t)log->now.signal_count;
  log->movers = ARENA_NEW(log->memory, sim_mover, (size_t)frames * (size_t)log->now.count);
  log->motions = ARENA_NEW(log->memory, sim_motion, frames);
  log->signals = ARENA_NEW(log->memory, uint8_t, signals);
  log->signal_left_s = ARENA_NEW(log->memory, float, signals);
  log->weather = ARENA_NEW(log->memory, weather_state, frames);
  log->ego = arena_alloc(log->memory, sizeof *log->ego * (size_t)frames);
  return log->movers && log->motions && log->signals && log->signal_left_s && log->weather &&
         log->ego;
}

static void keep(sim_log *log, int k) {
  const sim_moment *m = &log->now;
  size_t movers = (size_t)m->count, signals = (size_t)m->signal_count, row = (size_t)k;
  memcpy(log->movers + row * movers, m->movers, movers * sizeof *m->movers);
  memcpy(log->signals + row * signals, m->signals, signals);
  memcpy(log->signal_left_s + row * signals, m->signal_left_s, signals * sizeof(float));
  log->motions[k] = m->motion;
  log->weather[k] = m->weather;
  log->ego[k][0] = m->motion.x_m;
  log->ego[k][1] = m->motion.y_m;
  log->ego[k][2] = m->motion.yaw_rad;
}

status sim_log_make(sim_log *out, const scene *s, int frames, int each, trouble *why) {
  if (!allocate(out, s, frames))
    return trouble_set(why, STATUS_MEMORY, "memory ran out for the log of scene %u", s->index);
  sim_world *world = NULL;
  status code = sim_world_create(&world, s, why);
  for (int k = 0; !code && k < frames; k++) {
    for (int i = 0; !code && k > 0 && i < each; i++)
      code = sim_world_step(world, why);
    if (code)
      break;
    sim_moment_take(&out->now, world);
    keep(out, k);
  }
  sim_world_destroy(world);
  return code;
}

void sim_log_free(sim_log *log) {
  sim_moment_free(&log->now);
  arena_destroy(log->memory);
  memset(log, 0, sizeof *log);
}

void sim_log_show(const sim_log *log, int k, sim_moment *out) {
  size_t movers = (size_t)out->count, signals = (size_t)out->signal_count, row = (size_t)k;
  memcpy(out->movers, log->movers + row * movers, movers * sizeof *out->movers);
  memcpy(out->signals, log->signals + row * signals, signals);
  memcpy(out->signal_left_s, log->signal_left_s + row * signals, signals * sizeof(float));
  out->motion = log->motions[k];
  out->weather = log->weather[k];
}
