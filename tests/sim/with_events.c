// SPDX-License-Identifier: Apache-2.0
#include "with_events.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

with_event with_event_drawn(const char *text, const char *const *overrides, int count,
                            uint64_t seed, uint32_t index) {
  with_event e = {0};
  trouble why = {0};
  script_override sets[16];
  for (int i = 0; i < count && i < 16; i++)
    sets[i] = (script_override){overrides[2 * i], overrides[2 * i + 1]};
  if (script_open_text(&e.s, "event.lua", text, NULL, LIBRARY_DIR, sets, count, &why) ||
      script_build(e.s, seed, index, &e.built, &why) || sim_world_create(&e.world, e.built, &why))
    fail_msg("%s", why.text);
  return e;
}

with_event with_event_of(const char *text) {
  return with_event_drawn(text, NULL, 0, 1, 0);
}

void with_event_free(with_event *e) {
  sim_snapshot_free(&e->shot);
  sim_world_destroy(e->world);
  scene_destroy(e->built);
  script_close(e->s);
}

void with_event_frame(with_event *e) {
  trouble why = {0};
  if (sim_world_next_frame(e->world, &e->shot, &why))
    fail_msg("%s", why.text);
}

void with_event_run(with_event *e, double seconds) {
  int frames = (int)llround(seconds * e->built->frame_hz);
  for (int i = 0; i < frames; i++)
    with_event_frame(e);
}

double with_event_time(const with_event *e) {
  return (double)e->shot.time_ns * 1e-9;
}

const sim_actor *with_event_actor(const with_event *e, int number) {
  const scene_actor *a = &e->built->actors[number];
  uint32_t id =
      a->vehicle >= 0 ? e->built->vehicles[a->vehicle].id : e->built->people[a->person].id;
  for (int i = 0; i < e->shot.actor_count; i++)
    if (e->shot.actors[i].id == id)
      return &e->shot.actors[i];
  return NULL;
}

vec3 with_event_middle(const with_event *e, int number) {
  const sim_actor *a = with_event_actor(e, number);
  assert_non_null(a);
  double yaw = quat_yaw(a->begin.q);
  return (vec3){a->begin.p_m.x + a->centre_m[0] * cos(yaw),
                a->begin.p_m.y + a->centre_m[0] * sin(yaw), a->begin.p_m.z};
}

double with_event_gap(const with_event *e, int behind, int ahead) {
  vec3 a = with_event_middle(e, behind), b = with_event_middle(e, ahead);
  const sim_actor *one = with_event_actor(e, behind), *two = with_event_actor(e, ahead);
  double yaw = quat_yaw(one->begin.q);
  double along = (b.x - a.x) * cos(yaw) + (b.y - a.y) * sin(yaw);
  return along - (one->size_m[0] + two->size_m[0]) / 2;
}

double with_event_apart(const with_event *e, int one, int two) {
  vec3 a = with_event_middle(e, one), b = with_event_middle(e, two);
  const sim_actor *both[2] = {with_event_actor(e, one), with_event_actor(e, two)};
  double most = -INFINITY;
  for (int k = 0; k < 4; k++) {
    double axis = quat_yaw(both[k / 2]->begin.q) + (k % 2) * M_PI / 2, reach = 0;
    for (int m = 0; m < 2; m++) {
      double turn = quat_yaw(both[m]->begin.q) - axis;
      reach += (fabs(cos(turn)) * both[m]->size_m[0] + fabs(sin(turn)) * both[m]->size_m[1]) / 2;
    }
    most = fmax(most, fabs((b.x - a.x) * cos(axis) + (b.y - a.y) * sin(axis)) - reach);
  }
  return most;
}

status with_event_error(const char *text, trouble *why) {
  script *s = NULL;
  scene *built = NULL;
  sim_world *world = NULL;
  sim_snapshot shot = {0};
  status result = script_open_text(&s, "event.lua", text, NULL, LIBRARY_DIR, NULL, 0, why);
  if (!result)
    result = script_build(s, 1, 0, &built, why);
  if (!result)
    result = sim_world_create(&world, built, why);
  for (uint32_t i = 0; !result && i < sim_frame_count(built); i++)
    result = sim_world_next_frame(world, &shot, why);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  scene_destroy(built);
  script_close(s);
  return result;
}
