// SPDX-License-Identifier: Apache-2.0
// Many envs side by side, as trainers have them: roadloom/envs.h called from C, the same from
// Python, and other projects' environments, each by the processor time of one thread. For
// bench/drive.c only.
#ifndef BENCH_DRIVE_ENVS_H
#define BENCH_DRIVE_ENVS_H

#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "roadloom/envs.h"

enum { ENVS = 256, ENVS_STEPS = 200, ENVS_AGENTS = 64 }; // an episode of each

typedef struct envs_peer {
  pid_t pid;
  FILE *ask, *told;
} envs_peer;

static inline double envs_processor_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/// Starts bench/drive_envs.py. False, with a message, when what it needs isn't installed.
static inline bool envs_peer_start(envs_peer *p, const char *what) {
  const char *wanted = getenv("ROADLOOM_PYTHON"), *python = wanted ? wanted : "python3";
  int to[2], from[2];
  char line[256] = "";
  if (pipe(to) || pipe(from) || (p->pid = fork()) < 0)
    return false;
  if (p->pid == 0) {
    dup2(to[0], STDIN_FILENO);
    dup2(from[1], STDOUT_FILENO);
    close(to[1]);
    close(from[0]);
    setenv("PYTHONPATH", BENCH_DIR "/../python", 1);
    execlp(python, python, BENCH_DIR "/drive_envs.py", what, BENCH_DIR "/drive.lua", "256", "200",
           (char *)NULL);
    _exit(127);
  }
  close(to[0]);
  close(from[1]);
  p->ask = fdopen(to[1], "w");
  p->told = fdopen(from[0], "r");
  // A library may print before that.
  while (fgets(line, sizeof line, p->told) && strcmp(line, "ready\n") != 0)
    if (strncmp(line, "skip ", 5) == 0)
      break;
  bool ready = strcmp(line, "ready\n") == 0;
  if (!ready)
    fprintf(stderr, "bench_drive: %s is left out: %s", what,
            strncmp(line, "skip ", 5) == 0 ? line + 5 : "it didn't start\n");
  return ready;
}

/// Its next rate in millions of agent-steps a second; 0 when it failed.
static inline double envs_peer_rate(envs_peer *p) {
  char line[256];
  fputs("go\n", p->ask);
  fflush(p->ask);
  return fgets(line, sizeof line, p->told) ? strtod(line, NULL) * 1e-6 : 0;
}

static inline void envs_peer_stop(envs_peer *p) {
  fclose(p->ask);
  fclose(p->told);
  waitpid(p->pid, NULL, 0);
}

typedef struct envs_loop {
  roadloom_envs *envs;
  roadloom_envs_arrays arrays;
  uint32_t idm;
} envs_loop;

static inline double envs_loop_rate(envs_loop *c) {
  char text[256];
  double begin_s = envs_processor_s();
  long steps = 0;
  for (int k = 0; k < ENVS_STEPS; k++) {
    if (roadloom_envs_ask(c->envs, c->idm, c->arrays.actions, text, sizeof text) ||
        roadloom_envs_step(c->envs, text, sizeof text)) {
      fprintf(stderr, "bench_drive: %s\n", text);
      exit(1);
    }
    for (int i = 0; i < ENVS; i++)
      steps += c->arrays.masks[i];
  }
  return (double)steps * ENVS_AGENTS / (envs_processor_s() - begin_s) * 1e-6;
}

static inline void envs_loop_start(envs_loop *c) {
  char text[256];
  uint64_t seeds[ENVS];
  roadloom_envs_config config = {.struct_size = sizeof config,
                                 .abi_version = ROADLOOM_ENVS_ABI,
                                 .envs = ENVS,
                                 .threads = 1,
                                 .scenes = 1,
                                 .scores = 1,
                                 .drives_on = 1,
                                 .library = LIBRARY_DIR,
                                 .script = BENCH_DIR "/drive.lua"};
  c->arrays.struct_size = sizeof c->arrays;
  for (uint64_t i = 0; i < ENVS; i++)
    seeds[i] = 1 + i;
  if (roadloom_envs_create(&c->envs, &config, text, sizeof text) ||
      roadloom_envs_arrays_of(c->envs, &c->arrays, text, sizeof text) ||
      roadloom_envs_teacher(c->envs, "idm", &c->idm, text, sizeof text) ||
      roadloom_envs_reset(c->envs, seeds, NULL, text, sizeof text)) {
    fprintf(stderr, "bench_drive: %s\n", text);
    exit(1);
  }
  for (int k = 0; k < 3; k++) // a world is kept as it is rewound first
    envs_loop_rate(c);
}

/// The cases vector_env_python and those of other projects.
static inline void envs_bench(void) {
  static const char *const others[] = {"highway_env", "metadrive"};
  envs_loop loop = {0};
  envs_peer python;
  bench_samples ours = {0}, c_loop = {0};
  if (!envs_peer_start(&python, "roadloom"))
    return;
  envs_loop_start(&loop);
  for (int repeat = 0; repeat < BENCH_REPEATS; repeat++) {
    bench_add(&c_loop, envs_loop_rate(&loop));
    bench_add(&ours, envs_peer_rate(&python));
  }
  bench_report("drive", "vector_env_python", "Magent-steps/s", BENCH_MORE, &ours, "c_256_envs",
               &c_loop);
  for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
    envs_peer peer;
    bench_samples again = {0}, theirs = {0};
    if (!envs_peer_start(&peer, others[k]))
      continue;
    for (int repeat = 0; repeat < BENCH_REPEATS; repeat++) {
      bench_add(&again, envs_peer_rate(&python));
      bench_add(&theirs, envs_peer_rate(&peer));
    }
    bench_report("drive", others[k], "Magent-steps/s", BENCH_MORE, &again, others[k], &theirs);
    envs_peer_stop(&peer);
  }
  envs_peer_stop(&python);
  roadloom_envs_destroy(loop.envs);
}

#endif
