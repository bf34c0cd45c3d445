// SPDX-License-Identifier: Apache-2.0
#include "with_checks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/road_ends.h"
#include "with_stands.h"

typedef struct box {
  double x, y, ux, uy, half_l, half_w; // u: unit vector ahead
} box;

static box box_of(const sim_actor *a, double grow_m) {
  vec3 c = pose_apply(a->begin, (vec3){a->centre_m[0], a->centre_m[1], 0});
  double yaw = quat_yaw(a->begin.q);
  return (box){c.x, c.y, cos(yaw), sin(yaw), a->size_m[0] / 2 + grow_m, a->size_m[1] / 2 + grow_m};
}

// Separating axes: two of each box.
static bool apart_along(const box *a, const box *b, double nx, double ny) {
  double reach_a =
      a->half_l * fabs(a->ux * nx + a->uy * ny) + a->half_w * fabs(-a->uy * nx + a->ux * ny);
  double reach_b =
      b->half_l * fabs(b->ux * nx + b->uy * ny) + b->half_w * fabs(-b->uy * nx + b->ux * ny);
  return fabs((b->x - a->x) * nx + (b->y - a->y) * ny) > reach_a + reach_b;
}

bool check_boxes_meet(const sim_actor *a, const sim_actor *b, double shrink_m) {
  // One may pass over the other on a bridge.
  if (fabs(a->begin.p_m.z - b->begin.p_m.z) > fmax(a->size_m[2], b->size_m[2]))
    return false;
  box p = box_of(a, -shrink_m), q = box_of(b, -shrink_m);
  if (hypot(p.x - q.x, p.y - q.y) > p.half_l + p.half_w + q.half_l + q.half_w)
    return false;
  return !apart_along(&p, &q, p.ux, p.uy) && !apart_along(&p, &q, -p.uy, p.ux) &&
         !apart_along(&p, &q, q.ux, q.uy) && !apart_along(&p, &q, -q.uy, q.ux);
}

bool check_point_in_box(const sim_actor *a, double x_m, double y_m, double grow_m) {
  box p = box_of(a, grow_m);
  double dx = x_m - p.x, dy = y_m - p.y;
  return fabs(dx * p.ux + dy * p.uy) < p.half_l && fabs(dy * p.ux - dx * p.uy) < p.half_w;
}

static void found(check_report *report, int *count, const sim_snapshot *shot, const char *what,
                  const sim_actor *a, const sim_actor *b) {
  (*count)++;
  if (report->first[0])
    return;
  snprintf(report->first, sizeof report->first,
           "%.2f s: %s: %u (lane %d at %.1f m, %.1f m/s) and %u (lane %d at %.1f m, %.1f m/s) "
           "near (%.1f, %.1f)",
           (double)shot->time_ns * 1e-9, what, a->id, a->lane, a->lane_s_m, a->speed_mps,
           b ? b->id : 0, b ? b->lane : 0, b ? b->lane_s_m : 0, b ? b->speed_mps : 0,
           a->begin.p_m.x, a->begin.p_m.y);
}

void check_snapshot(const sim_snapshot *shot, check_report *report) {
  for (int i = 0; i < shot->actor_count; i++) {
    const sim_actor *a = &shot->actors[i];
    double sum = a->begin.p_m.x + a->begin.p_m.y + a->begin.p_m.z + a->end.p_m.x + a->end.q.w +
                 a->speed_mps + a->steer_rad + a->wheel_rad + a->gait + a->velocity_mps.x;
    if (!isfinite(sum))
      found(report, &report->bad_numbers, shot, "not finite", a, NULL);
    double way = vec3_length(vec3_sub(a->end.p_m, a->begin.p_m));
    if (way > 60 * (double)shot->duration_ns * 1e-9)
      found(report, &report->jumps, shot, "jumps", a, NULL);
    if (thing_walks(a->kind))
      continue;
    report->vehicle_frames++;
    for (int j = i + 1; j < shot->actor_count; j++) {
      const sim_actor *b = &shot->actors[j];
      bool breaker = (a->flags | b->flags) & ACTOR_BREAKS_ANY;
      bool meet = !thing_walks(b->kind) && a->tows != b->id && check_boxes_meet(a, b, 0.05);
      bool hit = thing_walks(b->kind) && a->speed_mps > 0.3 &&
                 check_point_in_box(a, b->begin.p_m.x, b->begin.p_m.y, 0.1);
      report->breakers_overlaps += meet && breaker;
      report->breakers_hits += hit && breaker;
      if (meet && !breaker)
        found(report, &report->overlaps, shot, "overlap", a, b);
      if (hit && !breaker)
        found(report, &report->hit_people, shot, "hit", a, b);
    }
  }
}

static const sim_actor *same_actor(const sim_snapshot *shot, uint32_t id) {
  for (int i = 0; i < shot->actor_count; i++)
    if (shot->actors[i].id == id)
      return &shot->actors[i];
  return NULL;
}

void check_red_lines(const scene *s, const sim_snapshot *before, const sim_snapshot *now,
                     check_report *report) {
  for (int i = 0; i < before->actor_count; i++) {
    const sim_actor *a = &before->actors[i];
    if (thing_walks(a->kind) || a->towed_by || a->lane == 0)
      continue;
    const lane_path *lane = &s->roads.paths[a->lane - 1];
    const sim_actor *b = same_actor(now, a->id);
    if (!lane->signal || !b || before->signals[lane->signal - 1] != SIGNAL_RED ||
        now->signals[lane->signal - 1] != SIGNAL_RED)
      continue;
    double front = a->lane_s_m + a->size_m[0] / 2;
    double way = vec3_length(vec3_sub(a->end.p_m, a->begin.p_m));
    if (front <= lane->stop_s_m && front + way > lane->stop_s_m + 0.05 && b->lane != 0 &&
        (b->lane != a->lane || b->lane_s_m + a->size_m[0] / 2 > lane->stop_s_m + 0.05)) {
      if (a->flags & ACTOR_BREAKS_RED)
        report->breakers_red_runs++;
      else if (a->flags & ACTOR_SIREN)
        report->siren_red_runs++;
      else
        found(report, &report->red_runs, before, "runs a red light", a, NULL);
    }
  }
}

// Who passes a cyclist may be on the other side meanwhile.
static bool may_pass(const sim_snapshot *shot, const sim_actor *a) {
  for (int i = 0; i < shot->actor_count; i++) {
    const sim_actor *b = &shot->actors[i];
    if (b->kind == THING_BICYCLE && b->lane &&
        hypot(a->begin.p_m.x - b->begin.p_m.x, a->begin.p_m.y - b->begin.p_m.y) < 50)
      return a->kind != THING_BICYCLE;
  }
  return false;
}

// By the reference line alone: lanes' ids and links say nothing here.
void check_sides(const scene *s, const sim_snapshot *shot, check_report *report) {
  const road_network *net = &s->roads;
  for (int i = 0; i < shot->actor_count; i++) {
    const sim_actor *a = &shot->actors[i];
    const lane_path *lane = a->lane ? &net->paths[a->lane - 1] : NULL;
    if (thing_walks(a->kind) || !lane || lane->junction || lane->road < 1 ||
        (a->flags & ACTOR_SIREN)) // may drive over the middle
      continue;
    const road *r = &net->roads[lane->road - 1];
    vec3 middle = pose_apply(a->begin, (vec3){a->centre_m[0], a->centre_m[1], 0});
    double at_s, t;
    road_project(net, r, middle.x, middle.y, &at_s, &t);
    double ahead = cos(quat_yaw(a->begin.q) - road_line_at(net, r, at_s).heading_rad);
    double to_left = (t - road_offset_at(net, r, at_s)) * (ahead > 0 ? 1 : -1);
    if (at_s <= 0 || at_s >= r->length_m || fabs(ahead) < 0.5)
      continue; // half out of the road, or turning
    if ((net->left_hand ? to_left < 0 : to_left > 0) && !may_pass(shot, a))
      found(report, &report->wrong_ways, shot, "on the wrong side", a, NULL);
  }
}

void check_scene(const scene *s, double seconds, check_report *report) {
  sim_world *world = NULL;
  sim_snapshot shots[2] = {0};
  trouble why;
  *report = (check_report){0};
  if (sim_world_create(&world, s, &why) != STATUS_OK) {
    report->bad_numbers++;
    snprintf(report->first, sizeof report->first, "%.200s", why.text);
    return;
  }
  stand_watch stands;
  stands_begin(&stands, s);
  long frames = (long)(seconds * s->frame_hz);
  for (long frame = 0; frame < frames; frame++) {
    sim_snapshot *now = &shots[frame & 1], *before = &shots[~frame & 1];
    sim_world_next_frame(world, now, &why);
    check_snapshot(now, report);
    if (frame % 5 == 0)
      check_sides(s, now, report);
    if (frame > 0)
      check_red_lines(s, before, now, report);
    stands_see(&stands, now);
  }
  report->longest_stand_s = stands.longest_s;
  report->stander = stands.who;
  report->stander_lane = stands.where;
  report->judged_s = stands.judged_s;
  stands_end(&stands);
  sim_snapshot_free(&shots[0]);
  sim_snapshot_free(&shots[1]);
  sim_world_destroy(world);
}
