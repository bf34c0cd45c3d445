// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Scores for other programs: with a file as its argument it reads an episode, or what else is to be
// worked out, as numbers in words and prints the results as JSON; tests/python/test_scores.py
// writes such files and works the same out with numpy and scipy. Without arguments it tests that
// its own reading finds mistakes.
//
//   savgol WINDOW ORDER DERIVATIVE STEP N value...
//   rates N (hits trials confidence)...
//   rss (rear front response ego other left right)
//   brake N (speed time)...
//   episode STEP LENGTH WIDTH REAR FRAMES ACTORS OBJECTS ROUTE_LANES BEGIN GOAL GOAL_X GOAL_Y
//     REFERENCES PLANS POINTS PLAN_STEP
//     lane begin (ROUTE_LANES) | reference (REFERENCES)
//     x y yaw u w ax ay r lane s left lane_yaw limit outside middle_outside marks route off
//     (FRAMES) kind length width (ACTORS) | here x y cos sin vx vy lane s (FRAMES * ACTORS) kind x
//     y yaw length width (OBJECTS) | frame (PLANS) | x y yaw (PLANS * POINTS)
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "sim/scores.h"
#include "sim/statistics.h"

typedef struct reader {
  FILE *file;
  bool failed;
} reader;

static double number(reader *r) {
  double value = 0;
  if (fscanf(r->file, "%lf", &value) != 1)
    r->failed = true;
  return value;
}

static int whole(reader *r) {
  return (int)number(r);
}

// JSON has no infinity and no NaN; Python reads these words.
static void print_number(double value) {
  if (isnan(value))
    printf("NaN");
  else if (isinf(value))
    printf(value > 0 ? "Infinity" : "-Infinity");
  else
    printf("%.17g", value);
}

static void print_array(const char *name, const double *values, int n) {
  printf(", \"%s\": [", name);
  for (int k = 0; k < n; k++) {
    printf(k ? ", " : "");
    print_number(values[k]);
  }
  printf("]");
}

static void print_bytes(const char *name, const uint8_t *values, int n) {
  printf(", \"%s\": [", name);
  for (int k = 0; k < n; k++)
    printf(k ? ", %d" : "%d", values[k]);
  printf("]");
}

static void read_ego(reader *r, sim_episode *e, int frames) {
  for (int k = 0; k < frames; k++) {
    int at = sim_episode_open(e);
    e->ego_x_m[at] = number(r);
    e->ego_y_m[at] = number(r);
    e->ego_yaw_rad[at] = number(r);
    e->ego_ahead_mps[at] = number(r);
    e->ego_left_mps[at] = number(r);
    e->ego_ahead_mps2[at] = number(r);
    e->ego_left_mps2[at] = number(r);
    e->ego_yaw_radps[at] = number(r);
    e->ego_lane[at] = whole(r);
    e->lane_s_m[at] = number(r);
    e->lane_left_m[at] = number(r);
    e->lane_yaw_rad[at] = number(r);
    e->lane_limit_mps[at] = number(r);
    e->outside_m[at] = number(r);
    e->middle_outside_m[at] = number(r);
    e->ego_marks[at] = (uint8_t)whole(r);
    e->route_m[at] = number(r);
    e->off_route_m[at] = number(r);
    double before = at ? e->travelled_m[at - 1] : 0;
    e->travelled_m[at] = at ? before + hypot(e->ego_x_m[at] - e->ego_x_m[at - 1],
                                             e->ego_y_m[at] - e->ego_y_m[at - 1])
                            : 0;
    e->surveyed = e->count;
  }
}

static void read_others(reader *r, sim_episode *e, int actors, int objects) {
  for (int i = 0; i < actors; i++) {
    thing_kind kind = (thing_kind)whole(r);
    double length = number(r), width = number(r);
    sim_episode_actor(e, 1 + (uint32_t)i, kind, length, width);
  }
  for (int k = 0; k < e->count; k++)
    for (int i = 0; i < actors; i++) {
      size_t at = sim_episode_row(e, k) + (size_t)i;
      e->actor_marks[at] = (uint8_t)whole(r);
      e->actor_x_m[at] = number(r);
      e->actor_y_m[at] = number(r);
      e->actor_ahead_x[at] = (float)number(r);
      e->actor_ahead_y[at] = (float)number(r);
      e->actor_x_mps[at] = (float)number(r);
      e->actor_y_mps[at] = (float)number(r);
      e->actor_lane[at] = whole(r);
      e->actor_s_m[at] = (float)number(r);
    }
  for (int i = 0; i < objects; i++) {
    thing_kind kind = (thing_kind)whole(r);
    double x = number(r), y = number(r), yaw = number(r), length = number(r), width = number(r);
    sim_episode_object(e, 1000 + (uint32_t)i, kind, x, y, yaw, length, width);
  }
}

static void read_plans(reader *r, sim_episode *e, int plans, int points) {
  e->plan_count = plans;
  for (int i = 0; i < plans; i++) {
    e->plan_frame[i] = whole(r);
    e->plan_length[i] = points;
  }
  for (int i = 0; i < plans * points; i++) {
    e->plan_x_m[i] = number(r);
    e->plan_y_m[i] = number(r);
    e->plan_yaw_rad[i] = number(r);
  }
}

static sim_episode *read_episode(reader *r) {
  double step = number(r);
  scene_vehicle ego = {.wheelbase_m = 2.8};
  ego.size_m[0] = number(r);
  ego.size_m[1] = number(r);
  ego.rear_to_centre_m = number(r);
  sim_episode_def def = sim_episode_def_default();
  def.frames = whole(r);
  def.actors = whole(r);
  def.objects = whole(r);
  int lanes = whole(r);
  double begin = number(r), goal = number(r), goal_x = number(r), goal_y = number(r);
  int references = whole(r);
  def.plans = whole(r);
  def.plan_points = whole(r);
  double plan_step = number(r);
  sim_episode *e = NULL;
  trouble why;
  if (r->failed || lanes > def.route_lanes || references > def.frames ||
      sim_episode_create(&e, &def, &why))
    return NULL;
  sim_episode_begin(e, step, &ego);
  e->plan_step_s = plan_step;
  e->route_begin_m = begin;
  e->route_goal_m = goal;
  e->goal_x_m = goal_x;
  e->goal_y_m = goal_y;
  e->route_count = 2; // where the ego is on it is said by frame
  e->route_lane_count = lanes;
  for (int i = 0; i < lanes; i++) {
    e->route_lanes[i] = whole(r);
    e->route_lane_begin_m[i] = number(r);
  }
  e->reference_count = references;
  for (int i = 0; i < references; i++)
    e->reference_m[i] = number(r);
  read_ego(r, e, def.frames);
  read_others(r, e, def.actors, def.objects);
  read_plans(r, e, def.plans, def.plan_points);
  if (r->failed) {
    sim_episode_destroy(e);
    return NULL;
  }
  return e;
}

static void print_frames(const sim_scores *s, int n) {
  static const char *const COMFORT[SIM_COMFORT_PARTS] = {"lon_accel", "lat_accel", "jerk",
                                                         "lon_jerk",  "yaw_rate",  "yaw_accel"};
  for (int part = 0; part < SIM_COMFORT_PARTS; part++)
    print_array(COMFORT[part], s->comfort.value[part], n);
  print_array("frame_ttc_s", s->nuplan_like.frame_ttc_s, n);
  print_array("frame_way_m", s->nuplan_like.frame_way_m, n);
  print_array("frame_over_mps", s->nuplan_like.frame_over_mps, n);
  print_bytes("frame_fault", s->nuplan_like.frame_fault, n);
  print_array("lead_ttc_s", s->criticality.frame_ttc_s, n);
  print_array("swept_s", s->criticality.frame_swept_s, n);
  print_array("drac", s->criticality.frame_drac_mps2, n);
  print_array("thw", s->criticality.frame_thw_s, n);
  print_array("done_m", s->carla.frame_done_m, n);
  print_array("speed_share", s->carla.speed_share, SIM_CARLA_CHECKPOINTS);
  for (int part = 0; part < SIM_NAVSIM_PARTS; part++) {
    char name[32];
    snprintf(name, sizeof name, "window_%d", part);
    print_array(name, s->navsim.window[part], s->navsim.windows);
  }
}

static int print_episode(reader *r) {
  sim_episode *e = read_episode(r);
  sim_scores *s = NULL;
  trouble why = {0};
  if (!e || sim_scores_create(&s, &e->def, &why) || sim_scores_run(s, e, &why)) {
    fprintf(stderr, "test_sim_print_scores: the episode can't be read or scored: %s\n", why.text);
    sim_scores_destroy(s);
    sim_episode_destroy(e);
    return 1;
  }
  sim_score_value values[SIM_SCORE_VALUES];
  int n = sim_scores_values(s, values);
  printf("{\"values\": {");
  for (int i = 0; i < n; i++) {
    printf("%s\"%s\": ", i ? ", " : "", values[i].name);
    print_number(values[i].value);
  }
  printf("}, \"contacts\": [");
  for (int i = 0; i < s->contacts.count; i++) {
    const sim_contact *c = &s->contacts.all[i];
    printf("%s[%d, %d, %d, %d, %d, %d, %.17g]", i ? ", " : "", c->frame, c->who, c->type,
           c->at_fault, c->begins, c->first, c->delta_v_mps);
  }
  printf("], \"rms\": [");
  for (int i = 1; i < e->plan_count; i++) {
    double ec, rms[4] = {NAN, NAN, NAN, NAN};
    sim_navsim_compare_plans(&s->navsim, e, i - 1, i, &ec, rms);
    for (int k = 0; k < 4; k++) {
      printf(i > 1 || k ? ", " : "");
      print_number(rms[k]);
    }
  }
  printf("]");
  print_frames(s, e->count);
  printf("}\n");
  sim_scores_destroy(s);
  sim_episode_destroy(e);
  return 0;
}

static int print_savgol(reader *r) {
  int window = whole(r), order = whole(r), derivative = whole(r);
  double step = number(r);
  int n = whole(r);
  if (r->failed || n < 1 || n > 100000)
    return 1;
  double *in = calloc(2 * (size_t)n, sizeof *in);
  for (int k = 0; in && k < n; k++)
    in[k] = number(r);
  if (!in || r->failed) {
    free(in);
    return 1;
  }
  sim_savgol(in, n, window, order, derivative, step, in + n);
  printf("{\"n\": %d", n);
  print_array("out", in + n, n);
  printf("}\n");
  free(in);
  return 0;
}

static int print_rates(reader *r) {
  int n = whole(r);
  printf("[");
  for (int i = 0; i < n && !r->failed; i++) {
    int hits = whole(r), trials = whole(r);
    double confidence = number(r);
    sim_interval w = sim_wilson(hits, trials, confidence);
    sim_interval c = sim_clopper_pearson(hits, trials, confidence);
    printf("%s[%.17g, %.17g, %.17g, %.17g]", i ? ", " : "", w.low, w.high, c.low, c.high);
  }
  printf("]\n");
  return r->failed;
}

static int print_rss(reader *r) {
  sim_rss_params p = sim_rss_params_default();
  double rear = number(r), front = number(r), response = number(r), ego = number(r),
         other = number(r), left = number(r), right = number(r);
  printf("[%.17g, %.17g, %.17g]\n", sim_rss_same_way(&p, rear, front, response),
         sim_rss_opposite_way(&p, ego, other), sim_rss_beside(&p, left, right, 1, 2));
  return r->failed;
}

static int print_brake(reader *r) {
  int n = whole(r);
  printf("[");
  for (int i = 0; i < n && !r->failed; i++) {
    double v = number(r), t = number(r), then;
    double way = sim_r157_brake(v, t, &then);
    printf("%s[%.17g, %.17g]", i ? ", " : "", way, then);
  }
  printf("]\n");
  return r->failed;
}

static int print_file(const char *path) {
  static const struct {
    const char *name;
    int (*print)(reader *);
  } WHAT[] = {{"episode", print_episode},
              {"savgol", print_savgol},
              {"rates", print_rates},
              {"rss", print_rss},
              {"brake", print_brake}};
  reader r = {.file = fopen(path, "r")};
  char name[16] = "";
  int result = 1;
  if (!r.file || fscanf(r.file, "%15s", name) != 1) {
    fprintf(stderr, "test_sim_print_scores: %s: can't be read\n", path);
  } else {
    for (size_t i = 0; i < sizeof WHAT / sizeof *WHAT; i++)
      if (!strcmp(name, WHAT[i].name))
        result = WHAT[i].print(&r);
  }
  if (r.file)
    fclose(r.file);
  return result;
}

static void files_that_end_early_are_refused(void **state) {
  (void)state;
  static const char TEXT[] = "0.1 4.8 1.9 1.4 2 1 0 1 0 100 100 0 0 0 0 0.1  1 0  1 2 3";
  reader r = {.file = fmemopen((void *)(uintptr_t)TEXT, sizeof TEXT - 1, "r")};
  assert_non_null(r.file);
  assert_null(read_episode(&r));
  assert_true(r.failed);
  fclose(r.file);
}

int main(int argc, char **argv) {
  if (argc == 2)
    return print_file(argv[1]);
  const struct CMUnitTest tests[] = {cmocka_unit_test(files_that_end_early_are_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
