// SPDX-License-Identifier: Apache-2.0
#include "cluster/job_print.h"

#include <stdio.h>
#include <string.h>

char *cluster_print_overrides(const cluster_job *job) {
  char *text = NULL;
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  if (!to)
    return NULL;
  for (int i = 0; i < job->override_count; i++)
    fprintf(to, "%s%s=%s", i ? "\n" : "", job->overrides[i].path, job->overrides[i].value);
  fclose(to);
  return text;
}

char *cluster_print_modules(const script_modules *modules) {
  char *text = NULL, sha256[HASH_SHA256_HEX];
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  if (!to)
    return NULL;
  for (int i = 0; i < modules->count; i++) {
    const script_module *module = &modules->of[i];
    hash_sha256_hex(module->text, strlen(module->text), sha256);
    fprintf(to, "%s.lua %s\n", module->name, sha256);
  }
  fclose(to);
  return text;
}

char *cluster_print_maps(const script_maps *maps) {
  char *text = NULL;
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  if (!to)
    return NULL;
  for (int i = 0; i < maps->count; i++)
    fprintf(to, "%s %s\n", maps->of[i].name, maps->of[i].sha256);
  fclose(to);
  return text;
}
