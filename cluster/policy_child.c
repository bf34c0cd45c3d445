// SPDX-License-Identifier: Apache-2.0
// The process that a policy's library is loaded in.
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cluster/policy_shared.h"

typedef struct child {
  const policy_shared_in *in;
  unsigned char *out;
  FILE *commands;
  int answers;
  const roadloom_policy *policy;
  void *state;
} child;

static bool answer(const child *c, const char *text) {
  char line[256];
  int length = snprintf(line, sizeof line, "%.250s\n", text);
  return write(c->answers, line, (size_t)length) == length;
}

static bool answer_error(const child *c, const char *text) {
  char line[256];
  snprintf(line, sizeof line, "error %.240s", text);
  for (char *p = line; *p; p++)
    *p = *p == '\n' ? ' ' : *p;
  return answer(c, line);
}

// What is wrong with a table, or NULL.
static const char *unfit(const roadloom_policy *p) {
  if (!p)
    return "its " ROADLOOM_POLICY_ENTRY " gives no table";
  if (p->abi_version != ROADLOOM_POLICY_ABI)
    return "it is made for another ROADLOOM_POLICY_ABI; compile it with this program's "
           "roadloom/policy.h";
  if (p->struct_size != sizeof *p)
    return "its table has another struct_size; compile it with this program's roadloom/policy.h";
  if (!p->name || !p->create || !p->reset || !p->step_batch || !p->destroy)
    return "its table lacks name, create, reset, step_batch or destroy";
  if ((p->capabilities & ROADLOOM_POLICY_SENSES) && !p->sense)
    return "its table lacks sense, which its capabilities name";
  return NULL;
}

static const char *load(child *c, const char *library) {
  char path[4096]; // a bare name is a file here, not one of the system's libraries
  snprintf(path, sizeof path, "%s%s", strchr(library, '/') ? "" : "./", library);
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return dlerror();
  void *symbol = dlsym(handle, ROADLOOM_POLICY_ENTRY);
  if (!symbol)
    return "it exports no " ROADLOOM_POLICY_ENTRY;
  roadloom_policy_entry_function *entry;
  memcpy(&entry, &symbol, sizeof entry); // ISO C has no cast for it
  c->policy = entry();
  const char *wrong = unfit(c->policy);
  if (wrong)
    return wrong;
  roadloom_policy_config config = {sizeof config, ROADLOOM_POLICY_ABI, 1, ""};
  return c->policy->create(&c->state, &config) ? "its create failed" : NULL;
}

static int reset(const child *c) {
  const policy_shared_in *in = c->in;
  const unsigned char *base = (const unsigned char *)in;
  const roadloom_route route = {
      .struct_size = sizeof route,
      .count = in->route_count,
      .points = (const double(*)[3])(const void *)(base + in->route_at),
      .goal_m = in->goal_m,
      .duration_s = in->duration_s,
      .log_count = in->log_count,
      .log = in->log_count ? (const double(*)[3])(const void *)(base + in->log_at) : NULL};
  return c->policy->reset(c->state, 0, in->seed, &route);
}

static int step(const child *c) {
  const unsigned char *base = (const unsigned char *)c->in;
  const void *sensed = base + c->in->sensors_at;
  if (c->in->sensors_at && c->policy->sense(c->state, 0, sensed))
    return -1;
  const void *seen = base + c->in->observation_at;
  return c->policy->step_batch(c->state, 1, seen, (void *)(c->out + c->in->action_at)) != 0;
}

static bool answer_step(const child *c, int failed) {
  if (failed)
    return answer_error(c, failed < 0 ? "its sense failed" : "its step_batch failed");
  return answer(c, "ok");
}

static bool obey(const child *c, const char *line) {
  char text[64];
  if (strcmp(line, "reset\n") == 0)
    return reset(c) ? answer_error(c, "its reset failed") : answer(c, "ok");
  if (strcmp(line, "step\n") == 0)
    return answer_step(c, step(c));
  snprintf(text, sizeof text, "unknown command '%.20s'", line);
  return answer_error(c, text);
}

int cluster_policy_child(const char *library, int in, int out, int commands, int answers) {
  child c = {.answers = answers};
  struct stat about;
  if (fstat(in, &about) < 0)
    return 1;
  void *in_map = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_SHARED, in, 0);
  void *out_map = mmap(NULL, policy_shared_out_size(), PROT_READ | PROT_WRITE, MAP_SHARED, out, 0);
  c.commands = fdopen(commands, "r");
  if (in_map == MAP_FAILED || out_map == MAP_FAILED || !c.commands)
    return 1;
  c.in = in_map;
  c.out = out_map;
  const char *wrong = load(&c, library);
  char line[256];
  if (wrong) {
    answer_error(&c, wrong);
    return 1;
  }
  snprintf(line, sizeof line, "ready %u %s", (unsigned)c.policy->capabilities & 0xffu,
           c.policy->name);
  bool good = answer(&c, line);
  while (good && fgets(line, sizeof line, c.commands))
    good = obey(&c, line);
  c.policy->destroy(c.state);
  return good ? 0 : 1;
}
