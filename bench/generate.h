// SPDX-License-Identifier: Apache-2.0
// Runs `roadloom generate` as a user would and reads what it cost: wall time of the
// whole command, its report, and the most memory that its processes held together.
#ifndef BENCH_GENERATE_H
#define BENCH_GENERATE_H

#include <ctype.h>
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

typedef struct bench_generate {
  double wall_s;                                       // from start to end of the command
  double frames;                                       // committed
  double peak_mib;                                     // resident, sum over its processes, sampled
  double build_s, move_s, render_s, write_s, commit_s; // of its report
  double shards_s;                                     // the shards' own wall time, of its report
} bench_generate;

static inline void bench_stop(const char *what, const char *about) {
  fprintf(stderr, "bench: %s: %s\n", about, what);
  exit(1);
}

// Resident MiB of all processes of a process group.
static inline double bench_group_mib(pid_t group) {
  DIR *proc = opendir("/proc");
  long pages = 0;
  for (struct dirent *entry; proc && (entry = readdir(proc));) {
    if (!isdigit((unsigned char)entry->d_name[0]))
      continue;
    char path[300], line[1024];
    snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
    FILE *file = fopen(path, "r");
    if (!file)
      continue; // it ended meanwhile
    size_t got = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[got] = 0;
    // After the name in brackets: state ppid pgrp, … and rss as the 22nd.
    char *rest = strrchr(line, ')');
    int its_group = 0, at = 0;
    long rss = 0;
    for (char *word = rest ? strtok(rest + 1, " ") : NULL; word; word = strtok(NULL, " "), at++) {
      if (at == 2)
        its_group = atoi(word);
      if (at == 21)
        rss = atol(word);
    }
    if (its_group == group)
      pages += rss;
  }
  if (proc)
    closedir(proc);
  return (double)pages * (double)sysconf(_SC_PAGESIZE) / (1024 * 1024);
}

static inline double bench_number(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  if (!json_is_number(value))
    bench_stop("report.json has no such number", key);
  return json_number_value(value);
}

static inline void bench_read_report(const char *folder, bench_generate *out) {
  char path[128];
  snprintf(path, sizeof path, "%s/report.json", folder);
  json_error_t error;
  json_t *report = json_load_file(path, 0, &error);
  if (!report)
    bench_stop(error.text, path);
  const json_t *stages = json_object_get(report, "stage_seconds");
  out->frames = bench_number(report, "frames");
  out->build_s = bench_number(stages, "build");
  out->move_s = bench_number(stages, "move");
  out->render_s = bench_number(stages, "render");
  out->write_s = bench_number(stages, "write");
  out->commit_s = bench_number(stages, "commit");
  out->shards_s = bench_number(stages, "wall");
  json_decref(report);
}

enum { BENCH_WORDS = 40 };

/// The command line of one job into `argv` (room for BENCH_WORDS), under mpirun when `ranks` > 1;
/// `sets` as in bench_run_generate.
static inline void bench_command(const char **argv, const char *ranks, const char *const *job,
                                 const char *const *sets) {
  int count = 0;
  if (strcmp(ranks, "1") != 0) {
    const char *const mpi[] = {"mpirun", "-n", ranks, "--bind-to", "none", "--oversubscribe"};
    for (size_t i = 0; i < sizeof mpi / sizeof *mpi; i++)
      argv[count++] = mpi[i];
    if (geteuid() == 0)
      argv[count++] = "--allow-run-as-root";
  }
  while (*job)
    argv[count++] = *job++;
  for (; sets && *sets; sets++) {
    assert(count + 3 <= BENCH_WORDS);
    argv[count++] = "--set";
    argv[count++] = *sets;
  }
  argv[count] = NULL;
}

/// Makes `scenes` scenes of `script` in a fresh folder, which is removed again, with
/// the program in ROADLOOM_BIN on `ranks` ranks. `sets`: overrides "path=value", NULL after the
/// last one; or NULL. What it says is thrown away unless it fails. Ends the benchmark when it does.
static inline bench_generate bench_run_generate(const char *script, const char *const *sets,
                                                int ranks, int scenes, int seed) {
  const char *program = getenv("ROADLOOM_BIN");
  if (!program)
    bench_stop("is not set; run by way of tools/bench", "ROADLOOM_BIN");
  char folder[] = "/tmp/roadloom-bench-XXXXXX";
  if (!mkdtemp(folder))
    bench_stop("cannot create a folder", folder);
  char output[64], said[64], command[128];
  snprintf(output, sizeof output, "%s/dataset", folder);
  snprintf(said, sizeof said, "%s/said.txt", folder);

  bench_generate out = {0};
  double begin_s = bench_now_s();
  pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    char scenes_text[16], seed_text[16], ranks_text[16];
    const char *argv[BENCH_WORDS];
    snprintf(ranks_text, sizeof ranks_text, "%d", ranks);
    snprintf(scenes_text, sizeof scenes_text, "%d", scenes);
    snprintf(seed_text, sizeof seed_text, "%d", seed);
    const char *const job[] = {program,  "generate", script, "--scenes", scenes_text,
                               "--seed", seed_text,  "-o",   output,     NULL};
    bench_command(argv, ranks_text, job, sets);
    if (freopen(said, "w", stdout) && dup2(STDOUT_FILENO, STDERR_FILENO) >= 0)
      execvp(argv[0], (char *const *)(size_t)argv);
    _exit(127);
  }
  int result = 0;
  while (waitpid(child, &result, WNOHANG) == 0) {
    double now_mib = bench_group_mib(child);
    out.peak_mib = now_mib > out.peak_mib ? now_mib : out.peak_mib;
    usleep(50000);
  }
  out.wall_s = bench_now_s() - begin_s;
  if (result != 0) {
    snprintf(command, sizeof command, "cat '%s' >&2", said);
    if (system(command) != 0)
      fputs("bench: it said nothing\n", stderr);
    bench_stop("roadloom generate failed", script);
  }
  bench_read_report(output, &out);
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  if (system(command) != 0)
    bench_stop("cannot remove", folder);
  return out;
}

#endif
