// SPDX-License-Identifier: Apache-2.0
// How fast policies drive.
//
// agent_steps_scored: steps of agents a second, 64 of them a scene (the ego among them) with
// decisions of the ego by idm every 0.1 s, what it sees made for each, every frame recorded, and
// all scores at the episode's end; worlds and observers are built for each episode anew, scenes
// once. Two threads, an episode each at a time, by the processor time of the one that takes more of
// it, so that what others do on the machine doesn't count. The reference of nuplan_like isn't
// driven.
#include <pthread.h>
#include <stdlib.h>

#include "bench.h"
#include "scenes/script.h"
#include "sim/policy.h"
#include "sim/rollout.h"
#include "sim/scores.h"

enum { AGENTS = 64, SCENES = 4, THREADS = 2, ROUNDS = 3 };

typedef struct course {
  scene *scenes[SCENES];
  int number;
  long agent_steps, ends[SIM_END_COUNT];
  double building_s, scoring_s, busy_s;
} course;

static _Noreturn void die(const char *what) {
  fprintf(stderr, "bench_drive: %s\n", what);
  exit(1);
}

// Of this thread.
static double processor_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void drive_one(course *c, const scene *s) {
  sim_rollout_def def = sim_rollout_def_default();
  sim_rollout *r = NULL;
  void *policy = NULL;
  trouble why;
  const roadloom_policy *idm = &sim_policy_idm;
  const roadloom_policy_config config = {sizeof config, ROADLOOM_POLICY_ABI, 1, ""};
  double begin_s = processor_s();
  def.drives_on = true;
  if (sim_rollout_create(&r, s, &def, &why))
    die(why.text);
  if (idm->create(&policy, &config) || idm->reset(policy, 0, 1, sim_rollout_route(r)))
    die("no policy");
  double built_s = processor_s();
  roadloom_observation *seen = malloc(sizeof *seen);
  roadloom_action *action = malloc(sizeof *action);
  if (!seen || !action)
    die("memory ran out");
  while (sim_rollout_ended(r) == SIM_END_OPEN) {
    sim_rollout_observe(r, 0, seen);
    action->struct_size = sizeof *action;
    if (idm->step_batch(policy, 1, seen, action) || sim_rollout_step(r, action, &why))
      die("a step failed");
  }
  c->agent_steps += (long)AGENTS * sim_rollout_steps(r);
  c->ends[sim_rollout_ended(r)]++;
  double ended_s = processor_s();
  sim_episode *e = sim_rollout_record(r);
  sim_scores *scores = NULL;
  sim_episode_survey(e, &s->roads);
  if (sim_scores_create(&scores, &e->def, &why) || sim_scores_run(scores, e, &why))
    die(why.text);
  sim_scores_destroy(scores);
  c->building_s += built_s - begin_s;
  c->scoring_s += processor_s() - ended_s;
  idm->destroy(policy);
  sim_rollout_destroy(r);
  free(seen);
  free(action);
}

static void *run(void *context) {
  course *c = context;
  double begin_s = processor_s();
  for (int round = 0; round < ROUNDS; round++)
    for (int k = 0; k < SCENES; k++)
      drive_one(c, c->scenes[k]);
  c->busy_s = processor_s() - begin_s;
  return NULL;
}

static void build(script *source, course *c) {
  trouble why;
  for (int k = 0; k < SCENES; k++) {
    if (script_build(source, 1, (uint32_t)(c->number * SCENES + k), &c->scenes[k], &why))
      die(why.text);
    if (c->scenes[k]->vehicle_count + c->scenes[k]->person_count != AGENTS)
      die("not as many agents as there should be");
  }
}

int main(void) {
  static const char text[] =
      "return scene { duration_s = 20, step_s = 0.1, road = grid_city { blocks = { 3, 3 } }, "
      "traffic = { vehicles = 53 }, pedestrians = { count = 10, prams = 0, dogs = 0 } }";
  script *source = NULL;
  trouble why;
  if (script_open_text(&source, "bench.lua", text, ".", LIBRARY_DIR, NULL, 0, &why))
    die(why.text);
  course courses[THREADS] = {{.number = 0}, {.number = 1}};
  for (int t = 0; t < THREADS; t++)
    build(source, &courses[t]);
  bench_samples rate = {0};
  for (int repeat = 0; repeat < BENCH_REPEATS; repeat++) {
    pthread_t threads[THREADS];
    long before = 0, after = 0;
    for (int t = 0; t < THREADS; t++)
      before += courses[t].agent_steps;
    for (int t = 0; t < THREADS; t++)
      if (pthread_create(&threads[t], NULL, run, &courses[t]))
        die("no thread");
    for (int t = 0; t < THREADS; t++)
      pthread_join(threads[t], NULL);
    double seconds = 0;
    for (int t = 0; t < THREADS; t++)
      seconds = courses[t].busy_s > seconds ? courses[t].busy_s : seconds;
    for (int t = 0; t < THREADS; t++)
      after += courses[t].agent_steps;
    bench_add(&rate, (double)(after - before) / seconds * 1e-6);
    fprintf(stderr, "bench_drive: %.0f scene steps/s\n",
            (double)(after - before) / AGENTS / seconds);
  }
  double building = 0, scoring = 0;
  long steps = 0;
  for (int t = 0; t < THREADS; t++) {
    building += courses[t].building_s;
    scoring += courses[t].scoring_s;
    steps += courses[t].agent_steps / AGENTS;
    for (int k = 0; k < SCENES; k++)
      scene_destroy(courses[t].scenes[k]);
  }
  fprintf(stderr, "bench_drive: of a scene step, building %.1f us, scoring %.1f us\n",
          building / (double)steps * 1e6, scoring / (double)steps * 1e6);
  bench_report_bar("drive", "agent_steps_scored", "Magent-steps/s", BENCH_MORE, &rate, 1);
  script_close(source);
  return 0;
}
