// SPDX-License-Identifier: Apache-2.0
// labels: slow
// links: embree
// Labels of twenty built scenes: against Embree, against the poses that a reader of the dataset
// has, and against the next frame as it comes.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "render/asset.h"
#include "render/renderer.h"
#include "render/stage.h"
#include "scenes/lens.h"
#include "scenes/script.h"
#include "sim/world.h"
#include "with_embree.h"

enum { W = 160, H = 96, FRAMES = 4, SCENES = 20 };

// A camera with a global shutter, one of a size that is no multiple of a tile, with a rolling
// shutter and a lens that distorts, a fisheye that sees behind itself, and a panorama.
static const char script_text_[] =
    "return scene { duration_s = 2, frame_hz = 10, road = %s,\n"
    "  traffic = { vehicles_per_km = 25, mix = { car = 8, van = 1, truck = 1, bus = 0.5,\n"
    "    motorcycle = 0.5, bicycle = 1, articulated = 2 } }, pedestrians = { per_km = 40 }, "
    "weather = %s,\n"
    "  time_of_day_h = %d,\n"
    "  ego = { rig = { name = 'test', cameras = {\n"
    "    { name = 'front', width_px = 160, height_px = 96, labels = 'all' },\n"
    "    { name = 'left', width_px = 101, height_px = 67, position_m = {1.0, 0.5, 1.6},\n"
    "      yaw_deg = 60, readout_s = 0.03, labels = 'all', lens = 'brown_conrady',\n"
    "      distortion = { -0.25, 0.08, 0.002, -0.001 } },\n"
    "    { name = 'fish', width_px = 80, height_px = 80, yaw_deg = -70, fov_deg = 190,\n"
    "      lens = 'kannala_brandt', distortion = { -0.02, 0.003 }, labels = 'all' },\n"
    "    { name = 'round', width_px = 96, height_px = 48, fov_deg = 360, readout_s = 0.02,\n"
    "      lens = 'equirectangular', position_m = {0.9, 0, 2.2}, labels = 'all' } } } } }\n";

static const char *const roads[] = {
    "grid_city { blocks = {2, 2}, block_m = 90, signals = 1 }",
    "highway { length_m = 700, lanes = 3 }",
    "intersection { arms = 4, arm_m = 90 }",
    "roundabout {}",
    "straight { length_m = 300, sidewalk_m = 2 }",
    "curve {}",
    "rural {}",
    "parking {}",
    "town {}",
    "interchange {}",
};
static const char *const weathers[] = {"clear {}", "rain { rate_mmh = 12 }", "fog {}", "snow {}",
                                       "night {}"};

// A scene with two frames, one after the other, that stay.
typedef struct film {
  device *dev;
  renderer *r;
  stage *st; // the same scene again, to read what the renderer traces
  script *s;
  scene *built;
  sim_world *world;
  sim_snapshot snapshots[2];
  frame frames[2];
} film;

static film reel; // one device and renderer for all scenes

static int open_all(void **state) {
  (void)state;
  trouble why = {0};
  if (device_open(&reel.dev, NULL, &why) || renderer_create(&reel.r, reel.dev, &why) ||
      stage_create(&reel.st, reel.dev, &why)) {
    print_error("%s\n", why.text);
    return -1;
  }
  return 0;
}

static int close_all(void **state) {
  (void)state;
  stage_destroy(reel.st);
  renderer_destroy(reel.r);
  device_close(reel.dev);
  return 0;
}

static void film_text(film *l, const char *text, uint64_t seed) {
  trouble why = {0};
  if (script_open_text(&l->s, "test.lua", text, NULL, LIBRARY_DIR, NULL, 0, &why) ||
      script_build(l->s, seed, 0, &l->built, &why) || renderer_set_scene(l->r, l->built, &why) ||
      stage_set_scene(l->st, l->built, &why) || sim_world_create(&l->world, l->built, &why))
    fail_msg("%s", why.text);
  memset(l->snapshots, 0, sizeof l->snapshots);
  for (int i = 0; i < FRAMES - 2; i++)
    if (sim_world_next_frame(l->world, &l->snapshots[0], &why))
      fail_msg("%s", why.text);
  for (int i = 0; i < 2; i++)
    if (sim_world_next_frame(l->world, &l->snapshots[i], &why) ||
        renderer_frame(l->r, &l->snapshots[i], &l->frames[i], &why))
      fail_msg("%s", why.text);
  if (stage_set_frame(l->st, &l->snapshots[0], &why))
    fail_msg("%s", why.text);
}

static void film_scene(film *l, int number) {
  char text[2048];
  snprintf(text, sizeof text, script_text_, roads[number % 10], weathers[(number * 3 + 1) % 5],
           number % 4 == 3 ? 21 : 9 + number % 8);
  film_text(l, text, 40 + (uint64_t)number);
}

static void drop_scene(film *l) {
  for (int i = 0; i < 2; i++)
    sim_snapshot_free(&l->snapshots[i]);
  sim_world_destroy(l->world);
  renderer_destroy(l->r); // it looks at the scene
  trouble why = {0};
  assert_int_equal(renderer_create(&l->r, l->dev, &why), STATUS_OK);
  stage_destroy(l->st);
  assert_int_equal(stage_create(&l->st, l->dev, &why), STATUS_OK);
  scene_destroy(l->built);
  script_close(l->s);
}

// Embree --------------------------------------------------------------------------

typedef struct embree_hit {
  double range; // 0: nothing
  uint32_t id;
  vec3 normal; // camera frame, towards the camera
} embree_hit;

// Through an image point at its row's time, what is met first beyond a range; the ego isn't seen
// by its own sensors.
static embree_hit embree_beyond(const film *l, const embree_town *e, int camera, double px,
                                double py, double row, double beyond) {
  const frame *f = &l->frames[0];
  const camera_def *def = &l->built->rig.cameras[camera];
  double interval = (double)f->duration_ns * 1e-9;
  double u = fmin(1, def->readout_s / interval) * ((row + 0.5) / def->height_px);
  pose eye = pose_between(pose_multiply(f->ego_begin, def->mount),
                          pose_multiply(f->ego_end, def->mount), u);
  vec3 own;
  if (!lens_unproject(def, px, py, &own))
    return (embree_hit){0};
  own = vec3_unit(own);
  vec3 d = quat_rotate(eye.q, own);
  struct RTCIntersectContext context;
  rtcInitIntersectContext(&context);
  struct RTCRayHit r;
  memset(&r, 0, sizeof r);
  r.ray.org_x = (float)eye.p_m.x, r.ray.org_y = (float)eye.p_m.y, r.ray.org_z = (float)eye.p_m.z;
  r.ray.dir_x = (float)d.x, r.ray.dir_y = (float)d.y, r.ray.dir_z = (float)d.z;
  r.ray.time = (float)u, r.ray.tfar = 1e7f, r.ray.mask = ~0u;
  r.ray.tnear = (float)beyond;
  for (;;) {
    r.hit.geomID = r.hit.instID[0] = RTC_INVALID_GEOMETRY_ID;
    rtcIntersect1(e->top, &context, &r);
    if (r.hit.geomID == RTC_INVALID_GEOMETRY_ID || r.hit.instID[0] != stage_traced(l->st)->skip)
      break;
    r.ray.tnear = nextafterf(r.ray.tfar, INFINITY); // a tyre stands on the ground
    r.ray.tfar = 1e7f;
  }
  if (r.hit.geomID == RTC_INVALID_GEOMETRY_ID)
    return (embree_hit){0};
  const gpu_instance *it = &stage_top(l->st)->instances[r.hit.instID[0]];
  pose begin = {{it->begin_p[0], it->begin_p[1], it->begin_p[2]},
                {it->begin_q[3], it->begin_q[0], it->begin_q[1], it->begin_q[2]}};
  pose end = {{it->end_p[0], it->end_p[1], it->end_p[2]},
              {it->end_q[3], it->end_q[0], it->end_q[1], it->end_q[2]}};
  vec3 n = {(double)(r.hit.Ng_x / it->scale[0]), (double)(r.hit.Ng_y / it->scale[1]),
            (double)(r.hit.Ng_z / it->scale[2])};
  double half = (double)it->spin * u / 2; // of a wheel
  quat turned = quat_multiply(pose_between(begin, end, u).q, (quat){cos(half), 0, sin(half), 0});
  n = vec3_unit(quat_rotate(turned, n));
  n = quat_rotate(quat_conjugate(eye.q), n);
  if (vec3_dot(n, own) > 0)
    n = vec3_scale(n, -1);
  return (embree_hit){(double)r.ray.tfar, it->id, n};
}

static embree_hit embree_point(const film *l, const embree_town *e, int camera, double px,
                               double py, double row) {
  return embree_beyond(l, e, camera, px, py, row, 0);
}

static bool same_hit(const frame_camera *image, size_t at, const embree_hit *hit) {
  double range = (double)image->range_m[at];
  const int16_t *n = image->normal + 3 * at;
  vec3 normal = vec3_scale((vec3){n[0], n[1], n[2]}, 1.0 / NORMAL_STEPS);
  return hit->id == image->instance[at] && fabs(range - hit->range) <= 1e-3 * hit->range + 1e-3 &&
         vec3_length(vec3_sub(normal, hit->normal)) < 2e-3; // 0.1 degrees
}

// Whether another face lies in the same place, to a tenth of a millimetre, and is what we met:
// leaves and thin plates cross each other.
static bool ties(const film *l, const embree_town *e, int camera, int x, int y) {
  const frame_camera *image = &l->frames[0].cameras[camera];
  size_t at = (size_t)(y * image->width_px + x);
  embree_hit hit = embree_point(l, e, camera, x + 0.5, y + 0.5, y);
  const double first = hit.range, room = 1e-4 + 1e-6 * first;
  for (int i = 0; i < 4 && hit.range > 0 && hit.range < first + room; i++) {
    if (same_hit(image, at, &hit))
      return true;
    hit = embree_beyond(l, e, camera, x + 0.5, y + 0.5, y,
                        (double)nextafterf((float)hit.range, INFINITY));
  }
  return false;
}

static bool embree_agrees(const film *l, const embree_town *e, int camera, int x, int y, double dx,
                          double dy) {
  const frame_camera *image = &l->frames[0].cameras[camera];
  size_t at = (size_t)(y * image->width_px + x);
  embree_hit hit = embree_point(l, e, camera, x + 0.5 + dx, y + 0.5 + dy, y);
  return same_hit(image, at, &hit);
}

// How far from a pixel's centre a ray may pass for two tracers to disagree about it: an
// edge, of a thing or between two of its triangles, that close is a matter of rounding.
static const double edge_px = 0.01;

static bool on_an_edge(const film *l, const embree_town *e, int camera, int x, int y) {
  // Tips and slivers fit between few rays, or within the circle.
  for (int i = 0; i < 3 * 32; i++) {
    double angle = i * 3.14159265358979323846 / 16, off = edge_px / (i < 32 ? 1 : i < 64 ? 3 : 10);
    if (embree_agrees(l, e, camera, x, y, off * cos(angle), off * sin(angle)))
      return true;
  }
  return false;
}

typedef struct comparison {
  int pixels, different, unexplained;
} comparison;

static void compare_with_embree(const film *l, comparison *c) {
  embree_town e;
  embree_create(&e, stage_geometry(l->st), stage_top(l->st), true);
  for (int k = 0; k < l->frames[0].camera_count; k++) {
    const frame_camera *image = &l->frames[0].cameras[k];
    for (int y = 0; y < image->height_px; y++)
      for (int x = 0; x < image->width_px; x++) {
        c->pixels++;
        if (embree_agrees(l, &e, k, x, y, 0, 0))
          continue;
        c->different++;
        if (on_an_edge(l, &e, k, x, y) || ties(l, &e, k, x, y))
          continue;
        c->unexplained++;
        size_t at = (size_t)(y * image->width_px + x);
        embree_hit hit = embree_point(l, &e, k, x + 0.5, y + 0.5, y);
        if (c->unexplained < 3)
          print_message(
              "camera %d, pixel %d %d: id %u %.4f m, normal %d %d %d, Embree %u %.4f m, %g %g %g\n",
              k, x, y, image->instance[at], (double)image->depth_m[at], image->normal[3 * at],
              image->normal[3 * at + 1], image->normal[3 * at + 2], hit.id, hit.range, hit.normal.x,
              hit.normal.y, hit.normal.z);
      }
  }
  embree_destroy(&e);
}

// Flow ------------------------------------------------------------------------------

typedef struct interval {
  pose begin, end;
} interval;

static interval moved(const sim_actor *a, int back) {
  return back ? (interval){a->before, a->begin}
              : (interval){a->end, pose_between(a->begin, a->end, 2)};
}

static const sim_actor *actor_of(const sim_snapshot *s, uint32_t id) {
  for (int i = 0; i < s->actor_count; i++)
    if (s->actors[i].id == id)
      return &s->actors[i];
  return NULL;
}

typedef struct flow_check {
  int still, moving, sky, none, restless;
  double worst_px;
} flow_check;

// Whether a pixel may show a wheel, which turns besides; tests of label kernels have such things.
static bool may_be_wheel(const film *l, int number, int camera, int x, int y) {
  const frame *f = &l->frames[number];
  const camera_def *def = &l->built->rig.cameras[camera];
  const frame_camera *image = &f->cameras[camera];
  size_t at = (size_t)(y * image->width_px + x);
  double range = (double)image->range_m[at];
  const sim_actor *a = range > 0 ? actor_of(&l->snapshots[number], image->instance[at]) : NULL;
  vec3 own;
  if (!a || asset_body_count(a->kind) == 0 || !lens_unproject(def, x + 0.5, y + 0.5, &own))
    return false;
  own = vec3_scale(vec3_unit(own), range);
  vec3 p = pose_apply(pose_multiply(f->ego_begin, def->mount), own);
  return pose_apply(pose_inverse(a->begin), p).z < 1.1;
}

// The image point in the other frame of what a pixel shows, from its depth and from poses.
// *restless: a rolling shutter's row for it isn't found after eleven rounds, as may be far outside
// of the image, where lenses stretch everything.
static bool twin_target(const film *l, int number, int camera, int back, int x, int y,
                        double out[2], bool *restless) {
  const frame *f = &l->frames[number];
  const sim_snapshot *s = &l->snapshots[number];
  const camera_def *def = &l->built->rig.cameras[camera];
  const frame_camera *image = &f->cameras[camera];
  size_t at = (size_t)(y * image->width_px + x);
  double depth = (double)image->range_m[at];
  double now_s = (double)s->duration_ns * 1e-9,
         then_s = 1e-9 * (double)(back ? s->before_ns : s->duration_ns);
  double u = fmin(1, def->readout_s / now_s) * (y + 0.5) / def->height_px;
  interval ego = moved(&s->actors[s->ego], back);
  pose eye = pose_between(pose_multiply(f->ego_begin, def->mount),
                          pose_multiply(f->ego_end, def->mount), u);
  vec3 own;
  if (!lens_unproject(def, x + 0.5, y + 0.5, &own))
    return false;
  own = vec3_unit(own);
  vec3 p = depth > 0 ? pose_apply(eye, vec3_scale(own, depth)) : quat_rotate(eye.q, own);
  const sim_actor *a = depth > 0 ? actor_of(s, image->instance[at]) : NULL;
  if (a)
    p = pose_apply(pose_inverse(pose_between(a->begin, a->end, u)), p);
  pose from = pose_multiply(ego.begin, def->mount), to = pose_multiply(ego.end, def->mount);
  double v = 0, last[2] = {INFINITY, INFINITY};
  for (int round = 0; round < 60; round++) {
    pose then = pose_between(from, to, v);
    vec3 w = p;
    if (a) {
      interval way = moved(a, back);
      w = pose_apply(pose_between(way.begin, way.end, v), p);
    }
    w = depth > 0 ? pose_apply(pose_inverse(then), w) : quat_rotate(quat_conjugate(then.q), w);
    if (!lens_project(def, w, out))
      return false;
    if (round < 11)
      last[0] = out[0], last[1] = out[1];
    v = fmin(1, def->readout_s / then_s) * fmax(0, fmin(1, out[1] / def->height_px));
  }
  *restless = hypot(out[0] - last[0], out[1] - last[1]) > 0.003;
  return true;
}

static void check_flow(const film *l, int number, int camera, int back, flow_check *c) {
  const frame_camera *image = &l->frames[number].cameras[camera];
  const int16_t *flow = back ? image->flow_back : image->flow;
  for (int y = 0; y < image->height_px; y++)
    for (int x = 0; x < image->width_px; x++) {
      size_t at = (size_t)(y * image->width_px + x);
      if (image->semantic[at] == SEMANTIC_DYNAMIC && !image->instance[at])
        continue; // a dog's leash has no id to find its dog by
      if (may_be_wheel(l, number, camera, x, y))
        continue;
      double to[2] = {0};
      bool restless = false, seen = twin_target(l, number, camera, back, x, y, to, &restless);
      bool outside = to[0] < 0 || to[1] < 0 || to[0] > image->width_px || to[1] > image->height_px;
      c->restless += restless;
      if (restless && outside)
        continue;
      double right = to[0] - x - 0.5, down = to[1] - y - 0.5;
      if (camera == 3) // the short way round
        right = remainder(right, image->width_px);
      bool near_end = fabs(fabs(right) - 511.98) < 0.1 || fabs(fabs(down) - 511.98) < 0.1;
      if (flow[2 * at] == FLOW_NONE) {
        if (seen && fabs(right) < 511.9 && fabs(down) < 511.9)
          fail_msg("camera %d, pixel %d %d: no flow, twin %g %g", camera, x, y, right, down);
        c->none++;
        continue;
      }
      double off = hypot((double)flow[2 * at] / FLOW_STEPS - right,
                         (double)flow[2 * at + 1] / FLOW_STEPS - down);
      // Far outside of the image floats are coarser.
      double most = outside ? 0.02 + 5e-5 * hypot(right, down) : 0.02;
      if (!seen || (off > most && !near_end))
        fail_msg("frame %d, camera %d, pixel %d %d, back %d: flow is %.3f px off %g %g", number,
                 camera, x, y, back, off, right, down);
      c->worst_px = fmax(c->worst_px, outside ? 0 : off);
      bool moves = image->instance[at] && actor_of(&l->snapshots[number], image->instance[at]);
      if (image->range_m[at] <= 0)
        c->sky++;
      else if (moves)
        c->moving++;
      else
        c->still++;
    }
}

// The next frame --------------------------------------------------------------------

typedef struct sequel {
  int seen, lost, hidden, behind; // said to be seen or hidden; and what the next image says
} sequel;

// Whether the next frame's 3x3 pixels there show the same thing about as far away; *edge: whether
// they show a nearer thing that isn't, or a step of depth.
static bool shows(const frame_camera *image, double x, double y, uint32_t id, double depth,
                  bool *edge) {
  bool same = false, other = false;
  double least = INFINITY, most = 0;
  for (int dy = -1; dy <= 1; dy++)
    for (int dx = -1; dx <= 1; dx++) {
      int px = (int)floor(x) + dx, py = (int)floor(y) + dy;
      if (px < 0 || py < 0 || px >= image->width_px || py >= image->height_px)
        continue;
      size_t at = (size_t)(py * image->width_px + px);
      double there = (double)image->depth_m[at];
      same |= image->instance[at] == id && (id || fabs(there - depth) < 0.3 * depth + 0.5);
      other |= image->instance[at] != id && there > 0 && there < depth + 0.5;
      least = fmin(least, there > 0 ? there : 1e4), most = fmax(most, there > 0 ? there : 1e4);
    }
  *edge = other || most > 1.06 * least;
  return same;
}

static void check_sequel(const film *l, sequel *c) {
  const frame_camera *now = &l->frames[0].cameras[0], *next = &l->frames[1].cameras[0];
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) {
      size_t at = (size_t)(y * W + x);
      unsigned bits = now->occlusion[at] & (OCCLUSION_HIDDEN | OCCLUSION_OUTSIDE);
      if (now->flow[2 * at] == FLOW_NONE || bits & OCCLUSION_OUTSIDE || now->depth_m[at] <= 0)
        continue;
      double tx = x + 0.5 + (double)now->flow[2 * at] / FLOW_STEPS;
      double ty = y + 0.5 + (double)now->flow[2 * at + 1] / FLOW_STEPS;
      bool edge;
      bool same = shows(next, tx, ty, now->instance[at], (double)now->depth_m[at], &edge);
      c->seen += !bits;
      c->lost += !bits && !same;
      c->hidden += bits != 0;
      c->behind += bits && edge;
    }
}

// Masks ------------------------------------------------------------------------------

static int check_masks(const frame *f, int *whole) {
  static uint8_t mask[W * H];
  int checked = 0;
  for (int i = 0; i < f->box2d_count; i++) {
    const frame_box2d *b = &f->boxes2d[i];
    const frame_camera *image = &f->cameras[b->camera];
    const size_t h = (size_t)image->height_px, w = (size_t)image->width_px;
    size_t at = 0, inside = 0, seen = 0;
    memset(mask, 0, sizeof mask);
    for (uint32_t k = 0; k < b->run_count; k++)
      for (uint32_t n = 0; n < f->amodal_runs[b->run_first + k]; n++, at++)
        if (k & 1)
          mask[at % h * w + at / h] = 1, inside++;
    assert_int_equal(at, w * h);
    assert_int_equal(inside, b->amodal_pixels);
    assert_true(b->visible_pixels <= b->amodal_pixels);
    for (size_t k = 0; k < w * h; k++)
      if (image->instance[k] == b->id) {
        if (!mask[k])
          fail_msg("id %u: pixel %zu is visible, but not in its amodal mask", b->id, k);
        seen++;
      }
    assert_int_equal(seen, b->visible_pixels);
    // Nothing hides it: then mask and visible pixels are the same, having as many.
    *whole += seen == inside;
    checked++;
  }
  return checked;
}

static void check_the_rest(const frame *f) {
  for (int c = 0; c < f->camera_count; c++) {
    const frame_camera *image = &f->cameras[c];
    for (int i = 0; i < image->width_px * image->height_px; i++) {
      bool hit = image->range_m[i] > 0;
      assert_int_equal(image->mark[i] != 0, image->semantic[i] == SEMANTIC_ROAD_LINE);
      assert_true(hit ? image->range_m[i] >= image->depth_m[i] * 0.999999f
                      : image->range_m[i] == 0);
      const uint8_t *rgb = image->albedo + 3 * i;
      assert_true(hit || (!rgb[0] && !rgb[1] && !rgb[2]));
      assert_false(image->occlusion[i] & OCCLUSION_BACK_NONE);
    }
  }
}

static void poses_of_the_frames_follow_each_other(const film *l) {
  const sim_snapshot *a = &l->snapshots[0], *b = &l->snapshots[1];
  for (int i = 0; i < b->actor_count; i++) {
    const sim_actor *now = &b->actors[i], *last = actor_of(a, now->id);
    if (!last)
      continue;
    assert_memory_equal(&now->before, &last->begin, sizeof now->before);
    assert_memory_equal(&now->begin, &last->end, sizeof now->begin);
  }
  assert_int_equal(b->before_ns, a->duration_ns);
}

static void labels_hold_in_twenty_scenes(void **state) {
  (void)state;
  comparison traced = {0};
  flow_check flow = {0};
  sequel next = {0};
  int masks = 0, whole = 0, marks = 0;
  for (int n = 0; n < SCENES; n++) {
    comparison own = {0};
    film_scene(&reel, n);
    poses_of_the_frames_follow_each_other(&reel);
    compare_with_embree(&reel, &own);
    traced.pixels += own.pixels, traced.different += own.different;
    traced.unexplained += own.unexplained;
    print_message("%2d %-32.32s %-24s %d of %d pixels differ from Embree, %d not on an edge\n", n,
                  roads[n % 10], weathers[(n * 3 + 1) % 5], own.different, own.pixels,
                  own.unexplained);
    for (int number = 0; number < 2; number++) {
      for (int camera = 0; camera < 4; camera++)
        for (int back = 0; back < 2; back++)
          check_flow(&reel, number, camera, back, &flow);
      masks += check_masks(&reel.frames[number], &whole);
      check_the_rest(&reel.frames[number]);
    }
    check_sequel(&reel, &next);
    for (int i = 0; i < W * H; i++)
      marks |= 1 << (reel.frames[0].cameras[0].mark[i] & 15);
    if (n == 0) { // the checks can fail: the same frame, its labels a pixel further
      comparison wrong = {0};
      frame_camera *image = &reel.frames[0].cameras[0];
      memmove(image->normal, image->normal + 3, 6 * (W * H - 1));
      compare_with_embree(&reel, &wrong);
      assert_true(wrong.unexplained > wrong.pixels / 100);
    }
    drop_scene(&reel);
  }
  print_message("flow: %d still, %d moving, %d sky, %d none, %d restless, worst %.4f px\n",
                flow.still, flow.moving, flow.sky, flow.none, flow.restless, flow.worst_px);
  print_message("next frame: %d of %d lost, %d of %d hidden behind something\n", next.lost,
                next.seen, next.behind, next.hidden);
  print_message("masks: %d, %d of them of what nothing hides; marks %x\n", masks, whole, marks);
  assert_int_equal(traced.unexplained, 0);
  if (traced.different * 2000LL > traced.pixels)
    fail_msg("%d of %d pixels differ from Embree, more than 0.05 %%", traced.different,
             traced.pixels);
  assert_true(flow.restless * 1000 < flow.still);
  assert_true(flow.still > 100000 && flow.moving > 3000 && flow.sky > 10000);
  assert_true(next.lost * 50 < next.seen && next.hidden > 200);
  assert_true(next.hidden * 20 < next.seen && next.behind * 10 > next.hidden * 9);
  assert_true(masks > 300 && whole > 50);
}

// What things are made of doesn't depend on the hour: by day and by night the same pixels have the
// same albedo, but for lamps and what one sees through panes.
static void albedo_does_not_depend_on_light(void **state) {
  (void)state;
  static uint8_t noon[W * H * 3];
  static uint32_t ids[W * H];
  int same = 0, other = 0;
  double lit = 0;
  for (int n = 0; n < 3; n++)
    for (int night = 0; night < 2; night++) {
      char text[2048];
      snprintf(text, sizeof text, script_text_, roads[n], "clear {}", night ? 23 : 12);
      film_text(&reel, text, 60 + (uint64_t)n);
      const frame_camera *image = &reel.frames[0].cameras[0];
      for (int i = 0; i < W * H && night; i++) {
        assert_int_equal(image->instance[i], ids[i]);
        if (image->semantic[i] == SEMANTIC_BUILDING || image->depth_m[i] <= 0)
          continue;
        bool equal = true;
        for (int k = 0; k < 3; k++)
          equal &= abs(image->albedo[3 * i + k] - noon[3 * i + k]) <= 1;
        same += equal, other += !equal;
      }
      for (int i = 0; i < 3 * W * H; i++)
        lit += (night ? -1 : 1) * image->rgb[i] / (3.0 * W * H);
      memcpy(noon, image->albedo, sizeof noon);
      memcpy(ids, image->instance, sizeof ids);
      drop_scene(&reel);
    }
  print_message("albedo: %d pixels the same by night, %d not; pictures %.0f brighter by day\n",
                same, other, lit / 3);
  assert_true(same > 20000 && other * 50 < same);
  assert_true(lit / 3 > 20); // and the light was another
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(labels_hold_in_twenty_scenes),
                                     cmocka_unit_test(albedo_does_not_depend_on_light)};
  return cmocka_run_group_tests(tests, open_all, close_all);
}
