// SPDX-License-Identifier: Apache-2.0
#include "sim/scores.h"

#include <math.h>
#include <string.h>

#define ROOM(member, items)                                                                        \
  do {                                                                                             \
    s->member = arena_alloc(s->memory, sizeof *s->member * (size_t)(items));                       \
    whole = whole && s->member;                                                                    \
  } while (0)

static bool make_shared_room(sim_scores *s, const sim_episode_def *d) {
  bool whole = true;
  int frames = d->frames, bodies = d->actors + d->objects;
  ROOM(ego.ahead_x, frames);
  ROOM(ego.ahead_y, frames);
  ROOM(ego.speed_mps, frames);
  ROOM(ego.ahead_mps2, frames);
  ROOM(ego.left_mps2, frames);
  s->contacts.capacity = SIM_CONTACTS_A_FRAME * frames;
  ROOM(contacts.all, s->contacts.capacity);
  ROOM(contacts.frame_first, frames + 1);
  ROOM(contacts.first_touch, bodies);
  ROOM(contacts.last_touch, bodies);
  for (int part = 0; part < SIM_COMFORT_PARTS; part++)
    ROOM(comfort.value[part], frames);
  ROOM(comfort.scratch, 4 * frames);
  return whole;
}

static bool make_planning_room(sim_scores *s, const sim_episode_def *d) {
  bool whole = true;
  int frames = d->frames, bodies = d->actors + d->objects;
  ROOM(nuplan_like.frame_fault, frames);
  ROOM(nuplan_like.frame_ttc_s, frames);
  ROOM(nuplan_like.frame_way_m, frames);
  ROOM(nuplan_like.frame_over_mps, frames);
  for (int part = 0; part < SIM_NAVSIM_PARTS; part++)
    ROOM(navsim.window[part], frames);
  ROOM(navsim.window_frame, frames);
  s->navsim.hit_capacity = 4 * SIM_CONTACTS_A_FRAME * frames;
  ROOM(navsim.hits, s->navsim.hit_capacity);
  ROOM(navsim.hit_first, frames + 1);
  ROOM(navsim.scratch, 6 * frames);
  ROOM(navsim.plan_scratch, 10 * d->plan_points);
  ROOM(carla.frame_done_m, frames);
  ROOM(carla.frame_infraction, frames);
  ROOM(carla.frame_outside, frames);
  ROOM(carla.merge_frame, bodies);
  return whole;
}

static bool make_criticality_room(sim_scores *s, const sim_episode_def *d) {
  bool whole = true;
  int frames = d->frames;
  ROOM(criticality.lead, frames);
  ROOM(criticality.gap_m, frames);
  ROOM(criticality.frame_ttc_s, frames);
  ROOM(criticality.frame_swept_s, frames);
  ROOM(criticality.frame_drac_mps2, frames);
  ROOM(criticality.frame_thw_s, frames);
  ROOM(criticality.frame_btn, frames);
  ROOM(criticality.rss_unsafe, frames);
  ROOM(criticality.lane_seen, d->actors);
  ROOM(criticality.lane_row, d->actors);
  ROOM(criticality.vertex_frame, frames);
  ROOM(criticality.cells, SIM_PET_CELLS * SIM_PET_CELLS * 2);
  ROOM(r157.lateral_m, frames);
  ROOM(r157.along_m, frames);
  return whole;
}
#undef ROOM

status sim_scores_create(sim_scores **out, const sim_episode_def *def, trouble *why) {
  arena *memory = arena_create();
  sim_scores *s = memory ? ARENA_NEW(memory, sim_scores, 1) : NULL;
  if (s)
    s->memory = memory;
  if (!s || !make_shared_room(s, def) || !make_planning_room(s, def) ||
      !make_criticality_room(s, def)) {
    arena_destroy(memory);
    return trouble_set(why, STATUS_MEMORY, "scores: no memory for %d frames of %d actors",
                       def->frames, def->actors);
  }
  s->def = *def;
  *out = s;
  return STATUS_OK;
}

void sim_scores_destroy(sim_scores *scores) {
  if (scores)
    arena_destroy(scores->memory);
}

static bool ego_is_whole(const sim_episode *e, int k) {
  const double of[] = {e->ego_x_m[k],       e->ego_y_m[k],      e->ego_yaw_rad[k],
                       e->ego_ahead_mps[k], e->ego_left_mps[k], e->ego_ahead_mps2[k],
                       e->ego_left_mps2[k], e->ego_yaw_radps[k]};
  double sum = 0; // of what isn't finite it isn't either
  for (size_t i = 0; i < sizeof of / sizeof *of; i++)
    sum += of[i] * 0;
  return sum == 0;
}

static bool is_whole(const sim_episode *e) {
  for (int k = 0; k < e->count; k++) {
    if (!ego_is_whole(e, k))
      return false;
    size_t row = sim_episode_row(e, k);
    double sum = 0;
    for (size_t at = row; at < row + (size_t)e->actor_count; at++)
      if (e->actor_marks[at] & SIM_ACTOR_HERE)
        sum += e->actor_x_m[at] * 0 + e->actor_y_m[at] * 0 +
               (double)(e->actor_x_mps[at] * 0 + e->actor_y_mps[at] * 0);
    if (!(sum == 0))
      return false;
  }
  return true;
}

status sim_scores_run(sim_scores *s, const sim_episode *e, trouble *why) {
  const sim_episode_def *room = &s->def, *d = &e->def;
  if (d->frames > room->frames || d->actors > room->actors || d->objects > room->objects ||
      d->plan_points > room->plan_points)
    return trouble_set(why, STATUS_RANGE,
                       "scores: a record of %d frames, %d actors and %d objects is larger than "
                       "these were made for",
                       d->frames, d->actors, d->objects);
  if (e->count < 1 || e->surveyed != e->count || !(e->step_s > 0))
    return trouble_set(why, STATUS_RANGE,
                       "scores: %d of the record's %d frames are surveyed; call "
                       "sim_episode_survey() once all are there",
                       e->surveyed, e->count);
  s->whole = is_whole(e);
  sim_score_ego_fill(&s->ego, e);
  sim_contacts_find(&s->contacts, e, &s->ego);
  sim_comfort_nuplan(&s->comfort, e, &s->ego);
  sim_nuplan_score(&s->nuplan_like, e, &s->ego, &s->contacts, &s->comfort);
  sim_navsim_score(&s->navsim, e, &s->ego, &s->contacts);
  sim_carla_score(&s->carla, e, &s->ego, &s->contacts);
  sim_criticality_score(&s->criticality, e, &s->ego, &s->contacts);
  sim_r157_score(&s->r157, e, &s->ego, &s->contacts);
  return STATUS_OK;
}

bool sim_score_is_whole(const char *name) {
  static const char *const wholes[] = {"nuplan_like",  "navsim.pdms",      "navsim.epdms",
                                       "carla.ds_1_0", "carla.ds_2_0",     "carla.ds_2_1",
                                       "contacts",     "contacts.at_fault"};
  for (size_t k = 0; k < sizeof wholes / sizeof *wholes; k++)
    if (strcmp(name, wholes[k]) == 0)
      return true;
  return false;
}

static int count_faults(const sim_contacts *contacts) {
  int count = 0;
  for (int i = 0; i < contacts->count; i++)
    count += contacts->all[i].first && contacts->all[i].at_fault;
  return count;
}

static int count_first(const sim_contacts *contacts) {
  int count = 0;
  for (int i = 0; i < contacts->count; i++)
    count += contacts->all[i].first;
  return count;
}

int sim_scores_values(const sim_scores *s, sim_score_value out[SIM_SCORE_VALUES]) {
  static const char *const NAVSIM[SIM_NAVSIM_PARTS] = {
      "navsim.pdms", "navsim.epdms", "navsim.nc",  "navsim.dac", "navsim.ddc",
      "navsim.tlc",  "navsim.ep",    "navsim.ep2", "navsim.ttc", "navsim.ttc2",
      "navsim.lk",   "navsim.c",     "navsim.hc",  "navsim.ec"};
  static const char *const COMFORT[SIM_COMFORT_PARTS] = {
      "comfort.lon_accel_mps2", "comfort.lat_accel_mps2", "comfort.jerk_mps3",
      "comfort.lon_jerk_mps3",  "comfort.yaw_rate_radps", "comfort.yaw_accel_radps2"};
  static const char *const CARLA[SIM_CARLA_INFRACTIONS] = {
      "carla.collisions_pedestrian",   "carla.collisions_vehicle",
      "carla.collisions_layout",       "carla.red_light",
      "carla.stop_infraction",         "carla.scenario_timeouts",
      "carla.yield_emergency_vehicle", "carla.min_speed"};
  int n = 0;
#define PUT(label, number)                                                                         \
  out[n++] = (sim_score_value) {                                                                   \
    label, (double)(number)                                                                        \
  }
  const sim_nuplan_like *p = &s->nuplan_like;
  PUT("nuplan_like", p->score);
  PUT("nuplan_like.nc", p->nc);
  PUT("nuplan_like.dac", p->dac);
  PUT("nuplan_like.mp", p->mp);
  PUT("nuplan_like.ddc", p->ddc);
  PUT("nuplan_like.ep", p->ep);
  PUT("nuplan_like.ttc", p->ttc);
  PUT("nuplan_like.sl", p->sl);
  PUT("nuplan_like.c", p->c);
  PUT("nuplan_like.progress_m", p->progress_m);
  PUT("nuplan_like.reference_m", p->reference_m);
  PUT("contacts", count_first(&s->contacts));
  PUT("contacts.at_fault", count_faults(&s->contacts));
  for (int i = 0; i < SIM_COMFORT_PARTS; i++)
    PUT(COMFORT[i], s->comfort.worst[i]);
  PUT("navsim.windows", s->navsim.windows);
  for (int i = 0; i < SIM_NAVSIM_PARTS; i++)
    PUT(NAVSIM[i], s->navsim.mean[i]);
  const sim_carla *a = &s->carla;
  PUT("carla.ds_1_0", a->ds_1_0);
  PUT("carla.ds_2_0", a->ds_2_0);
  PUT("carla.ds_2_1", a->ds_2_1);
  PUT("carla.rc", a->rc);
  PUT("carla.outside", a->outside);
  PUT("carla.completed", a->completed);
  PUT("carla.deviated", a->deviated);
  PUT("carla.blocked", a->blocked);
  for (int i = 0; i < SIM_CARLA_INFRACTIONS; i++)
    PUT(CARLA[i], a->count[i]);
  const sim_criticality *c = &s->criticality;
  PUT("criticality.ttc_s", c->ttc_s);
  PUT("criticality.ttc_swept_s", c->ttc_swept_s);
  PUT("criticality.tet_s", c->tet_s);
  PUT("criticality.tit_s2", c->tit_s2);
  PUT("criticality.drac_mps2", c->drac_mps2);
  PUT("criticality.thw_s", c->thw_s);
  PUT("criticality.btn", c->btn);
  PUT("criticality.pet_s", c->pet_s);
  PUT("criticality.rss_unsafe_s", c->rss_unsafe_s);
  PUT("criticality.delta_v_mps", c->delta_v_mps);
  PUT("r157.cases", s->r157.count);
  PUT("r157.preventable", s->r157.preventable);
#undef PUT
  for (int k = 0; k < n && !s->whole; k++)
    out[k].value = NAN;
  return n;
}
