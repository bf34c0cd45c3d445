// SPDX-License-Identifier: Apache-2.0
// How fast policies drive.
//
// agent_steps_scored: steps of agents a second, 64 of them a scene (the ego among them) with
// decisions of the ego by idm every 0.1 s, what it sees made for each, every frame recorded, and
// all scores at the episode's end. Scenes and their worlds are built once, and a world is rewound
// for each further episode, as whoever trains does. Two threads, an episode each at a time, by the
// processor time of the one that takes more of it, so that what others do on the machine doesn't
// count. The reference of nuplan_like isn't driven.
//
// vector_env_python: the same work in 256 envs by Python's DriveVectorEnv beside the same 256 envs
// in a loop of C, by the processor time of one thread. highway_env, metadrive: beside those.
#include <pthread.h>
#include <stdlib.h>

#include "bench.h"
#include "drive_envs.h"
#include "scenes/script.h"
#include "sim/policy.h"
#include "sim/rollout.h"
#include "sim/scores.h"

enum { AGENTS = 64, SCENES = 4, THREADS = 2, ROUNDS = 3 };

typedef struct course {
  scene *scenes[SCENES];
  sim_rollout *rollouts[SCENES];
  sim_scores *scores[SCENES];
  int number;
  void *policy;
  roadloom_observation *seen;
  roadloom_action *action;
  long agent_steps;
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

static void drive_one(course *c, int number) {
  sim_rollout *r = c->rollouts[number];
  trouble why;
  const roadloom_policy *idm = &sim_policy_idm;
  double begin_s = processor_s();
  if (sim_rollout_restart(r, &why))
    die(why.text);
  if (idm->reset(c->policy, 0, 1, sim_rollout_route(r)))
    die("no policy");
  double built_s = processor_s();
  while (sim_rollout_ended(r) == SIM_END_OPEN) {
    sim_rollout_observe(r, 0, c->seen);
    c->action->struct_size = sizeof *c->action;
    if (idm->step_batch(c->policy, 1, c->seen, c->action) || sim_rollout_step(r, c->action, &why))
      die("a step failed");
  }
  c->agent_steps += (long)AGENTS * sim_rollout_steps(r);
  double ended_s = processor_s();
  sim_episode *e = sim_rollout_record(r);
  sim_episode_survey(e, &c->scenes[number]->roads);
  if (sim_scores_run(c->scores[number], e, &why))
    die(why.text);
  c->building_s += built_s - begin_s;
  c->scoring_s += processor_s() - ended_s;
}

static void *run(void *context) {
  course *c = context;
  double begin_s = processor_s();
  for (int round = 0; round < ROUNDS; round++)
    for (int k = 0; k < SCENES; k++)
      drive_one(c, k);
  c->busy_s = processor_s() - begin_s;
  return NULL;
}

static void build(script *source, course *c) {
  trouble why;
  const roadloom_policy_config config = {sizeof config, ROADLOOM_POLICY_ABI, 1, ""};
  c->seen = malloc(sizeof *c->seen);
  c->action = malloc(sizeof *c->action);
  if (!c->seen || !c->action || sim_policy_idm.create(&c->policy, &config))
    die("memory ran out");
  for (int k = 0; k < SCENES; k++) {
    if (script_build(source, 1, (uint32_t)(c->number * SCENES + k), &c->scenes[k], &why))
      die(why.text);
    if (c->scenes[k]->vehicle_count + c->scenes[k]->person_count != AGENTS)
      die("not as many agents as there should be");
    sim_rollout_def def = sim_rollout_def_default();
    def.drives_on = true;
    if (sim_rollout_create(&c->rollouts[k], c->scenes[k], &def, &why) ||
        sim_scores_create(&c->scores[k], &sim_rollout_record(c->rollouts[k])->def, &why))
      die(why.text);
    drive_one(c, k); // a world is kept as it is rewound first
  }
}

int main(void) {
  script *source = NULL;
  trouble why;
  if (script_open(&source, BENCH_DIR "/drive.lua", LIBRARY_DIR, NULL, 0, &why))
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
    for (int k = 0; k < SCENES; k++) {
      sim_scores_destroy(courses[t].scores[k]);
      sim_rollout_destroy(courses[t].rollouts[k]);
      scene_destroy(courses[t].scenes[k]);
    }
    sim_policy_idm.destroy(courses[t].policy);
    free(courses[t].seen);
    free(courses[t].action);
  }
  fprintf(stderr, "bench_drive: of a scene step, rewinding %.1f us, scoring %.1f us\n",
          building / (double)steps * 1e6, scoring / (double)steps * 1e6);
  bench_report_bar("drive", "agent_steps_scored", "Magent-steps/s", BENCH_MORE, &rate, 1);
  script_close(source);
  envs_bench();
  return 0;
}
