// SPDX-License-Identifier: Apache-2.0
// Doors that open before the ego: who drives into one has a collision with its car, and policies
// see it as an agent while it is open.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/policy.h"
#include "sim/scores.h"
#include "with_rollout.h"

static char text[600];

static const char *door(int ego_kmh, double away_s, const char *hand) {
  snprintf(
      text, sizeof text,
      "return require 'door_opening' { ego_kmh = %d, away_s = %g, seconds = 1, angle_deg = 66, "
      "hand = '%s', scene = { street_furniture = 0, pedestrians = { count = 0 } } }",
      ego_kmh, away_s, hand);
  return text;
}

static const sim_actor *actor_of(const sim_snapshot *seen, uint32_t id) {
  for (int i = 0; i < seen->actor_count; i++)
    if (seen->actors[i].id == id)
      return &seen->actors[i];
  fail_msg("nobody has the id %u", id);
  return NULL;
}

// Whether the door as a line from its hinge, as the renderer has it, is within more_m of the ego's
// box. By the snapshot, which the record isn't made of.
static bool reaches(const sim_rollout *r, uint32_t id, bool left_hand, const sim_episode *e,
                    double more_m) {
  const sim_actor *car = actor_of(sim_rollout_seen(r), id);
  int k = e->count - 1;
  double side = left_hand ? -1 : 1, yaw = quat_yaw(car->end.q), own = e->ego_yaw_rad[k];
  for (int i = 0; i <= 100 && car->door_rad > 0; i++) {
    double along = 0.2 * car->size_m[0] - DOOR_M * i / 100 * cos(car->door_rad);
    double left = side * (car->size_m[1] / 2 + DOOR_M * i / 100 * sin(car->door_rad));
    along += car->centre_m[0];
    double x = car->end.p_m.x + along * cos(yaw) - left * sin(yaw) - e->ego_x_m[k];
    double y = car->end.p_m.y + along * sin(yaw) + left * cos(yaw) - e->ego_y_m[k];
    if (fabs(x * cos(own) + y * sin(own)) < e->ego_length_m / 2 + more_m &&
        fabs(y * cos(own) - x * sin(own)) < e->ego_width_m / 2 + more_m)
      return true;
  }
  return false;
}

// The car whose door opens: the only one with a behaviour.
static uint32_t opener_of(const scene *s) {
  for (int i = 1; i < s->actor_count; i++)
    if (s->actors[i].behaves)
      return s->vehicles[s->actors[i].vehicle].id;
  fail_msg("nobody behaves");
  return 0;
}

static double value_of(const sim_scores *scores, const char *name) {
  sim_score_value all[SIM_SCORE_VALUES];
  int count = sim_scores_values(scores, all);
  for (int k = 0; k < count; k++)
    if (strcmp(all[k].name, name) == 0)
      return all[k].value;
  fail_msg("no score %s", name);
  return NAN;
}

static void check_value(const sim_scores *scores, const char *name, double wanted) {
  double value = value_of(scores, name);
  if (!(value == wanted))
    fail_msg("%s\n  %s is %g, not %g", text, name, value, wanted);
}

// As the episode ended.
static void check_scores(sim_episode *e, const scene *s, uint32_t opener) {
  sim_scores *scores;
  sim_episode_survey(e, &s->roads);
  assert_int_equal(sim_scores_create(&scores, &e->def, NULL), STATUS_OK);
  assert_int_equal(sim_scores_run(scores, e, NULL), STATUS_OK);
  check_value(scores, "contacts", 1); // in however many frames
  check_value(scores, "contacts.at_fault", 1);
  check_value(scores, "nuplan_like.nc", 0);
  check_value(scores, "carla.collisions_vehicle", 1);
  assert_int_equal(e->actor_id[scores->contacts.all[0].who], opener);
  // A door is no car: 30 kg of it meet 1,500 kg.
  double v = value_of(scores, "criticality.delta_v_mps");
  assert_true(v > 0 && v < 0.5);
  sim_scores_destroy(scores);
}

static void who_drives_into_a_door_has_met_its_car(void **state) {
  (void)state;
  for (int k = 0; k < 8; k++) {
    bool left_hand = k % 2, logged = k / 2 % 2, drives_on = k / 4;
    sim_rollout_def def = sim_rollout_def_default();
    def.film = true;
    def.drives_on = drives_on;
    def.traffic = logged ? SIM_TRAFFIC_LOG : SIM_TRAFFIC_REACTIVE;
    with_rollout w = with_rollout_of(door(40, 2, left_hand ? "left" : "right"), 1, 0, &def,
                                     &sim_policy_constant_velocity);
    sim_episode *e = sim_rollout_record(w.r);
    uint32_t opener = opener_of(w.built);
    while (sim_rollout_ended(w.r) == SIM_END_OPEN) {
      with_rollout_step(&w);
      bool hit = sim_rollout_ended(w.r) == SIM_END_CRASH;
      // Within half its thickness, and the rounding of the policy's tracker.
      if (!drives_on && hit != reaches(w.r, opener, left_hand, e, hit ? 0.07 : -0.02))
        fail_msg("%s\n  at %.1f s it %s", text, (e->count - 1) * 0.1, hit ? "hit" : "didn't hit");
    }
    if (!drives_on)
      assert_int_equal(e->end, SIM_END_CRASH);
    char says[40];
    snprintf(says, sizeof says, "it met %u at", opener);
    assert_true(drives_on || strncmp(e->end_text, says, strlen(says)) == 0);
    check_scores(e, w.built, opener);
    with_rollout_free(&w);
  }
}

static void policies_see_a_door_while_it_is_open(void **state) {
  (void)state;
  sim_rollout_def def = sim_rollout_def_default();
  def.film = true;
  with_rollout w = with_rollout_of(door(30, 3, "right"), 1, 0, &def, &sim_policy_idm);
  uint32_t opener = opener_of(w.built);
  int closed = 0, open = 0;
  sim_rollout_observe(w.r, 0, &w.seen);
  while (sim_rollout_ended(w.r) == SIM_END_OPEN) {
    const roadloom_observation before = w.seen;
    with_rollout_step(&w);
    // The interval that has gone by begins with what was seen before it.
    const sim_actor *car = actor_of(sim_rollout_seen(w.r), opener);
    const roadloom_agent *its_door = NULL, *body = NULL;
    for (uint32_t k = 0; k < before.agent_count; k++)
      if (before.agents[k].id == opener)
        *(before.agents[k].kind == ROADLOOM_OBJECT ? &its_door : &body) = &before.agents[k];
    assert_non_null(body);
    assert_true((its_door != NULL) == (car->door_rad > 0.05));
    closed += !its_door;
    open += its_door != NULL;
    sim_rollout_observe(w.r, 0, &w.seen);
    if (!its_door)
      continue;
    const roadloom_motion *m = &its_door->history[0], *of = &body->history[0];
    double x = (double)(m->x_m - of->x_m), y = (double)(m->y_m - of->y_m);
    double c = (double)of->cos_yaw, s = (double)of->sin_yaw;
    double along = x * c + y * s, left = y * c - x * s;
    assert_true(fabs(along - (0.2 * car->size_m[0] - DOOR_M / 2 * cos(car->door_rad))) < 1e-3);
    assert_true(fabs(left - (car->size_m[1] / 2 + DOOR_M / 2 * sin(car->door_rad))) < 1e-3);
    assert_true(hypot((double)m->vx_mps, (double)m->vy_mps) < 1.2);
    if (its_door->seen > 1 && car->door_rad < 1.1) // where it goes is how it moved
      assert_true(hypot((double)(m->x_m - its_door->history[1].x_m),
                        (double)(m->y_m - its_door->history[1].y_m)) > 0.01 &&
                  hypot((double)m->vx_mps, (double)m->vy_mps) > 0.1);
  }
  assert_true(closed > 10 && open > 10);
  // It sees the door in time and stops for it.
  assert_int_equal(sim_rollout_ended(w.r), SIM_END_TIME);
  with_rollout_free(&w);
}

// Body and door of one car are one, whoever is touched first.
static void a_body_and_its_door_are_one_contact(void **state) {
  (void)state;
  sim_episode_def def = sim_episode_def_default();
  sim_episode *e;
  sim_scores *scores;
  assert_int_equal(sim_episode_create(&e, &def, NULL), STATUS_OK);
  const scene_vehicle ego = {
      .kind = THING_CAR, .size_m = {4, 2, 1.5}, .rear_to_centre_m = 1.3, .wheelbase_m = 2.6};
  sim_episode_begin(e, 0.1, &ego);
  int other = sim_episode_actor(e, 7, THING_CAR, 4, 2);
  int its_door = sim_episode_door(e, other, 1.2, 0.1);
  assert_int_equal(e->actor_id[its_door], 7);
  for (int k = 0; k < 40;
       k++) { // 10 m/s along x, past a car at y = 1.5 to 3.5 with its door at 30 m
    int row = sim_episode_open(e);
    e->ego_x_m[row] = k;
    e->ego_y_m[row] = k > 30 ? 0.8 : 0; // into the body after the door
    e->ego_yaw_rad[row] = 0;
    e->ego_ahead_mps[row] = 10;
    size_t at = sim_episode_row(e, row);
    const double x[] = {32, 31}, y[] = {2.5, 1.2};
    for (int slot = 0; slot < 2; slot++) {
      e->actor_marks[at + (size_t)slot] = SIM_ACTOR_HERE;
      e->actor_x_m[at + (size_t)slot] = x[slot];
      e->actor_y_m[at + (size_t)slot] = y[slot];
      e->actor_ahead_x[at + (size_t)slot] = slot == 0;
      e->actor_ahead_y[at + (size_t)slot] = slot == 1;
    }
  }
  road_network none = {0};
  sim_episode_survey(e, &none);
  assert_int_equal(sim_scores_create(&scores, &e->def, NULL), STATUS_OK);
  assert_int_equal(sim_scores_run(scores, e, NULL), STATUS_OK);
  int firsts = 0, frames_of_body = 0;
  for (int k = 0; k < scores->contacts.count; k++) {
    const sim_contact *c = &scores->contacts.all[k];
    firsts += c->first;
    assert_true(k == 0 || c->frame == scores->contacts.all[k - 1].frame + 1); // one a frame
    assert_true(k == 0 || !c->begins);
    frames_of_body += c->who == other;
  }
  assert_int_equal(firsts, 1);
  assert_int_equal(scores->contacts.all[0].who, its_door);
  assert_true(frames_of_body > 3);
  check_value(scores, "contacts", 1);
  check_value(scores, "carla.collisions_vehicle", 1);
  sim_scores_destroy(scores);
  sim_episode_destroy(e);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(who_drives_into_a_door_has_met_its_car),
      cmocka_unit_test(policies_see_a_door_while_it_is_open),
      cmocka_unit_test(a_body_and_its_door_are_one_contact),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
