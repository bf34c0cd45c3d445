// SPDX-License-Identifier: Apache-2.0
#include "cluster/progress.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

enum { BAR_WIDTH = 24 };

void cluster_bytes_print(uint64_t bytes, char out[24]) {
  static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  double value = (double)bytes;
  int unit = 0;
  for (; value >= 999.5 && unit < 5; unit++)
    value /= 1000;
  snprintf(out, 24, unit == 0 || value >= 99.95 ? "%.0f %s" : "%.1f %s", value, units[unit]);
}

void cluster_time_print(double seconds, char out[24]) {
  long s = seconds > 0 ? (long)(seconds + 0.5) : 0;
  if (s >= 3600)
    snprintf(out, 24, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
  else
    snprintf(out, 24, "%ld:%02ld", s / 60, s % 60);
}

static double rate_of(const cluster_counts *counts) {
  return counts->seconds > 0.5 ? (double)counts->frames_now / counts->seconds : 0;
}

void cluster_counts_print(const cluster_counts *counts, char out[PROGRESS_LINE]) {
  char bytes[24], left[24] = "", faults[64] = "";
  double rate = rate_of(counts);
  uint64_t frames = counts->frames_before + counts->frames_now;
  if (rate > 0 && counts->frames_expected > frames) {
    cluster_time_print((double)(counts->frames_expected - frames) / rate, bytes);
    snprintf(left, sizeof left, ", %.8s left", bytes);
  }
  if (counts->faults)
    snprintf(faults, sizeof faults, ", %d faults, %d quarantined", counts->faults,
             counts->quarantined);
  cluster_bytes_print(counts->bytes, bytes);
  snprintf(out, PROGRESS_LINE, "%d/%d shards, %llu/%llu scenes, %llu frames, %.1f frames/s, %s%s%s",
           counts->shards_done, counts->shards, (unsigned long long)counts->scenes_done,
           (unsigned long long)counts->scenes, (unsigned long long)frames, rate, bytes, faults,
           left);
}

cluster_progress cluster_progress_begin(void) {
  const char *term = getenv("TERM");
  return (cluster_progress){.terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0};
}

static void draw_bar(const cluster_counts *counts, const char *text) {
  double done = counts->shards ? (double)counts->shards_done / counts->shards : 0;
  uint64_t frames = counts->frames_before + counts->frames_now;
  if (counts->frames_expected > 0 && frames <= counts->frames_expected)
    done = (double)frames / (double)counts->frames_expected;
  char bar[BAR_WIDTH + 1];
  for (int i = 0; i < BAR_WIDTH; i++)
    bar[i] = i < (int)(done * BAR_WIDTH) ? '=' : ' ';
  bar[BAR_WIDTH] = 0;
  fprintf(stderr, "\r[%s] %s\033[K", bar, text);
  fflush(stderr);
}

void cluster_progress_show(cluster_progress *progress, const cluster_counts *counts) {
  double step_s = progress->terminal ? 0.25 : PROGRESS_LINE_S;
  if (counts->seconds - progress->shown_s < step_s)
    return;
  progress->shown_s = counts->seconds;
  char text[PROGRESS_LINE];
  cluster_counts_print(counts, text);
  if (progress->terminal)
    draw_bar(counts, text);
  else
    log_line(LOG_INFO, "%s", text);
}

void cluster_progress_end(cluster_progress *progress) {
  if (progress->terminal && progress->shown_s > 0)
    fputs("\r\033[K", stderr);
}

void cluster_event(int fd, const char *event, int unit, const char *text) {
  if (fd < 0)
    return;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  json_t *json = json_pack("{s:f, s:s}", "time_s", (double)now.tv_sec + 1e-9 * (double)now.tv_nsec,
                           "event", event);
  if (unit >= 0)
    json_object_set_new(json, "unit", json_integer(unit));
  if (text && text[0])
    json_object_set_new(json, "text", json_string(text));
  char *line = json ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(15)) : NULL;
  json_decref(json);
  if (!line)
    return;
  size_t length = strlen(line);
  line[length] = '\n'; // in place of the NUL: one write, one line
  ssize_t written = write(fd, line, length + 1);
  (void)written;
  free(line);
}
