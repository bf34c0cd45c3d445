// SPDX-License-Identifier: Apache-2.0
// What a job of `drive` is by, as settings of the job and back.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/drive.h"
#include "cluster/drive_search.h"
#include "cluster/policy_host.h"
#include "cluster/unit.h"

static const char *const TRAFFIC[SIM_TRAFFIC_COUNT] = {"reactive", "log"};
static const double TIMEOUT_MOST_S = 500; // a worker that is silent for longer counts as hung

cluster_drive_def cluster_drive_def_default(void) {
  return (cluster_drive_def){
      .timeout_s = 10, .duration_s = NAN, .goal_m = NAN, .reference = true, .sensors = ""};
}

static status set_number(cluster_job *job, const char *name, double value, trouble *why) {
  char text[40] = "";
  if (!isnan(value))
    snprintf(text, sizeof text, "%.17g", value);
  return cluster_job_set(job, name, text, why);
}

static status check(const cluster_drive_def *d, trouble *why) {
  double latency = d->latency_s / ROADLOOM_DT_S;
  if (!(latency >= 0 && latency <= SIM_LATENCY_MOST) || fabs(latency - round(latency)) > 1e-6)
    return trouble_set(why, STATUS_RANGE, "--latency-s: %g should be a multiple of %g s, 0 .. %g",
                       d->latency_s, ROADLOOM_DT_S, SIM_LATENCY_MOST * ROADLOOM_DT_S);
  if (!(d->timeout_s >= 0.1 && d->timeout_s <= TIMEOUT_MOST_S))
    return trouble_set(why, STATUS_RANGE, "--timeout-s: %g is outside 0.1..%g s", d->timeout_s,
                       TIMEOUT_MOST_S);
  if (!isnan(d->duration_s) && !(d->duration_s >= 0.1 && d->duration_s <= 1900))
    return trouble_set(why, STATUS_RANGE, "--duration-s: %g is outside 0.1..1900 s", d->duration_s);
  if (!isnan(d->goal_m) && !(d->goal_m >= 1 && d->goal_m <= 100000))
    return trouble_set(why, STATUS_RANGE, "--goal-m: %g is outside 1..100000 m", d->goal_m);
  return STATUS_OK;
}

// Who drives by what is rendered depends on the kernels, too.
static status set_sensors(cluster_job *out, const cluster_drive_def *d, trouble *why) {
  char kernels[HASH_SHA256_HEX];
  if (cluster_policy_kind_of(d->policy) == POLICY_BUILT_IN)
    return trouble_set(why, STATUS_RANGE,
                       "--sensors: %s drives without any; a library or a program may have them",
                       d->policy);
  cluster_unit_maker.sources(kernels);
  status result = cluster_job_set(out, "sensors", d->sensors, why);
  return result ? result : cluster_job_set(out, "kernels_sha256", kernels, why);
}

status cluster_drive_settings(cluster_job *out, const cluster_drive_def *d, trouble *why) {
  char sha256[HASH_SHA256_HEX];
  memset(out, 0, sizeof *out);
  status result = check(d, why);
  if (!result)
    result = cluster_policy_check(d->policy, sha256, why);
  if (!result)
    result = cluster_job_set(out, "policy", d->policy, why);
  if (!result)
    result = cluster_job_set(out, "policy_sha256", sha256, why);
  if (!result)
    result = cluster_job_set(out, "traffic", TRAFFIC[d->traffic], why);
  if (!result)
    result = cluster_job_set(out, "on_crash", d->drives_on ? "continue" : "end", why);
  if (!result)
    result = cluster_job_set(out, "reference", d->reference ? "pdm_closed" : "none", why);
  if (!result)
    result = set_number(out, "latency_s", d->latency_s, why);
  if (!result)
    result = set_number(out, "timeout_s", d->timeout_s, why);
  if (!result)
    result = set_number(out, "duration_s", d->duration_s, why);
  if (!result)
    result = set_number(out, "goal_m", d->goal_m, why);
  if (!result && d->search)
    result = cluster_job_set(out, "search", sim_search_name(d->search), why);
  return result || !d->sensors[0] ? result : set_sensors(out, d, why);
}

static bool take_number(const cluster_job *job, const char *name, double *out) {
  const char *text = cluster_job_setting(job, name);
  char *end = NULL;
  *out = text[0] ? strtod(text, &end) : NAN;
  return !text[0] || *end == 0;
}

status cluster_drive_def_of(const cluster_job *job, cluster_drive_def *out, trouble *why) {
  *out = cluster_drive_def_default();
  out->policy = cluster_job_setting(job, "policy");
  out->sensors = cluster_job_setting(job, "sensors");
  out->search = cluster_search_kind(job);
  out->drives_on = strcmp(cluster_job_setting(job, "on_crash"), "continue") == 0;
  out->reference = strcmp(cluster_job_setting(job, "reference"), "pdm_closed") == 0;
  while (out->traffic < SIM_TRAFFIC_COUNT &&
         strcmp(TRAFFIC[out->traffic], cluster_job_setting(job, "traffic")) != 0)
    out->traffic++;
  bool numbers = take_number(job, "latency_s", &out->latency_s) &&
                 take_number(job, "timeout_s", &out->timeout_s) &&
                 take_number(job, "duration_s", &out->duration_s) &&
                 take_number(job, "goal_m", &out->goal_m);
  if (strcmp(job->kind, "drive") != 0 || !out->policy[0] || !numbers ||
      out->traffic == SIM_TRAFFIC_COUNT || check(out, NULL))
    return trouble_set(why, STATUS_FORMAT, "the job isn't one of `roadloom drive`");
  return STATUS_OK;
}
