// SPDX-License-Identifier: Apache-2.0
#include "with_crowd.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "scenes/person.h"
#include "with_checks.h"

void crowd_body(const sim_actor *a, double *radius_m, double *half_m) {
  bool umbrella = a->kind == THING_PERSON && a->asset_seed & PERSON_HAS_UMBRELLA;
  *radius_m = 0.126 * (a->size_m[2] - (umbrella ? PERSON_UMBRELLA_RISE_M : 0));
  *half_m = 0;
  if (a->kind == THING_PERSON)
    return;
  // Of its box what is solid for sure: prams' handles and dogs' noses and tails give way.
  *radius_m = a->size_m[1] / 2;
  *half_m = fmax(0, 0.75 * a->size_m[0] / 2 - *radius_m);
  if (a->kind == THING_DOG)
    *half_m = fmax(0, 0.24 * a->size_m[0] - *radius_m);
}

static void found(crowd_report *r, int *count, const sim_snapshot *shot, const char *what,
                  const sim_actor *a, thing_kind kind, uint32_t other, double depth_m) {
  (*count)++;
  if (!r->first[0])
    snprintf(r->first, sizeof r->first,
             "%.2f s: person %u %s of kind %d, %u, by %.2f m near (%.2f, %.2f)",
             (double)shot->time_ns * 1e-9, a->id, what, (int)kind, other, depth_m, a->begin.p_m.x,
             a->begin.p_m.y);
}

// How far two bodies press into each other, below 0 when they are apart.
static double overlap(const sim_actor *a, const sim_actor *b) {
  double ra, rb, ha, hb, deepest = -INFINITY;
  crowd_body(a, &ra, &ha);
  crowd_body(b, &rb, &hb);
  for (int i = ha > 0 ? -1 : 0; i <= (ha > 0 ? 1 : 0); i += 2)
    for (int k = hb > 0 ? -1 : 0; k <= (hb > 0 ? 1 : 0); k += 2) {
      vec3 p = pose_apply(a->begin, (vec3){a->centre_m[0] + i * ha, 0, 0});
      vec3 q = pose_apply(b->begin, (vec3){b->centre_m[0] + k * hb, 0, 0});
      if (fabs(p.z - q.z) < 1.5)
        deepest = fmax(deepest, ra + rb - hypot(p.x - q.x, p.y - q.y));
    }
  return deepest;
}

// Radius of what stands in the way like a post; 0 for what has a box, below 0 for what people
// may be under or beside without harm.
static double post_radius(const scene_thing *t) {
  switch (t->kind) {
  case THING_TREE:
    return 0.1; // at least
  case THING_LAMP:
  case THING_POLE:
  case THING_BUS_STOP:
    return 0.06;
  case THING_SIGNAL:
  case THING_WALK_SIGNAL:
  case THING_SIGN:
  case THING_BUSH:
  case THING_BILLBOARD:
    return -1;
  default:
    return 0;
  }
}

static void check_things(const scene *s, const sim_snapshot *shot, const sim_actor *a,
                         crowd_report *r) {
  double radius, half;
  crowd_body(a, &radius, &half);
  for (int i = 0; i < s->thing_count; i++) {
    const scene_thing *t = &s->things[i];
    double dx = a->begin.p_m.x - t->at.p_m.x, dy = a->begin.p_m.y - t->at.p_m.y;
    double reach = (t->size_m[0] + t->size_m[1]) / 2 + 1;
    if (fabs(dx) > reach || fabs(dy) > reach || fabs(a->begin.p_m.z - t->at.p_m.z) > 2)
      continue;
    double post = post_radius(t);
    if (post > 0) {
      double depth = radius + post - hypot(dx, dy);
      if (depth > CROWD_BRUSH_M)
        found(r, &r->in_things, shot, "is in a post", a, t->kind, t->id, depth);
      continue;
    }
    vec3 in = pose_apply(pose_inverse(t->at), a->begin.p_m);
    double depth = fmin(t->size_m[0] / 2 - fabs(in.x), t->size_m[1] / 2 - fabs(in.y)) + radius / 2;
    if (post == 0 && depth > CROWD_BRUSH_M)
      found(r, &r->in_things, shot, "is in a box", a, t->kind, t->id, depth);
  }
}

void crowd_check(const scene *s, const sim_snapshot *shot, crowd_report *r) {
  for (int i = 0; i < shot->actor_count; i++) {
    const sim_actor *a = &shot->actors[i];
    if (!thing_walks(a->kind))
      continue;
    r->person_frames++;
    r->walked_m += vec3_length(vec3_sub(a->end.p_m, a->begin.p_m));
    check_things(s, shot, a, r);
    for (int k = 0; k < shot->actor_count; k++) {
      const sim_actor *b = &shot->actors[k];
      if (fabs(a->begin.p_m.x - b->begin.p_m.x) > 20 || fabs(a->begin.p_m.y - b->begin.p_m.y) > 20)
        continue;
      if (!thing_walks(b->kind)) {
        if (fabs(a->begin.p_m.z - b->begin.p_m.z) < 2 &&
            check_point_in_box(b, a->begin.p_m.x, a->begin.p_m.y, -0.02))
          found(r, &r->in_vehicles, shot, "is in a vehicle", a, b->kind, b->id, 0);
        continue;
      }
      double depth = k > i ? overlap(a, b) : 0;
      r->deepest_m = fmax(r->deepest_m, depth);
      if (depth > CROWD_BRUSH_M)
        found(r, &r->overlaps, shot, "overlaps one", a, b->kind, b->id, depth);
    }
  }
}

void crowd_check_scene(const scene *s, double seconds, crowd_report *report) {
  sim_world *world = NULL;
  sim_snapshot shot = {0};
  trouble why;
  *report = (crowd_report){0};
  if (sim_world_create(&world, s, &why) != STATUS_OK) {
    report->overlaps++;
    snprintf(report->first, sizeof report->first, "%.200s", why.text);
    return;
  }
  double *stands = calloc((size_t)s->id_count + 1, sizeof *stands);
  long frames = lround(seconds * s->frame_hz);
  for (long frame = 0; frame < frames; frame++) {
    sim_world_next_frame(world, &shot, &why);
    if (shot.time_ns >= 1000000000)
      crowd_check(s, &shot, report);
    for (int i = 0; i < shot.actor_count && stands; i++) {
      const sim_actor *a = &shot.actors[i];
      if (!thing_walks(a->kind))
        continue;
      double v = hypot(a->velocity_mps.x, a->velocity_mps.y);
      stands[a->id] = v < 0.05 ? stands[a->id] + 1 / s->frame_hz : 0;
      report->longest_stand_s = fmax(report->longest_stand_s, stands[a->id]);
    }
  }
  free(stands);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
}
