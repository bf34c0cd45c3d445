// SPDX-License-Identifier: Apache-2.0
// A policy that misbehaves in one episode of three, in the way that POLICY_FAULT names; in the
// others, and without a name, it rolls on.
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <roadloom/policy.h>

static int is_bad; // of the episode
static int shrunk;

static int create(void **out, const roadloom_policy_config *config) {
  const char *wanted = getenv("POLICY_FAULT");
  *out = NULL;
  return config->abi_version != ROADLOOM_POLICY_ABI || (wanted && strcmp(wanted, "create") == 0);
}

static int fault(const char *name) {
  const char *wanted = getenv("POLICY_FAULT");
  return is_bad && wanted && strcmp(wanted, name) == 0;
}

static int reset(void *policy, uint32_t env, uint64_t seed, const roadloom_route *route) {
  (void)policy, (void)env;
  is_bad = seed % 3 == 0;
  if (route->count < 2 || route->goal_m <= 0)
    return 1;
  return fault("reset");
}

static int step(void *policy, uint32_t n, const roadloom_observation *o, roadloom_action *a) {
  (void)policy, (void)n;
  a->kind = ROADLOOM_ACTION_ACCELERATION;
  if (o->step < 5)
    return 0;
  if (fault("crash"))
    raise(SIGSEGV);
  if (fault("exit"))
    _exit(7);
  if (fault("hang"))
    for (;;)
      pause();
  if (fault("nan"))
    a->accel_mps2 = NAN;
  if (fault("shape"))
    a->kind = 9;
  if (fault("size"))
    a->struct_size = 8;
  if (fault("overrun"))
    memset(a + 1, 0, 64);
  if (fault("underrun"))
    memset((char *)a - 16, 0, 8);
  if (fault("scribble")) // on what it may only read
    memset((void *)(uintptr_t)o, 0, 64);
  if (fault("files")) // whatever is open: nothing of the worker's should be
    for (int fd = 3; fd < 256; fd++)
      if (fcntl(fd, F_GETFL) >= 0 && write(fd, "nonsense\n", 9) < 0)
        continue;
  if (fault("truncate")) // what the worker has mapped, too
    for (int fd = 3; fd < 64; fd++)
      shrunk += ftruncate(fd, 0) == 0;
  if (fault("truncate"))
    _exit(shrunk ? 8 : 9);
  if (fault("huge"))
    a->accel_mps2 = 9e4f, a->steer_rate_radps = o->step % 2 ? 9e4f : -9e4f;
  if (fault("far")) {
    a->kind = ROADLOOM_ACTION_TRAJECTORY;
    a->point_count = 40;
    for (uint32_t k = 0; k < 40; k++)
      a->points[k] = (roadloom_point){k % 2 ? 9e4f : -9e4f, k % 3 ? 9e4f : 1, 9e4f * (float)k / 40};
  }
  return fault("error");
}

static void destroy(void *policy) {
  (void)policy;
}

__attribute__((visibility("default"))) const roadloom_policy *roadloom_policy_entry(void) {
  static roadloom_policy table = {.abi_version = ROADLOOM_POLICY_ABI,
                                  .struct_size = sizeof(roadloom_policy),
                                  .name = "faults",
                                  .create = create,
                                  .reset = reset,
                                  .step_batch = step,
                                  .destroy = destroy};
  const char *wanted = getenv("POLICY_FAULT");
  if (wanted && strcmp(wanted, "abi") == 0)
    table.abi_version = 99;
  return &table;
}
