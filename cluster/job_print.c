// SPDX-License-Identifier: Apache-2.0
#include "cluster/job_print.h"

#include <stdio.h>
#include <string.h>

// `count` lines, each as `line` prints it, ended by a line end or kept apart by one.
static char *lines(const void *of, int count, bool ended,
                   void (*line)(FILE *to, const void *of, int i)) {
  char *text = NULL;
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  if (!to)
    return NULL;
  for (int i = 0; i < count; i++) {
    if (i > 0 && !ended)
      fputc('\n', to);
    line(to, of, i);
    if (ended)
      fputc('\n', to);
  }
  fclose(to);
  return text;
}

static void print_override(FILE *to, const void *of, int i) {
  const cluster_job *job = of;
  fprintf(to, "%s=%s", job->overrides[i].path, job->overrides[i].value);
}

static void print_setting(FILE *to, const void *of, int i) {
  const cluster_job *job = of;
  fprintf(to, "%s=%s", job->settings[i].name, job->settings[i].value);
}

static void print_script(FILE *to, const void *of, int i) {
  fputs(cluster_job_script(of, i).name, to);
}

static void print_module(FILE *to, const void *of, int i) {
  const script_module *module = &((const script_modules *)of)->of[i];
  char sha256[HASH_SHA256_HEX];
  hash_sha256_hex(module->text, strlen(module->text), sha256);
  fprintf(to, "%s.lua %s", module->name, sha256);
}

static void print_map(FILE *to, const void *of, int i) {
  const script_maps *maps = of;
  fprintf(to, "%s %s", maps->of[i].name, maps->of[i].sha256);
}

char *cluster_print_overrides(const cluster_job *job) {
  return lines(job, job->override_count, false, print_override);
}

char *cluster_print_settings(const cluster_job *job) {
  return lines(job, job->setting_count, false, print_setting);
}

char *cluster_print_scripts(const cluster_job *job) {
  return lines(job, job->further_count + 1, false, print_script);
}

char *cluster_print_modules(const script_modules *modules) {
  return lines(modules, modules->count, true, print_module);
}

char *cluster_print_maps(const script_maps *maps) {
  return lines(maps, maps->count, true, print_map);
}

void cluster_hash_scripts(const cluster_job *job, char out[HASH_SHA256_HEX]) {
  hash_sha256_hex(job->script_text, strlen(job->script_text), out);
  for (int i = 1; i <= job->further_count; i++) {
    char both[2 * HASH_SHA256_HEX];
    const char *text = job->further[i - 1].text;
    memcpy(both, out, HASH_SHA256_HEX - 1);
    hash_sha256_hex(text, strlen(text), both + HASH_SHA256_HEX - 1);
    hash_sha256_hex(both, 2 * (HASH_SHA256_HEX - 1), out);
  }
}
