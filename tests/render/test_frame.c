// SPDX-License-Identifier: Apache-2.0
// labels: unit
// links: embree
// Whole frames of built scenes: labels against Embree and against each other.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "render/renderer.h"
#include "render/stage.h"
#include "scenes/script.h"
#include "sim/world.h"
#include "with_embree.h"

// Two cameras, one of a size that is no multiple of a tile and with a rolling shutter,
// and a lidar on a roof.
static const char script_text_[] =
    "return scene { duration_s = 2, frame_hz = 10, road = %s,\n"
    "  traffic = { vehicles_per_km = 20 }, pedestrians = { per_km = 40 },\n"
    "  weather = %s, time_of_day_h = 11,\n"
    "  ego = { rig = { name = 'test', cameras = {\n"
    "    { name = 'front', width_px = 160, height_px = 96, position_m = {1.7, 0, 1.5} },\n"
    "    { name = 'left', width_px = 101, height_px = 67, position_m = {1.0, 0.5, 1.6},\n"
    "      yaw_deg = 60, readout_s = 0.03 } },\n"
    "    lidars = { { name = 'top', preset = 'hdl32e', azimuth_steps = 360, rotation_hz = 10,\n"
    "      position_m = {0.9, 0, 1.9} } } } } }\n";

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

static void look_open(look *l, const char *place, const char *weather, uint64_t seed, int frames) {
  char text[2048];
  trouble why = {0};
  memset(l, 0, sizeof *l);
  snprintf(text, sizeof text, script_text_, place, weather);
  if (device_open(&l->dev, NULL, &why) || renderer_create(&l->r, l->dev, &why) ||
      stage_create(&l->st, l->dev, &why) ||
      script_open_text(&l->s, "test.lua", text, NULL, LIBRARY_DIR, NULL, 0, &why) ||
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

static const char town[] = "grid_city { blocks = {2, 2}, block_m = 90, signals = 1 }";

// Embree's ray through a pixel centre; the ego is not seen by its own sensors, so rays
// go on behind it.
static uint32_t embree_pixel(const look *l, const embree_town *e, int camera, int x, int y,
                             double *depth) {
  const camera_def *def = &l->built->rig.cameras[camera];
  double interval = (double)l->f.duration_ns * 1e-9;
  double u = fmin(1, def->readout_s / interval) * ((y + 0.5) / def->height_px);
  pose eye = pose_between(pose_multiply(l->f.ego_begin, def->mount),
                          pose_multiply(l->f.ego_end, def->mount), u);
  vec3 d = quat_rotate(
      eye.q, (vec3){(x + 0.5 - def->cx_px) / def->fx_px, (y + 0.5 - def->cy_px) / def->fy_px, 1});
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
  *depth = r.hit.geomID == RTC_INVALID_GEOMETRY_ID ? 0 : (double)r.ray.tfar;
  return r.hit.geomID == RTC_INVALID_GEOMETRY_ID ? 0
                                                 : stage_top(l->st)->instances[r.hit.instID[0]].id;
}

static int embree_differences(const look *l, int *pixels, int *things) {
  embree_town e;
  embree_create(&e, stage_geometry(l->st), stage_top(l->st), true);
  int differences = 0;
  *pixels = *things = 0;
  for (int c = 0; c < l->f.camera_count; c++) {
    const frame_camera *image = &l->f.cameras[c];
    for (int y = 0; y < image->height_px; y++)
      for (int x = 0; x < image->width_px; x++) {
        double depth;
        int i = y * image->width_px + x;
        uint32_t id = embree_pixel(l, &e, c, x, y, &depth);
        bool same = id == image->instance[i] &&
                    fabs(depth - (double)image->depth_m[i]) <= 1e-3 * depth + 1e-3;
        differences += !same;
        *things += id != 0;
        ++*pixels;
      }
  }
  embree_destroy(&e);
  return differences;
}

static void depth_and_instance_equal_embree(void **state) {
  (void)state;
  const char *const roads[] = {town, "highway { length_m = 700, lanes = 2 }",
                               "intersection { arms = 4, arm_m = 90 }"};
  for (int i = 0; i < 3; i++) {
    look l;
    int pixels, things;
    look_open(&l, roads[i], "clear {}", 5 + (uint64_t)i, 4);
    int differences = embree_differences(&l, &pixels, &things);
    assert_true(things > pixels / 100);
    // Rays that graze an edge fall to either side: at most 1 in 500 here, where pixels
    // are few and leaves many.
    if (differences > pixels / 500)
      fail_msg("%s: %d of %d pixels differ from Embree", roads[i], differences, pixels);
    // The check can fail: shift the labels by a pixel.
    memmove(l.f.cameras[0].instance, l.f.cameras[0].instance + 1, 4 * 160 * 95);
    memmove(l.f.cameras[0].depth_m, l.f.cameras[0].depth_m + 1, 4 * 160 * 95);
    assert_true(embree_differences(&l, &pixels, &things) > pixels / 500);
    look_close(&l);
  }
}

static const frame_box3d *box3d_of(const frame *f, uint32_t id) {
  for (int i = 0; i < f->box3d_count; i++)
    if (f->boxes3d[i].id == id)
      return &f->boxes3d[i];
  return NULL;
}

static void boxes_agree_with_masks(void **state) {
  (void)state;
  look l;
  look_open(&l, town, "clear {}", 9, 6);
  int seen = 0, hidden = 0;
  for (int i = 0; i < l.f.box2d_count; i++) {
    const frame_box2d *b = &l.f.boxes2d[i];
    const frame_camera *image = &l.f.cameras[b->camera];
    float x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;
    uint32_t pixels = 0;
    for (int k = 0; k < image->width_px * image->height_px; k++) {
      if (image->instance[k] != b->id)
        continue;
      float x = (float)(k % image->width_px), y = (float)(k / image->width_px);
      x0 = fminf(x0, x), y0 = fminf(y0, y), x1 = fmaxf(x1, x + 1), y1 = fmaxf(y1, y + 1);
      pixels++;
    }
    assert_int_equal(pixels, b->visible_pixels);
    assert_true(b->visible_pixels <= b->amodal_pixels);
    assert_true(fabsf(b->visible_fraction - (float)b->visible_pixels / (float)b->amodal_pixels) <
                1e-6f);
    assert_non_null(box3d_of(&l.f, b->id));
    if (pixels) {
      seen++;
      const float tight[4] = {x0, y0, x1, y1};
      assert_memory_equal(tight, b->visible, sizeof tight);
      assert_true(b->amodal[0] <= x0 && b->amodal[1] <= y0 && b->amodal[2] >= x1 &&
                  b->amodal[3] >= y1);
    } else {
      hidden++;
    }
  }
  assert_true(seen >= 3);
  // Every id in the images of something that gets boxes has one.
  for (int c = 0; c < l.f.camera_count; c++)
    for (int k = 0; k < l.f.cameras[c].width_px * l.f.cameras[c].height_px; k++) {
      uint32_t id = l.f.cameras[c].instance[k];
      if (!id || !box3d_of(&l.f, id))
        continue;
      bool found = false;
      for (int i = 0; i < l.f.box2d_count; i++)
        found |= l.f.boxes2d[i].id == id && l.f.boxes2d[i].camera == c;
      if (!found)
        fail_msg("camera %d shows id %u, which has no 2D box", c, id);
    }
  look_close(&l);
}

// Pixels of an instance alone, by Embree over its own geometry.
static uint32_t embree_alone(const look *l, int camera, uint32_t id) {
  const trace_top *top = stage_top(l->st);
  trace_top one = {0};
  for (int i = 0; i < top->count; i++)
    if (top->instances[i].id == id)
      one = (trace_top){.count = 1, .instances = &top->instances[i], .boxes = &top->boxes[i]};
  embree_town e;
  embree_create(&e, stage_geometry(l->st), &one, true);
  const camera_def *def = &l->built->rig.cameras[camera];
  uint32_t pixels = 0;
  trace_scene unskipped = *stage_traced(l->st);
  assert_true(unskipped.skip != 0); // instance 0 is never the ego here
  for (int y = 0; y < def->height_px; y++)
    for (int x = 0; x < def->width_px; x++) {
      double depth;
      embree_pixel(l, &e, camera, x, y, &depth);
      pixels += depth > 0;
    }
  embree_destroy(&e);
  return pixels;
}

static void amodal_pixels_equal_embree_on_the_thing_alone(void **state) {
  (void)state;
  look l;
  look_open(&l, town, "clear {}", 9, 6);
  int tested = 0;
  for (int i = 0; i < l.f.box2d_count && tested < 6; i++) {
    const frame_box2d *b = &l.f.boxes2d[i];
    if (b->amodal_pixels < 30)
      continue;
    uint32_t expected = embree_alone(&l, b->camera, b->id);
    int off = (int)expected - (int)b->amodal_pixels;
    if (abs(off) > 1 + (int)expected / 200)
      fail_msg("id %u in camera %u: %u amodal pixels, Embree %u", b->id, b->camera,
               b->amodal_pixels, expected);
    tested++;
  }
  assert_true(tested >= 2);
  look_close(&l);
}

// How far a point lies outside a box that moves on as it did from begin to end.
static double outside_m(const frame_box3d *b, vec3 world, double t_s) {
  pose at = b->centre;
  at.p_m = vec3_add(at.p_m, vec3_scale(b->velocity_mps, t_s));
  at.q = quat_multiply(quat_from_ypr(b->yaw_rate_radps * t_s, 0, 0), at.q);
  vec3 p = pose_apply(pose_inverse(at), world);
  double x = fabs(p.x) - b->size_m[0] / 2, y = fabs(p.y) - b->size_m[1] / 2;
  double z = fabs(p.z) - b->size_m[2] / 2;
  return fmax(x, fmax(y, z));
}

static void lidar_points_lie_in_the_boxes_of_their_instance(void **state) {
  (void)state;
  look l;
  look_open(&l, town, "clear {}", 9, 6);
  const frame_lidar *points = &l.f.lidars[0];
  const lidar_def *def = &l.built->rig.lidars[0];
  pose mount = pose_multiply(l.f.ego_begin, def->mount);
  int tested = 0;
  uint32_t counted = 0;
  assert_true(points->count > 2000);
  for (int i = 0; i < points->count; i++) {
    const frame_box3d *b = box3d_of(&l.f, points->instance[i]);
    if (!b)
      continue;
    vec3 world = pose_apply(mount, (vec3){points->x_m[i], points->y_m[i], points->z_m[i]});
    double out = outside_m(b, world, points->t_ns[i] * 1e-9);
    // A turning vehicle's centre does not move straight, hence the extra centimetres.
    double slack = 0.02 + 5 * def->range_noise_m + 0.05 * fabs(b->yaw_rate_radps);
    if (out > slack)
      fail_msg("point %d of id %u is %.3f m outside its box", i, b->id, out);
    tested++;
  }
  assert_true(tested > 50);
  for (int i = 0; i < l.f.box3d_count; i++)
    counted += l.f.boxes3d[i].lidar_points[0];
  assert_int_equal(counted, tested);
  look_close(&l);
}

static double mean_range(const frame_lidar *p, int echo) {
  double sum = 0;
  int count = 0;
  for (int i = 0; i < p->count; i++)
    if (p->echo[i] == echo) {
      sum += sqrt((double)(p->x_m[i] * p->x_m[i] + p->y_m[i] * p->y_m[i]));
      count++;
    }
  return count ? sum / count : 0;
}

static int count_echo(const frame_lidar *p, int echo) {
  int count = 0;
  for (int i = 0; i < p->count; i++)
    count += p->echo[i] == echo;
  return count;
}

// Mean difference of neighbouring pixels: what is left to see of things.
static double mean_detail(const frame_camera *c) {
  double sum = 0;
  for (int y = 0; y < c->height_px; y++)
    for (int x = 1; x < c->width_px; x++) {
      const uint8_t *p = c->rgb + 3 * (y * c->width_px + x);
      sum += abs(p[1] - p[-2]);
    }
  return sum / ((c->width_px - 1) * c->height_px);
}

static void weather_reaches_camera_and_lidar(void **state) {
  (void)state;
  look clear, fog, rain;
  look_open(&clear, town, "clear {}", 9, 3);
  look_open(&fog, town, "fog { fog_visibility_m = 60 }", 9, 3);
  look_open(&rain, town, "rain { rate_mmh = 30 }", 9, 3);
  double detail = mean_detail(&clear.f.cameras[0]);
  if (mean_detail(&fog.f.cameras[0]) > 0.6 * detail)
    fail_msg("detail in fog %g, in clear air %g", mean_detail(&fog.f.cameras[0]), detail);
  const frame_lidar *c = &clear.f.lidars[0], *f = &fog.f.lidars[0], *r = &rain.f.lidars[0];
  assert_true(mean_range(f, ECHO_SURFACE) < 0.8 * mean_range(c, ECHO_SURFACE));
  assert_true(mean_range(f, ECHO_FOG) > 0);
  assert_true(mean_range(c, ECHO_FOG) == 0 && mean_range(c, ECHO_RAIN) == 0);
  int dry = count_echo(c, ECHO_SURFACE), wet = count_echo(r, ECHO_SURFACE);
  int drops = count_echo(r, ECHO_RAIN);
  if (wet >= dry || drops == 0 || drops > dry / 5)
    fail_msg("surface returns dry %d, in rain %d, of drops %d", dry, wet, drops);
  // Labels don't depend on the weather where nothing else does: same seed, same town.
  assert_memory_equal(clear.f.cameras[0].semantic, fog.f.cameras[0].semantic, 160);
  look_close(&clear);
  look_close(&fog);
  look_close(&rain);
}

static void the_same_scene_gives_the_same_frame(void **state) {
  (void)state;
  look a, b;
  look_open(&a, town, "rain { rate_mmh = 10 }", 3, 3);
  look_open(&b, town, "rain { rate_mmh = 10 }", 3, 3);
  size_t pixels = 160 * 96;
  assert_memory_equal(a.f.cameras[0].rgb, b.f.cameras[0].rgb, 3 * pixels);
  assert_memory_equal(a.f.cameras[0].depth_m, b.f.cameras[0].depth_m, 4 * pixels);
  assert_memory_equal(a.f.cameras[0].instance, b.f.cameras[0].instance, 4 * pixels);
  assert_int_equal(a.f.lidars[0].count, b.f.lidars[0].count);
  assert_memory_equal(a.f.lidars[0].x_m, b.f.lidars[0].x_m, 4 * (size_t)a.f.lidars[0].count);
  look_close(&a);
  look_close(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(depth_and_instance_equal_embree),
      cmocka_unit_test(boxes_agree_with_masks),
      cmocka_unit_test(amodal_pixels_equal_embree_on_the_thing_alone),
      cmocka_unit_test(lidar_points_lie_in_the_boxes_of_their_instance),
      cmocka_unit_test(weather_reaches_camera_and_lidar),
      cmocka_unit_test(the_same_scene_gives_the_same_frame),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
