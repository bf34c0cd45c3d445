// SPDX-License-Identifier: Apache-2.0
// labels: unit
// roadloom/envs.h as a trainer in C calls it: memory and threads under sanitizers. What comes out
// is compared with `roadloom drive` in tests/python/test_envs.py.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "roadloom/envs.h"

enum { ENVS = 5 };

static roadloom_envs_config config_of(uint32_t autoreset, uint32_t scenes) {
  static const char *const overrides[] = {"duration_s=2", "traffic.vehicles=8"};
  return (roadloom_envs_config){.struct_size = sizeof(roadloom_envs_config),
                                .abi_version = ROADLOOM_ENVS_ABI,
                                .envs = ENVS,
                                .threads = 3,
                                .autoreset = autoreset,
                                .scenes = scenes,
                                .scores = 1,
                                .override_count = 2,
                                .overrides = overrides,
                                .script = LIBRARY_DIR "/../../tests/data/drive.lua",
                                .library = LIBRARY_DIR};
}

static roadloom_envs *made(const roadloom_envs_config *config, roadloom_envs_arrays *arrays) {
  roadloom_envs *v = NULL;
  char text[256] = "";
  arrays->struct_size = sizeof *arrays;
  if (roadloom_envs_create(&v, config, text, sizeof text) ||
      roadloom_envs_arrays_of(v, arrays, text, sizeof text))
    fail_msg("%s", text);
  return v;
}

static void drives_on_and_on(uint32_t autoreset, uint32_t scenes) {
  roadloom_envs_config config = config_of(autoreset, scenes);
  roadloom_envs_arrays a;
  roadloom_envs *v = made(&config, &a);
  const uint64_t seeds[ENVS] = {1, 2, 3, 4, 5};
  char text[256] = "";
  uint32_t pdm = 9;
  int ended = 0;
  assert_int_equal(roadloom_envs_teacher(v, "pdm_closed", &pdm, text, sizeof text), 0);
  assert_int_equal(roadloom_envs_reset(v, seeds, NULL, text, sizeof text), 0);
  for (int k = 0; k < 50; k++) {
    assert_int_equal(roadloom_envs_ask(v, pdm, a.actions, text, sizeof text), 0);
    if (k % 13 == 5) // one that is no good
      a.actions[k % ENVS].accel_mps2 = a.actions[k % ENVS].points[0].x_m = NAN;
    assert_int_equal(roadloom_envs_step(v, text, sizeof text), 0);
    for (int i = 0; i < ENVS; i++) {
      assert_true(a.observations[i].env == (uint32_t)i && isfinite(a.rewards[i]));
      assert_true(a.terminals[i] + a.truncations[i] <= 1);
      ended += a.ended[i];
      if (a.ended[i])
        assert_true(strlen(roadloom_envs_end_text(v, (uint32_t)i)) > 0);
    }
    if (autoreset == ROADLOOM_DISABLED && k % 10 == 9)
      assert_int_equal(roadloom_envs_reset(v, NULL, a.terminals, text, sizeof text), 0);
  }
  if (ended < ENVS)
    fail_msg("%d episodes ended, not %d or more", ended, ENVS);
  roadloom_envs_destroy(v);
}

static void next_step(void **state) {
  (void)state;
  drives_on_and_on(ROADLOOM_NEXT_STEP, 2);
}

static void same_step(void **state) {
  (void)state;
  drives_on_and_on(ROADLOOM_SAME_STEP, 0);
}

static void disabled(void **state) {
  (void)state;
  drives_on_and_on(ROADLOOM_DISABLED, 1);
}

static void what_is_wrong_is_said(void **state) {
  (void)state;
  roadloom_envs *v;
  char text[256];
  roadloom_envs_config c = config_of(0, 1);
  c.struct_size = 8;
  assert_int_equal(roadloom_envs_create(&v, &c, text, sizeof text), -1);
  assert_non_null(strstr(text, "struct_size 8"));
  assert_null(v);
  c = config_of(0, 1);
  c.script = "nowhere.lua";
  assert_int_equal(roadloom_envs_create(&v, &c, text, sizeof text), -1);
  assert_non_null(strstr(text, "nowhere.lua"));
  c = config_of(7, 1);
  assert_int_equal(roadloom_envs_create(&v, &c, text, sizeof text), -1);
  roadloom_envs_arrays a;
  c = config_of(0, 1);
  v = made(&c, &a);
  assert_int_equal(roadloom_envs_ask(v, 0, a.actions, text, sizeof text), -1);
  assert_null(roadloom_envs_score_name(v, a.score_count));
  assert_string_equal(roadloom_envs_score_name(v, 0), "nuplan_like");
  assert_string_equal(roadloom_envs_end_name(1000), "unknown");
  roadloom_envs_destroy(v);
  roadloom_envs_destroy(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(next_step),
      cmocka_unit_test(same_step),
      cmocka_unit_test(disabled),
      cmocka_unit_test(what_is_wrong_is_said),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
