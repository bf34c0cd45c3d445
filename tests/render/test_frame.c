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
    "  traffic = { vehicles_per_km = 20 },\n"
    "  pedestrians = { per_km = 40, umbrellas = 0 }, -- which people open when it rains\n"
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

// Embree's ray through an image point, (x + 0.5, y + 0.5) being a pixel's centre; the
// ego is not seen by its own sensors, so rays go on behind it. The time is the row's.
static uint32_t embree_point(const look *l, const embree_town *e, int camera, double px, double py,
                             double row, double *depth) {
  const camera_def *def = &l->built->rig.cameras[camera];
  double interval = (double)l->f.duration_ns * 1e-9;
  double u = fmin(1, def->readout_s / interval) * ((row + 0.5) / def->height_px);
  pose eye = pose_between(pose_multiply(l->f.ego_begin, def->mount),
                          pose_multiply(l->f.ego_end, def->mount), u);
  vec3 d =
      quat_rotate(eye.q, (vec3){(px - def->cx_px) / def->fx_px, (py - def->cy_px) / def->fy_px, 1});
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

static uint32_t embree_pixel(const look *l, const embree_town *e, int camera, int x, int y,
                             double *depth) {
  return embree_point(l, e, camera, x + 0.5, y + 0.5, y, depth);
}

// How far from a pixel's centre a ray may pass for two tracers to disagree about it: an
// edge that close is a matter of rounding.
static const double edge_px = 0.01;

static bool embree_agrees(const look *l, const embree_town *e, int camera, int x, int y, double dx,
                          double dy) {
  const frame_camera *image = &l->f.cameras[camera];
  double depth, ours = (double)image->depth_m[y * image->width_px + x];
  uint32_t id = embree_point(l, e, camera, x + 0.5 + dx, y + 0.5 + dy, y, &depth);
  return id == image->instance[y * image->width_px + x] &&
         fabs(depth - ours) <= 1e-3 * depth + 1e-3;
}

static bool on_an_edge(const look *l, const embree_town *e, int camera, int x, int y) {
  for (int i = 0; i < 16; i++) {
    double angle = i * 3.14159265358979323846 / 8;
    if (embree_agrees(l, e, camera, x, y, edge_px * cos(angle), edge_px * sin(angle)))
      return true;
  }
  return false;
}

typedef struct comparison {
  int pixels, things;
  int different, unexplained; // of them, by no edge through the pixel's centre
} comparison;

static comparison compare_with_embree(const look *l) {
  embree_town e;
  comparison c = {0};
  embree_create(&e, stage_geometry(l->st), stage_top(l->st), true);
  for (int k = 0; k < l->f.camera_count; k++) {
    const frame_camera *image = &l->f.cameras[k];
    for (int y = 0; y < image->height_px; y++)
      for (int x = 0; x < image->width_px; x++) {
        c.pixels++;
        c.things += image->instance[y * image->width_px + x] != 0;
        if (embree_agrees(l, &e, k, x, y, 0, 0))
          continue;
        c.different++;
        c.unexplained += !on_an_edge(l, &e, k, x, y);
      }
  }
  embree_destroy(&e);
  return c;
}

// Both tracers round where a ray meets an edge between two triangles or the rim of a
// thing, so a pixel whose centre lies on one may show either side. Nothing else may
// differ, and those are few.
static void depth_and_instance_equal_embree(void **state) {
  (void)state;
  const char *const roads[] = {town, "highway { length_m = 700, lanes = 2 }",
                               "intersection { arms = 4, arm_m = 90 }"};
  int pixels = 0, different = 0;
  for (int i = 0; i < 3; i++) {
    look l;
    look_open(&l, roads[i], "clear {}", 5 + (uint64_t)i, 4);
    comparison c = compare_with_embree(&l);
    print_message("%s: %d of %d pixels differ from Embree, %d of them not on an edge\n", roads[i],
                  c.different, c.pixels, c.unexplained);
    assert_true(c.things > c.pixels / 100);
    assert_int_equal(0, c.unexplained);
    pixels += c.pixels;
    different += c.different;
    // The check can fail: shift the labels by a pixel.
    memmove(l.f.cameras[0].instance, l.f.cameras[0].instance + 1, 4 * 160 * 95);
    memmove(l.f.cameras[0].depth_m, l.f.cameras[0].depth_m + 1, 4 * 160 * 95);
    c = compare_with_embree(&l);
    assert_true(c.different > c.pixels / 100 && c.unexplained > c.pixels / 100);
    look_close(&l);
  }
  if (different > pixels / 10000)
    fail_msg("%d of %d pixels differ from Embree, more than 0.01 %%", different, pixels);
}

static const frame_box3d *box3d_of(const frame *f, uint32_t id) {
  for (int i = 0; i < f->box3d_count; i++)
    if (f->boxes3d[i].id == id)
      return &f->boxes3d[i];
  return NULL;
}

static void check_boxes(const char *sky) {
  look l;
  look_open(&l, town, sky, 9, 6);
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

// Trucks with trailers in the place of the town and its traffic: of two, the second one holds.
static const char trucks[] =
    "clear {}, road = highway { length_m = 700, lanes = 3 },\n"
    "  traffic = { vehicles_per_km = 40, mix = { car = 1, articulated = 2 } }";

static void boxes_agree_with_masks(void **state) {
  (void)state;
  check_boxes("clear {}");
  // Wheels are instances behind their bicycle's; of two tables of traffic, the second one holds.
  check_boxes("clear {}, traffic = { vehicles_per_km = 120, mix = { bicycle = 1 } }");
  check_boxes(trucks);
}

// Pixels of an instance with its parts alone, by Embree over their own geometry.
static uint32_t embree_alone(const look *l, int camera, uint32_t id) {
  const trace_top *top = stage_top(l->st);
  trace_top one = {0};
  for (int i = top->count - 1; i >= 0; i--)
    if (top->instances[i].id == id)
      one = (trace_top){.count = 1 + (int)top->instances[i].parts,
                        .instances = &top->instances[i],
                        .boxes = &top->boxes[i]};
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

static uint32_t parts_of(const look *l, uint32_t id) {
  const trace_top *top = stage_top(l->st);
  uint32_t parts = 0;
  for (int i = 0; i < top->count; i++)
    if (top->instances[i].id == id && top->instances[i].parts > parts)
      parts = top->instances[i].parts;
  return parts;
}

static void check_amodal(const char *sky, uint32_t least_parts) {
  look l;
  look_open(&l, town, sky, 9, 6);
  int tested = 0;
  for (int i = 0; i < l.f.box2d_count && tested < 6; i++) {
    const frame_box2d *b = &l.f.boxes2d[i];
    if (b->amodal_pixels < 30 || parts_of(&l, b->id) < least_parts)
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

static void amodal_pixels_equal_embree_on_the_thing_alone(void **state) {
  (void)state;
  check_amodal("clear {}", 0);
  // Of a bicycle, wheels are a good part; of two tables of traffic, the second one holds.
  check_amodal("clear {}, traffic = { vehicles_per_km = 120, mix = { bicycle = 1 } }", 2);
  check_amodal(trucks, 6); // wheels of a trailer
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

// The image point of a world point; false behind the camera.
static bool project(const look *l, int camera, vec3 world, double out[2]) {
  const camera_def *def = &l->built->rig.cameras[camera];
  pose eye = pose_multiply(l->f.ego_begin, def->mount);
  vec3 p = pose_apply(pose_inverse(eye), world);
  out[0] = def->fx_px * p.x / p.z + def->cx_px;
  out[1] = def->fy_px * p.y / p.z + def->cy_px;
  return p.z > 0.1;
}

static void signs_and_signals_are_labelled(void **state) {
  (void)state;
  int pixels = 0, boxes = 0;
  for (uint64_t seed = 9; seed < 13; seed++) {
    look l;
    look_open(&l, town, "clear {}", seed, 2);
    const frame_camera *image = &l.f.cameras[0]; // its shutter is global
    for (int i = 0; i < l.built->thing_count; i++) {
      const scene_thing *t = &l.built->things[i];
      if (t->kind != THING_SIGN && t->kind != THING_SIGNAL && t->kind != THING_WALK_SIGNAL)
        continue;
      double from_ego = vec3_length(vec3_sub(t->at.p_m, l.f.ego_begin.p_m));
      const frame_box3d *b = box3d_of(&l.f, t->id);
      if (!b) {
        assert_true(from_ego > 195);
        continue;
      }
      // The label's box is the thing's, and what one sees of it lies within.
      assert_true(fabs(b->centre.p_m.z - t->at.p_m.z - t->size_m[2] / 2) < 1e-9);
      assert_memory_equal(b->size_m, t->size_m, sizeof b->size_m);
      double lo[2] = {INFINITY, INFINITY}, hi[2] = {-INFINITY, -INFINITY};
      bool ahead = true;
      for (int k = 0; k < 8; k++) {
        vec3 own = {(k & 1 ? 0.5 : -0.5) * b->size_m[0], (k & 2 ? 0.5 : -0.5) * b->size_m[1],
                    (k & 4 ? 0.5 : -0.5) * b->size_m[2]};
        double at[2];
        ahead &= project(&l, 0, pose_apply(b->centre, own), at);
        for (int a = 0; a < 2; a++)
          lo[a] = fmin(lo[a], at[a]), hi[a] = fmax(hi[a], at[a]);
      }
      for (int k = 0; k < image->width_px * image->height_px; k++) {
        if (image->instance[k] != t->id)
          continue;
        double x = k % image->width_px + 0.5, y = k / image->width_px + 0.5;
        if (image->semantic[k] != t->class)
          fail_msg("a pixel of thing %u of kind %d is of class %d", t->id, t->kind,
                   image->semantic[k]);
        if (ahead && (x < lo[0] - 0.5 || x > hi[0] + 0.5 || y < lo[1] - 0.5 || y > hi[1] + 0.5))
          fail_msg("pixel %g, %g of thing %u lies outside its box %g..%g, %g..%g", x, y, t->id,
                   lo[0], hi[0], lo[1], hi[1]);
        pixels++;
      }
    }
    // And the other way round: what looks like one is one.
    for (int k = 0; k < image->width_px * image->height_px; k++) {
      if (image->semantic[k] != SEMANTIC_TRAFFIC_SIGN &&
          image->semantic[k] != SEMANTIC_TRAFFIC_LIGHT)
        continue;
      const frame_box3d *b = box3d_of(&l.f, image->instance[k]);
      if (b && b->class != image->semantic[k])
        fail_msg("a pixel of class %d has an id of class %d", image->semantic[k], b->class);
    }
    for (int i = 0; i < l.f.box2d_count; i++)
      boxes += l.f.boxes2d[i].kind == THING_SIGN || l.f.boxes2d[i].kind == THING_SIGNAL;
    look_close(&l);
  }
  assert_true(pixels > 40 && boxes > 10);
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
  look_close(&clear);
  look_close(&fog);
  look_close(&rain);
}

// Everybody stands where the scene began, since how they drive does depend on the
// weather. Draws the frame again.
static void look_hold(look *l) {
  trouble why = {0};
  for (int i = 0; i < l->now.actor_count; i++) {
    sim_actor *a = &l->now.actors[i];
    a->end = a->begin;
    a->steer_end_rad = a->steer_rad;
    a->wheel_turn_rad = 0;
  }
  if (renderer_frame(l->r, &l->now, &l->f, &why))
    fail_msg("%s", why.text);
}

static void expect_equal_pixels(const char *weather, const char *what, const void *a, const void *b,
                                size_t bytes, const frame_camera *image) {
  int pixels = image->width_px * image->height_px, different = 0;
  for (int i = 0; i < pixels; i++)
    different += memcmp((const char *)a + bytes * (size_t)i, (const char *)b + bytes * (size_t)i,
                        bytes) != 0;
  if (different)
    fail_msg("%s: %d of %d pixels of %s differ from what was shown first", weather, different,
             pixels, what);
}

static void expect_equal_boxes(const char *weather, const frame *a, const frame *b) {
  if (a->box3d_count != b->box3d_count || a->box2d_count != b->box2d_count)
    fail_msg("%s: %d and %d boxes, in clear air %d and %d", weather, b->box3d_count, b->box2d_count,
             a->box3d_count, a->box2d_count);
  for (int i = 0; i < a->box2d_count; i++)
    assert_memory_equal(&a->boxes2d[i], &b->boxes2d[i], sizeof a->boxes2d[i]);
  for (int i = 0; i < a->box3d_count; i++) {
    const frame_box3d *p = &a->boxes3d[i], *q = &b->boxes3d[i];
    assert_int_equal(p->id, q->id);
    assert_int_equal(p->class, q->class);
    assert_int_equal(p->kind, q->kind);
    assert_int_equal(p->lane, q->lane);
    assert_memory_equal(&p->centre, &q->centre, sizeof p->centre);
    assert_memory_equal(p->size_m, q->size_m, sizeof p->size_m);
  }
}

static void labels_of_a_still_scene_dont_depend_on_the_weather(void **state) {
  (void)state;
  static const char *const weathers[] = {"rain { rate_mmh = 30 }", "fog { fog_visibility_m = 60 }",
                                         "snow { rate_mmh = 4 }", "night {}"};
  look clear;
  look_open(&clear, town, "clear {}", 9, 1);
  look_hold(&clear);
  assert_true(clear.f.box2d_count >= 3);
  for (size_t i = 0; i < sizeof weathers / sizeof *weathers; i++) {
    look other;
    look_open(&other, town, weathers[i], 9, 1);
    look_hold(&other);
    for (int c = 0; c < clear.f.camera_count; c++) {
      const frame_camera *a = &clear.f.cameras[c], *b = &other.f.cameras[c];
      expect_equal_pixels(weathers[i], "depth", a->depth_m, b->depth_m, sizeof *a->depth_m, a);
      expect_equal_pixels(weathers[i], "semantic", a->semantic, b->semantic, 1, a);
      expect_equal_pixels(weathers[i], "instance", a->instance, b->instance, 4, a);
      // The check looks at different weathers: colours are not the same.
      assert_memory_not_equal(a->rgb, b->rgb, 3 * (size_t)(a->width_px * a->height_px));
    }
    expect_equal_boxes(weathers[i], &clear.f, &other.f);
    look_close(&other);
  }
  look_close(&clear);
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

// Vehicles of one variant have their driver on the one side or the other.
static void what_was_shown_before_doesnt_matter_for_traffic_on_the_left(void **state) {
  (void)state;
  look right, fresh;
  frame after;
  trouble why = {0};
  look_open(&right, town, "clear {}", 5, 1);
  look_open(&fresh, town, "clear {}", 5, 1);
  scene_def def = scene_def_default();
  scene *left = NULL;
  sim_world *world = NULL;
  sim_snapshot shot = {0};
  strcpy(def.hand, "left");
  def.place = PLACE_STRAIGHT;
  def.straight.sidewalk_m = 2;
  def.vehicles = 30;
  renderer *r = NULL;
  if (scene_build(&left, &def, 5, 0, 0, &why) || sim_world_create(&world, left, &why) ||
      sim_world_next_frame(world, &shot, &why) || renderer_create(&r, fresh.dev, &why) ||
      renderer_set_scene(r, left, &why) || renderer_frame(r, &shot, &fresh.f, &why) ||
      renderer_set_scene(right.r, left, &why) || renderer_frame(right.r, &shot, &after, &why))
    fail_msg("%s", why.text);
  const frame_camera *a = &fresh.f.cameras[0], *b = &after.cameras[0];
  expect_equal_pixels("a street", "depth", a->depth_m, b->depth_m, sizeof *a->depth_m, a);
  expect_equal_pixels("a street", "colour", a->rgb, b->rgb, 3, a);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  renderer_destroy(r);
  scene_destroy(left);
  look_close(&right);
  look_close(&fresh);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(depth_and_instance_equal_embree),
      cmocka_unit_test(boxes_agree_with_masks),
      cmocka_unit_test(amodal_pixels_equal_embree_on_the_thing_alone),
      cmocka_unit_test(signs_and_signals_are_labelled),
      cmocka_unit_test(lidar_points_lie_in_the_boxes_of_their_instance),
      cmocka_unit_test(weather_reaches_camera_and_lidar),
      cmocka_unit_test(labels_of_a_still_scene_dont_depend_on_the_weather),
      cmocka_unit_test(the_same_scene_gives_the_same_frame),
      cmocka_unit_test(what_was_shown_before_doesnt_matter_for_traffic_on_the_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
