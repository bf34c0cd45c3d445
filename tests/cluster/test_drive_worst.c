// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Of a unit's episodes the worst ten have pictures, in whatever order they were driven.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/drive_worst.h"
#include "with_rollout.h"

static const char empty[] =
    "return scene { duration_s = 0.6, road = straight { length_m = 200 }, "
    "street_furniture = 0, traffic = { vehicles = 0 }, pedestrians = { count = 0 } }";
enum { EPISODES = 37 };

// Of few values, so that each next one decides often; episode numbers decide at last.
static drive_badness badness(uint32_t episode) {
  static const double scores[] = {0, 0.5, NAN};
  const double by[DRIVE_WORST_SCORES] = {scores[episode * 7 % 3], scores[episode * 5 / 3 % 2],
                                         episode / 9 % 2};
  return drive_badness_of(by, episode);
}

static episodes_row row_of(uint32_t episode) {
  episodes_row row;
  memset(&row, 0, sizeof row);
  row.episode[0] = episode;
  return row;
}

static void the_worst_ten_of_a_unit_have_pictures(void **state) {
  (void)state;
  with_rollout w = with_rollout_of(empty, 1, 0, NULL, &sim_policy_constant_velocity);
  with_rollout_run(&w);
  sim_episode *e = sim_rollout_record(w.r);
  sim_episode_survey(e, &w.built->roads);
  sim_scores *scores;
  assert_int_equal(sim_scores_create(&scores, &e->def, NULL), STATUS_OK);
  assert_int_equal(sim_scores_run(scores, e, NULL), STATUS_OK);
  for (uint32_t turn = 1; turn < EPISODES; turn += 11) {
    drive_worst *worst;
    episodes made = {0};
    drive_badness all[EPISODES];
    assert_int_equal(drive_worst_create(&worst, NULL), STATUS_OK);
    for (uint32_t i = 0; i < EPISODES; i++) {
      uint32_t episode = i * turn % EPISODES; // 37 is a prime: all of them
      all[i] = badness(episode);
      assert_int_equal(drive_worst_offer(worst, all[i], w.built, e, scores, NULL), STATUS_OK);
    }
    for (uint32_t i = 0; i < EPISODES; i++) {
      episodes_row row = row_of(i);
      assert_int_equal(episodes_add(&made, &row, NULL, 0, NULL, NULL), STATUS_OK);
    }
    assert_int_equal(drive_worst_put(worst, &made, NULL), STATUS_OK);
    assert_int_equal(made.picture_count, 4 * DRIVE_WORST);
    for (int i = 0; i < EPISODES; i++) { // worse by what the header says, none of our own sorting
      int worse = 0, there = 0;
      for (int k = 0; k < EPISODES; k++) {
        const drive_badness *a = &all[k], *b = &all[i];
        worse +=
            a->nuplan < b->nuplan ||
            (a->nuplan == b->nuplan &&
             (a->carla < b->carla ||
              (a->carla == b->carla && (a->delta_v > b->delta_v ||
                                        (a->delta_v == b->delta_v && a->episode < b->episode)))));
      }
      for (int k = 0; k < made.picture_count; k++)
        there += made.pictures[k].episode[0] == all[i].episode;
      if (there != (worse < DRIVE_WORST ? 4 : 0))
        fail_msg("episode %u, after %d worse ones, has %d pictures", all[i].episode, worse, there);
    }
    for (int k = 1; k < made.picture_count; k++)
      assert_true(made.pictures[k].episode[0] >= made.pictures[k - 1].episode[0]);
    episodes_free(&made);
    drive_worst_destroy(worst);
  }
  sim_scores_destroy(scores);
  with_rollout_free(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_worst_ten_of_a_unit_have_pictures)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
