// SPDX-License-Identifier: Apache-2.0
// What scoring takes of one core, per agent and step: episodes of 20 s, dt 0.1 s, with 63 vehicles
// around the ego, in a town and on a motorway, recorded beforehand. all: survey and all scores;
// record: the world into the record. stderr has every score of its own. The bar of `all` is 300 ns:
// beside a step's 220 ns two cores then do more than 3 million agent-steps a second.
#include <stdlib.h>

#include "bench.h"
#include "scenes/script.h"
#include "sim/episode_record.h"
#include "sim/scores.h"

enum { FRAMES = 201, AGENTS = 64, ROUNDS = 20, ROUTE = 64 };

static void die(const char *what) {
  fprintf(stderr, "bench_scores: %s\n", what);
  exit(1);
}

static const char *const PLACES[2] = {
    "grid_city { blocks = {3, 3}, block_m = 105, signals = 0.75 }",
    "highway { length_m = 1500 }",
};

// Processor time: others may be at work on the machine.
static double used_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

// Records the ego's drive and makes its way the route. Returns nanoseconds of recording.
static double record(sim_episode *e, const scene *s) {
  trouble why = {0};
  sim_world *w = NULL;
  int lanes[ROUTE], count = 0;
  double took_s = 0;
  if (sim_world_create(&w, s, &why))
    die(why.text);
  sim_episode_begin(e, s->step_s, &s->vehicles[s->ego]);
  if (sim_episode_cast(e, w, &why))
    die(why.text);
  sim_snapshot now = {0};
  for (int k = 0; k < FRAMES; k++) {
    double begin_s = used_s();
    sim_episode_record(e, w);
    took_s += used_s() - begin_s;
    if (sim_world_next_frame(w, &now, &why))
      die(why.text);
    int lane = now.actors[now.ego].lane;
    if (lane && (count == 0 || lanes[count - 1] != lane) && count < ROUTE)
      lanes[count++] = lane;
  }
  double end_m = s->roads.paths[lanes[count - 1] - 1].length_m;
  if (sim_episode_route(e, &s->roads, lanes, count, 0, end_m, &why))
    fprintf(stderr, "bench_scores: %s\n", why.text);
  sim_episode_objects_of(e, s);
  for (int k = 0; k < FRAMES; k++)
    e->reference_m[k] = k;
  e->reference_count = FRAMES;
  sim_snapshot_free(&now);
  sim_world_destroy(w);
  return took_s * 1e9 / (FRAMES * AGENTS);
}

static double each(const char *name, double begin_s) {
  double now_s = used_s();
  fprintf(stderr, "  %-12s %6.1f ns\n", name, (now_s - begin_s) * 1e9 / (FRAMES * AGENTS));
  return used_s();
}

static void tell(sim_scores *s, sim_episode *e, const scene *of) {
  double t = used_s();
  e->object_count = 0;
  sim_episode_objects_of(e, of);
  t = each("objects", t);
  sim_episode_survey(e, &of->roads);
  t = each("survey", t);
  sim_score_ego_fill(&s->ego, e);
  sim_contacts_find(&s->contacts, e, &s->ego);
  t = each("contacts", t);
  sim_comfort_nuplan(&s->comfort, e, &s->ego);
  t = each("comfort", t);
  sim_nuplan_score(&s->nuplan_like, e, &s->ego, &s->contacts, &s->comfort);
  t = each("nuplan_like", t);
  sim_navsim_score(&s->navsim, e, &s->ego, &s->contacts);
  t = each("navsim", t);
  sim_carla_score(&s->carla, e, &s->ego, &s->contacts);
  t = each("carla", t);
  sim_criticality_score(&s->criticality, e, &s->ego, &s->contacts);
  t = each("criticality", t);
  sim_criticality_rss(&s->criticality, e, &s->ego);
  t = each("(its rss)", t);
  sim_criticality_pet(&s->criticality, e);
  t = each("(its pet)", t);
  sim_r157_score(&s->r157, e, &s->ego, &s->contacts);
  each("r157", t);
}

int main(void) {
  bench_samples recording = {0}, all = {0};
  for (int place = 0; place < 2; place++) {
    char text[512];
    snprintf(text, sizeof text,
             "return scene { road = %s, step_s = 0.1, frame_hz = 10, duration_s = 20, "
             "traffic = { vehicles = %d }, ego = { driver = 'idm', dynamics = 'kinematic' } }",
             PLACES[place], AGENTS - 1);
    trouble why = {0};
    script *source = NULL;
    scene *s = NULL;
    if (script_open_text(&source, "bench.lua", text, NULL, LIBRARY_DIR, NULL, 0, &why) ||
        script_build(source, 1, 0, &s, &why))
      die(why.text);
    sim_episode_def def = sim_episode_def_of(s, FRAMES);
    sim_episode *e = NULL;
    sim_scores *scores = NULL;
    if (sim_episode_create(&e, &def, &why) || sim_scores_create(&scores, &def, &why))
      die(why.text);
    for (int i = 0; i < BENCH_REPEATS; i++) {
      bench_add(&recording, record(e, s));
      double begin_s = used_s();
      for (int round = 0; round < ROUNDS; round++) {
        sim_episode_survey(e, &s->roads);
        if (sim_scores_run(scores, e, &why))
          die(why.text);
      }
      bench_add(&all, (used_s() - begin_s) * 1e9 / (ROUNDS * FRAMES * AGENTS));
    }
    fprintf(stderr, "%s, %d objects:\n", PLACES[place], e->object_count);
    tell(scores, e, s);
    sim_scores_destroy(scores);
    sim_episode_destroy(e);
    scene_destroy(s);
    script_close(source);
  }
  bench_report_bar("scores", "all", "ns", BENCH_LESS, &all, 300);
  bench_report_bar("scores", "record", "ns", BENCH_LESS, &recording, 100);
  return 0;
}
