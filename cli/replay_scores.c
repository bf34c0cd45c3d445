// SPDX-License-Identifier: Apache-2.0
#include "cli/replay_scores.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

static const char HEADER[] =
    "frame,time_s,contacts,at_fault,outside_m,wrong_way,passed_red,passed_stop,"
    "nuplan.ttc_s,nuplan.way_m,nuplan.over_mps,"
    "comfort.lon_accel_mps2,comfort.lat_accel_mps2,comfort.jerk_mps3,comfort.lon_jerk_mps3,"
    "comfort.yaw_rate_radps,comfort.yaw_accel_radps2,"
    "carla.done_m,carla.outside,carla.infractions,"
    "criticality.ttc_s,criticality.ttc_swept_s,criticality.gap_m,criticality.drac_mps2,"
    "criticality.thw_s,criticality.btn,criticality.rss_unsafe\n";

// Empty without a value; "inf" where it never comes.
static void put(FILE *to, double x) {
  if (isnan(x))
    fputc(',', to);
  else
    fprintf(to, ",%.10g", x);
}

static void put_infractions(FILE *to, unsigned bits) {
  const char *between = "";
  fputc(',', to);
  for (int kind = 0; kind < SIM_CARLA_INFRACTIONS; kind++)
    if (bits & (1u << kind)) {
      fprintf(to, "%s%s", between, sim_carla_name((sim_carla_infraction)kind));
      between = " ";
    }
}

static void put_frame(FILE *to, const sim_episode *e, const sim_scores *s, int k) {
  const sim_criticality *c = &s->criticality;
  unsigned marks = e->ego_marks[k];
  fprintf(to, "%d,%.10g,%d,%d", k, k * e->step_s,
          s->contacts.frame_first[k + 1] - s->contacts.frame_first[k],
          s->nuplan_like.frame_fault[k]);
  put(to, e->outside_m[k]);
  fprintf(to, ",%d,%d,%d", !!(marks & SIM_EGO_WRONG_WAY), !!(marks & SIM_EGO_PASSED_RED),
          !!(marks & SIM_EGO_PASSED_STOP));
  put(to, s->nuplan_like.frame_ttc_s[k]);
  put(to, s->nuplan_like.frame_way_m[k]);
  put(to, s->nuplan_like.frame_over_mps[k]);
  for (int part = 0; part < SIM_COMFORT_PARTS; part++)
    put(to, s->comfort.value[part][k]);
  put(to, s->carla.frame_done_m[k]);
  fprintf(to, ",%d", s->carla.frame_outside[k]);
  put_infractions(to, s->carla.frame_infraction[k]);
  put(to, c->frame_ttc_s[k]);
  put(to, c->frame_swept_s[k]);
  put(to, c->gap_m[k]);
  put(to, c->frame_drac_mps2[k]);
  put(to, c->frame_thw_s[k]);
  put(to, c->frame_btn[k]);
  fprintf(to, ",%d\n", c->rss_unsafe[k]);
}

status replay_scores_write(const char *path, const sim_episode *e, const sim_scores *scores,
                           trouble *why) {
  char *text = NULL;
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  if (!to)
    return trouble_set(why, STATUS_MEMORY, "no memory for %s", path);
  fputs(HEADER, to);
  for (int k = 0; scores->whole && k < e->count; k++)
    put_frame(to, e, scores, k);
  bool failed = ferror(to);
  if (fclose(to) != 0 || failed) {
    free(text);
    return trouble_set(why, STATUS_MEMORY, "no memory for %s", path);
  }
  status result = file_write_atomic(path, text, size, why);
  free(text);
  return result;
}
