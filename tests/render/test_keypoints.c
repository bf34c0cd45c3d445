// SPDX-License-Identifier: Apache-2.0
// labels: unit
// links: embree
// Joints of people: in the mesh that is drawn, left where left is, and seen in pictures.
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/asset.h"
#include "render/asset_person.h"
#include "render/asset_vehicle.h"
#include "render/keypoints.h"
#include "render/renderer.h"
#include "scenes/script.h"
#include "sim/world.h"
#include "with_embree.h"

static const char *const names[KEYPOINT_COUNT] = {
#define X(NAME, name, ...) name,
    KEYPOINTS(X)
#undef X
};
static const int other_side[KEYPOINT_COUNT] = {
#define X(NAME, name, OTHER) KEYPOINT_##OTHER,
    KEYPOINTS(X)
#undef X
};

static f3 at(const mesh *m, int joint) {
  const float *p = m->keypoints[joint];
  return f3_of(p[0], p[1], p[2]);
}

// Ericson's closest point on a triangle (Real-Time Collision Detection, 5.1.5), as a distance.
static double from_triangle(f3 p, f3 a, f3 b, f3 c) {
  f3 ab = f3_sub(b, a), ac = f3_sub(c, a), ap = f3_sub(p, a);
  float d1 = f3_dot(ab, ap), d2 = f3_dot(ac, ap);
  if (d1 <= 0 && d2 <= 0)
    return (double)f3_length(ap);
  f3 bp = f3_sub(p, b);
  float d3 = f3_dot(ab, bp), d4 = f3_dot(ac, bp);
  if (d3 >= 0 && d4 <= d3)
    return (double)f3_length(bp);
  float vc = d1 * d4 - d3 * d2;
  if (vc <= 0 && d1 >= 0 && d3 <= 0)
    return (double)f3_length(f3_sub(ap, f3_scale(ab, d1 / (d1 - d3))));
  f3 cp = f3_sub(p, c);
  float d5 = f3_dot(ab, cp), d6 = f3_dot(ac, cp);
  if (d6 >= 0 && d5 <= d6)
    return (double)f3_length(cp);
  float vb = d5 * d2 - d1 * d6;
  if (vb <= 0 && d2 >= 0 && d6 <= 0)
    return (double)f3_length(f3_sub(ap, f3_scale(ac, d2 / (d2 - d6))));
  float va = d3 * d6 - d5 * d4;
  if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) {
    float w = (d4 - d3) / (d4 - d3 + d5 - d6);
    return (double)f3_length(f3_sub(bp, f3_scale(f3_sub(c, b), w)));
  }
  float sum = va + vb + vc;
  return (double)f3_length(f3_sub(ap, f3_add(f3_scale(ab, vb / sum), f3_scale(ac, vc / sum))));
}

// Turns that the mesh makes around a point: near 0 outside, near 1 or more inside (van Oosterom
// and Strackee's solid angles).
static double winding(const mesh *m, f3 p) {
  double sum = 0;
  for (int t = 0; t < m->triangle_count; t++) {
    f3 v[3];
    float l[3];
    for (int k = 0; k < 3; k++) {
      const float *q = m->vertices[m->indices[3 * t + k]].p;
      v[k] = f3_sub(f3_of(q[0], q[1], q[2]), p);
      l[k] = f3_length(v[k]);
    }
    double top = (double)f3_dot(v[0], f3_cross(v[1], v[2]));
    double bottom = (double)(l[0] * l[1] * l[2] + f3_dot(v[0], v[1]) * l[2] +
                             f3_dot(v[0], v[2]) * l[1] + f3_dot(v[1], v[2]) * l[0]);
    sum += 2 * atan2(top, bottom);
  }
  return sum / (4 * 3.14159265358979323846);
}

static double from_mesh(const mesh *m, f3 p) {
  double least = INFINITY;
  for (int t = 0; t < m->triangle_count; t++) {
    f3 v[3];
    for (int k = 0; k < 3; k++) {
      const float *q = m->vertices[m->indices[3 * t + k]].p;
      v[k] = f3_of(q[0], q[1], q[2]);
    }
    least = fmin(least, from_triangle(p, v[0], v[1], v[2]));
  }
  return least;
}

typedef void check(const char *what, int variant, int phase, const mesh *m);

static const struct {
  thing_kind kind;
  const char *name;
  int variants;
} families[] = {{THING_PERSON, "person", PERSON_VARIANTS},
                {THING_WHEELCHAIR, "wheelchair", WHEELCHAIR_VARIANTS},
                {THING_BICYCLE, "bicycle", CYCLE_VARIANTS},
                {THING_MOTORCYCLE, "motorcycle", CYCLE_VARIANTS}};

static void for_all(check *what) {
  for (size_t f = 0; f < sizeof families / sizeof *families; f++)
    for (int variant = 0; variant < families[f].variants; variant++) {
      bool repeats = families[f].kind == THING_PERSON && variant >= PERSON_SHAPES;
      if (repeats && variant % 7) // each load with some of the shapes
        continue;
      mesh all[ASSET_PHASE_LIMIT] = {0};
      trouble why = {0};
      if (asset_build(families[f].kind, variant, all, &why))
        fail_msg("%s", why.text);
      for (int phase = 0; phase < ASSET_PHASE_LIMIT; phase++) {
        if (phase < asset_phase_count(families[f].kind))
          what(families[f].name, variant, phase, &all[phase]);
        mesh_free(&all[phase]);
      }
    }
}

static void in_body(const char *what, int variant, int phase, const mesh *m) {
  const double near_m = 0.05;
  assert_true(m->has_keypoints);
  for (int i = 0; i < KEYPOINT_COUNT; i++) {
    double away = from_mesh(m, at(m, i)), turns = winding(m, at(m, i));
    if (turns < 0.5 && away > near_m)
      fail_msg("%s %d phase %d: its %s is %.3f m outside of it", what, variant, phase, names[i],
               away);
  }
}

static void joints_are_in_the_body(void **state) {
  (void)state;
  for_all(in_body);
}

// A limb's joint is near its skin, which being somewhere inside the trunk is not.
static void near_skin(const char *what, int variant, int phase, const mesh *m) {
  static const struct {
    int joint;
    double most_m;
  } limbs[] = {
      {KEYPOINT_NOSE, 0.005},       {KEYPOINT_LEFT_EYE, 0.02},    {KEYPOINT_RIGHT_EYE, 0.02},
      {KEYPOINT_LEFT_EAR, 0.03},    {KEYPOINT_RIGHT_EAR, 0.03},   {KEYPOINT_LEFT_ELBOW, 0.06},
      {KEYPOINT_LEFT_WRIST, 0.045}, {KEYPOINT_RIGHT_ELBOW, 0.06}, {KEYPOINT_RIGHT_WRIST, 0.045},
      {KEYPOINT_LEFT_KNEE, 0.085},  {KEYPOINT_RIGHT_KNEE, 0.085}, {KEYPOINT_LEFT_ANKLE, 0.07},
      {KEYPOINT_RIGHT_ANKLE, 0.07}};
  for (size_t i = 0; i < sizeof limbs / sizeof *limbs; i++) {
    double away = from_mesh(m, at(m, limbs[i].joint));
    if (away > limbs[i].most_m)
      fail_msg("%s %d phase %d: its %s is %.3f m from the skin", what, variant, phase,
               names[limbs[i].joint], away);
  }
}

static void joints_of_limbs_are_under_their_skin(void **state) {
  (void)state;
  for_all(near_skin);
}

static void in_order(const char *what, int variant, int phase, const mesh *m) {
  for (int i = 0; i < KEYPOINT_COUNT; i++)
    if (strncmp(names[i], "left", 4) == 0 && at(m, i).y <= at(m, other_side[i]).y)
      fail_msg("%s %d phase %d: %s at y = %g isn't left of %s at %g", what, variant, phase,
               names[i], (double)at(m, i).y, names[other_side[i]], (double)at(m, other_side[i]).y);
  f3 nose = at(m, KEYPOINT_NOSE), ear = at(m, KEYPOINT_LEFT_EAR), eye = at(m, KEYPOINT_LEFT_EYE);
  if (!(nose.x > eye.x && eye.x > ear.x && eye.z > nose.z))
    fail_msg("%s %d phase %d: the face looks elsewhere", what, variant, phase);
  static const int down[] = {KEYPOINT_LEFT_EYE, KEYPOINT_LEFT_SHOULDER, KEYPOINT_LEFT_HIP,
                             KEYPOINT_LEFT_ANKLE};
  for (int i = 0; i < 3; i++)
    for (int side = 0; side < 2; side++)
      assert_true(at(m, down[i] + side).z > at(m, down[i + 1] + side).z);
}

static void left_is_left_and_up_is_up(void **state) {
  (void)state;
  for_all(in_order);
}

static void half_a_cycle_later_the_sides_are_swapped(void **state) {
  (void)state;
  for (int variant = 0; variant < PERSON_VARIANTS; variant++) {
    mesh all[ASSET_PHASE_LIMIT] = {0};
    trouble why = {0};
    person_shape who = person_shape_of(variant);
    if (who.leash || who.hold == HOLD_STICK || who.hold == HOLD_UMBRELLA)
      continue; // one hand does something else
    assert_int_equal(asset_build(THING_PERSON, variant, all, &why), STATUS_OK);
    double moved = 0;
    for (int phase = 0; phase < 8; phase++) {
      const mesh *m = &all[phase], *n = &all[(phase + 4) % 8];
      f3 hips = f3_mix(at(m, KEYPOINT_LEFT_HIP), at(m, KEYPOINT_RIGHT_HIP), 0.5f);
      for (int i = 0; i < KEYPOINT_COUNT; i++) {
        f3 a = f3_sub(at(m, i), hips), b = f3_sub(at(n, other_side[i]), hips);
        double off = hypot(hypot((double)(a.x - b.x), (double)(a.y + b.y)), (double)(a.z - b.z));
        if (off > 0.01)
          fail_msg("person %d: %s in phase %d and %s in %d are %.3f m from mirrored", variant,
                   names[i], phase, names[other_side[i]], (phase + 4) % 8, off);
        moved = fmax(moved, (double)f3_length(f3_sub(at(m, i), at(n, i))));
      }
    }
    if (moved < 0.3)
      fail_msg("person %d: no joint moves by more than %.3f m in half a cycle", variant, moved);
    for (int phase = 0; phase < ASSET_PHASE_LIMIT; phase++)
      mesh_free(&all[phase]);
  }
}

// Pictures -----------------------------------------------------------------------------------

static const char town[] =
    "return scene { duration_s = 2, frame_hz = 10, weather = clear {}, time_of_day_h = 11,\n"
    "  road = grid_city { blocks = {2, 2}, block_m = 90, signals = 1 },\n"
    "  traffic = { vehicles_per_km = 20 }, pedestrians = { per_km = 120 },\n"
    "  ego = { rig = { name = 'test', cameras = {\n"
    "    { name = 'front', width_px = 480, height_px = 300, position_m = {1.7, 0, 1.5} },\n"
    "    { name = 'left', width_px = 301, height_px = 203, position_m = {1.0, 0.5, 1.6},\n"
    "      yaw_deg = 60, readout_s = 0.03 } } } } }\n";

typedef struct look {
  device *dev;
  renderer *r;
  stage *st; // the same scene again, to read what the renderer traces
  script *s;
  scene *built;
  sim_world *world;
  sim_snapshot now;
  frame f;
} look;

static void look_open(look *l, uint64_t seed, int frames) {
  trouble why = {0};
  memset(l, 0, sizeof *l);
  if (device_open(&l->dev, NULL, &why) || renderer_create(&l->r, l->dev, &why) ||
      stage_create(&l->st, l->dev, &why) ||
      script_open_text(&l->s, "test.lua", town, NULL, LIBRARY_DIR, NULL, 0, &why) ||
      script_build(l->s, seed, 0, &l->built, &why) || renderer_set_scene(l->r, l->built, &why) ||
      stage_set_scene(l->st, l->built, &why) || sim_world_create(&l->world, l->built, &why))
    fail_msg("%s", why.text);
  for (int i = 0; i < frames; i++)
    if (sim_world_next_frame(l->world, &l->now, &why))
      fail_msg("%s", why.text);
  if (renderer_frame(l->r, &l->now, &l->f, &why) || stage_set_frame(l->st, &l->now, &why))
    fail_msg("%s", why.text);
}

static void look_close(look *l) {
  sim_snapshot_free(&l->now);
  sim_world_destroy(l->world);
  scene_destroy(l->built);
  script_close(l->s);
  stage_destroy(l->st);
  renderer_destroy(l->r);
  device_close(l->dev);
}

// What Embree meets on the way from a camera's place to a joint, dx and dy pixels beside it, and
// how far before the joint, along the camera's axis; at the time u of the interval.
static uint32_t embree_towards(const look *l, const embree_town *e, const camera_def *def,
                               const stage_target *t, int joint, double u, double dx, double dy,
                               double *before_m) {
  pose eye = pose_multiply(pose_between(l->f.ego_begin, l->f.ego_end, u), def->mount);
  const float *own = t->keypoints[joint];
  vec3 to = pose_apply(pose_between(t->begin, t->end, u),
                       (vec3){(double)own[0], (double)own[1], (double)own[2]});
  double depth = pose_apply(pose_inverse(eye), to).z;
  vec3 beside = {dx * depth / def->fx_px, dy * depth / def->fy_px, 0};
  vec3 d = vec3_sub(vec3_add(to, quat_rotate(eye.q, beside)), eye.p_m);
  struct RTCIntersectContext context;
  rtcInitIntersectContext(&context);
  struct RTCRayHit r;
  memset(&r, 0, sizeof r);
  r.ray.org_x = (float)eye.p_m.x, r.ray.org_y = (float)eye.p_m.y, r.ray.org_z = (float)eye.p_m.z;
  r.ray.dir_x = (float)d.x, r.ray.dir_y = (float)d.y, r.ray.dir_z = (float)d.z;
  r.ray.time = (float)u, r.ray.tfar = 1e7f, r.ray.mask = ~0u;
  for (;;) {
    r.hit.geomID = r.hit.instID[0] = RTC_INVALID_GEOMETRY_ID;
    rtcIntersect1(e->top, &context, &r);
    if (r.hit.geomID == RTC_INVALID_GEOMETRY_ID || r.hit.instID[0] != stage_traced(l->st)->skip)
      break;
    r.ray.tnear = r.ray.tfar * 1.00001f + 1e-4f;
    r.ray.tfar = 1e7f;
  }
  if (r.hit.geomID == RTC_INVALID_GEOMETRY_ID)
    return 0;
  *before_m = depth * (1 - (double)r.ray.tfar);
  return stage_top(l->st)->instances[r.hit.instID[0]].id;
}

static const stage_target *target_of(const look *l, uint32_t id) {
  int count;
  const stage_target *all = stage_targets(l->st, &count);
  for (int i = 0; i < count; i++)
    if (all[i].id == id)
      return &all[i];
  fail_msg("id %u has joints but no box", id);
  return NULL;
}

typedef struct tally {
  int seen[3], wrong;
} tally;

// Of one person in one camera: places by the closed form, visibility by Embree.
static void check_person(const look *l, const embree_town *e, const frame_keypoints2d *joints,
                         tally *sum) {
  const camera_def *def = &l->built->rig.cameras[joints->camera];
  const stage_target *t = target_of(l, joints->id);
  double interval = (double)l->f.duration_ns * 1e-9;
  for (int i = 0; i < KEYPOINT_COUNT; i++) {
    double x = (double)joints->px[i][0], y = (double)joints->px[i][1];
    sum->seen[joints->visibility[i]]++;
    if (joints->visibility[i] == KEYPOINT_OUTSIDE) {
      assert_true(x == 0 && y == 0);
      continue;
    }
    double u = def->readout_s / interval * y / def->height_px;
    pose eye = pose_multiply(pose_between(l->f.ego_begin, l->f.ego_end, u), def->mount);
    const float *own = t->keypoints[i];
    vec3 p = pose_apply(pose_inverse(eye),
                        pose_apply(pose_between(t->begin, t->end, u),
                                   (vec3){(double)own[0], (double)own[1], (double)own[2]}));
    double off =
        hypot(def->fx_px * p.x / p.z + def->cx_px - x, def->fy_px * p.y / p.z + def->cy_px - y);
    if (off > 0.02)
      fail_msg("%s of %u is %.3f px from where its row sees it", names[i], joints->id, off);
    bool visible = joints->visibility[i] == KEYPOINT_VISIBLE, agrees = false;
    for (int k = 0; k < 9 && !agrees; k++) { // pixels know no edge better than half their size
      double before = 0, dx = 0.5 * (k % 3 - 1), dy = 0.5 * (k / 3 - 1);
      uint32_t id = embree_towards(l, e, def, t, i, u, dx, dy, &before);
      agrees = visible == (id == joints->id && before <= (double)KEYPOINT_UNDER_M[i]);
    }
    sum->wrong += !agrees;
  }
}

static void cameras_see_joints_where_they_are_and_hidden_ones_as_hidden(void **state) {
  (void)state;
  tally sum = {0};
  for (uint64_t seed = 1; seed <= 3; seed++) {
    look l;
    look_open(&l, seed, 12);
    embree_town e;
    embree_create(&e, stage_geometry(l.st), stage_top(l.st), true);
    for (int i = 0; i < l.f.keypoints2d_count; i++)
      check_person(&l, &e, &l.f.keypoints2d[i], &sum);
    int boxes = 0;
    for (int i = 0; i < l.f.box2d_count; i++)
      boxes += l.f.boxes2d[i].kind == THING_PERSON || l.f.boxes2d[i].kind == THING_WHEELCHAIR ||
               l.f.boxes2d[i].kind == THING_BICYCLE || l.f.boxes2d[i].kind == THING_MOTORCYCLE;
    assert_int_equal(boxes, l.f.keypoints2d_count);
    embree_destroy(&e);
    look_close(&l);
  }
  int all = sum.seen[1] + sum.seen[2];
  printf("joints: %d outside, %d hidden, %d visible; %d seen otherwise by a ray to the joint\n",
         sum.seen[0], sum.seen[1], sum.seen[2], sum.wrong);
  assert_true(sum.seen[0] > 5 && sum.seen[1] > 50 && sum.seen[2] > 100);
  if (sum.wrong > all / 200)
    fail_msg("%d of %d joints are seen otherwise", sum.wrong, all);
}

static void joints_in_the_world_are_those_of_the_boxes(void **state) {
  (void)state;
  look l;
  look_open(&l, 4, 12);
  assert_true(l.f.keypoints3d_count > 5);
  int people = 0;
  for (int i = 0; i < l.f.box3d_count; i++) {
    const frame_box3d *box = &l.f.boxes3d[i];
    if (box->kind != THING_PERSON)
      continue;
    const frame_keypoints3d *joints = NULL;
    for (int k = 0; k < l.f.keypoints3d_count; k++)
      if (l.f.keypoints3d[k].id == box->id)
        joints = &l.f.keypoints3d[k];
    assert_non_null(joints);
    people++;
    for (int k = 0; k < KEYPOINT_COUNT; k++) {
      const double *w = joints->world_m[k];
      vec3 own = pose_apply(pose_inverse(box->centre), (vec3){w[0], w[1], w[2]});
      if (fabs(own.x) > box->size_m[0] / 2 || fabs(own.y) > box->size_m[1] / 2 ||
          fabs(own.z) > box->size_m[2] / 2)
        fail_msg("%s of %u is at %.2f %.2f %.2f of a box of %.2f x %.2f x %.2f m", names[k],
                 box->id, own.x, own.y, own.z, box->size_m[0], box->size_m[1], box->size_m[2]);
    }
  }
  assert_true(people > 5);
  look_close(&l);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(joints_are_in_the_body),
      cmocka_unit_test(joints_of_limbs_are_under_their_skin),
      cmocka_unit_test(left_is_left_and_up_is_up),
      cmocka_unit_test(half_a_cycle_later_the_sides_are_swapped),
      cmocka_unit_test(cameras_see_joints_where_they_are_and_hidden_ones_as_hidden),
      cmocka_unit_test(joints_in_the_world_are_those_of_the_boxes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
