// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Lenses on the device against their C, and pictures through them against a pinhole's.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "render/launch.h"
#include "render/lens.h"
#include "with_cameras.h"

static const double PI = 3.14159265358979323846;

static device *dev;

static int open_device(void **state) {
  (void)state;
  trouble why;
  return device_open(&dev, NULL, &why) ? -1 : 0;
}

static int close_device(void **state) {
  (void)state;
  device_close(dev);
  return 0;
}

static const char lenses[] =
    "{ name = 'pinhole', width_px = 1920, height_px = 1080 },\n"
    "{ name = 'brown', lens = 'brown_conrady', width_px = 1920, height_px = 1080,\n"
    "  distortion = {-0.28, 0.08, 0.0008, -0.0004, -0.006} },\n"
    "{ name = 'rational', lens = 'brown_conrady', width_px = 3840, height_px = 2160, fov_deg = "
    "100,\n"
    "  distortion = {0.9, 0.1, 0.0003, 0.0002, 0.01, 1.25, 0.35, 0.02} },\n"
    "{ name = 'barrel', lens = 'brown_conrady', width_px = 1920, height_px = 1080, fx_px = 1290,\n"
    "  distortion = {-0.2} },\n" // its curve ends just outside the image's corners
    "{ name = 'fish', lens = 'kannala_brandt', width_px = 1920, height_px = 1920, fov_deg = 200 "
    "},\n"
    "{ name = 'fish_bent', lens = 'kannala_brandt', width_px = 1920, height_px = 1080,\n"
    "  fov_deg = 195, distortion = {-0.03, 0.004, -0.002, 0.0003}, cx_px = 965.5 },\n"
    "{ name = 'theta', lens = 'f_theta', width_px = 1280, height_px = 966, fx_px = 339.749,\n"
    "  circle_deg = 190, distortion = {-0.09415, 0.14209, -0.021195} },\n"
    "{ name = 'pano', lens = 'equirectangular', width_px = 3840, height_px = 1920, fov_deg = 360 }";

static cl_mem put(const void *bytes, size_t size) {
  cl_mem out;
  trouble why = {0};
  if (device_buffer(dev, size, bytes, &out, &why))
    fail_msg("%s", why.text);
  return out;
}

static void get(cl_mem from, void *to, size_t size) {
  assert_int_equal(
      clEnqueueReadBuffer(device_queue(dev), from, CL_TRUE, 0, size, to, 0, NULL, NULL),
      CL_SUCCESS);
}

enum { SIDE = 64, PLACES = SIDE * SIDE };

static void check_lens(const camera_def *c, cl_kernel kernel) {
  static float places[2][PLACES], directions[3][PLACES], back[2][PLACES];
  static int seen[PLACES];
  gpu_camera eye = {.width = c->width_px, .height = c->height_px};
  lens_pack(c, &eye);
  for (int i = 0; i < PLACES; i++) {
    places[0][i] = (float)((i % SIDE + 0.37) / SIDE * c->width_px);
    places[1][i] = (float)((i / SIDE + 0.37) / SIDE * c->height_px);
  }
  cl_mem camera = put(&eye, sizeof eye), from = put(places, sizeof places);
  cl_mem to = put(NULL, sizeof directions), again = put(NULL, sizeof back);
  cl_mem saw = put(NULL, sizeof seen);
  int count = PLACES;
  trouble why = {0};
  if (LAUNCH(dev, kernel, "lens_probe", count, 32, &why, ARG(camera), ARG(from), ARG(count),
             ARG(to), ARG(again), ARG(saw)))
    fail_msg("%s", why.text);
  get(to, directions, sizeof directions);
  get(again, back, sizeof back);
  get(saw, seen, sizeof seen);
  int shown = 0;
  double worst = 0, worst_back = 0;
  for (int i = 0; i < PLACES; i++) {
    double x = (double)places[0][i], y = (double)places[1][i];
    vec3 twin, is = {(double)directions[0][i], (double)directions[1][i], (double)directions[2][i]};
    bool there = lens_unproject(c, x, y, &twin);
    if (there != (seen[i] & 1))
      fail_msg("%s: kernel %d, twin %d at %g, %g", c->name, seen[i], there, x, y);
    if (!there)
      continue;
    shown++;
    if (!(seen[i] & 2))
      fail_msg("%s: kernel doesn't see what it shows at %g, %g", c->name, x, y);
    double px[2], same[2];
    assert_true(lens_project(c, is, px) && lens_project(c, twin, same));
    assert_true(fabs(vec3_length(is) - vec3_length(twin)) < 1e-5);
    worst = fmax(worst, hypot(px[0] - same[0], px[1] - same[1]));
    worst_back = fmax(worst_back, hypot((double)back[0][i] - px[0], (double)back[1][i] - px[1]));
  }
  cl_mem all[] = {camera, from, to, again, saw};
  for (int k = 0; k < 5; k++)
    clReleaseMemObject(all[k]);
  // Single precision has 2.4e-4 px between neighbours at 3840.
  if (!(worst < 1e-3 && worst_back < 1e-3))
    fail_msg("%s: %g px off its twin, %g px on the way back", c->name, worst, worst_back);
  assert_true(shown > PLACES / 2);
}

static void kernels_are_their_slow_twins(void **state) {
  (void)state;
  script *s;
  scene *built = cameras_build(lenses, "duration_s = 1", "", &s);
  cl_program program;
  cl_kernel kernel;
  trouble why = {0};
  if (device_program(dev, "lens_probe.cl", NULL, &program, &why) ||
      device_kernel(program, "lens_probe", &kernel, &why))
    fail_msg("%s", why.text);
  for (int i = 0; i < built->rig.camera_count; i++)
    check_lens(&built->rig.cameras[i], kernel);
  clReleaseKernel(kernel);
  clReleaseProgram(program);
  scene_destroy(built);
  script_close(s);
}

// Boxes -----------------------------------------------------------------------

static bool within(const lens_extent *where, const double px[2]) {
  const double *r = where->px;
  return where->seen && px[0] >= r[0] - 0.5 && px[1] >= r[1] - 0.5 && px[0] <= r[2] + 0.5 &&
         px[1] <= r[3] + 0.5;
}

static void extents_hold_all_that_a_box_may_cover(void **state) {
  (void)state;
  script *s;
  scene *built = cameras_build(lenses, "duration_s = 1", "", &s);
  rng r = rng_at(3, RNG_TEST, 0, 0, 0);
  int shown[8] = {0}, cut[8] = {0};
  for (int n = 0; n < built->rig.camera_count; n++) {
    const camera_def *c = &built->rig.cameras[n];
    gpu_camera eye = {.begin_q = {0, 0, 0, 1}, .end_q = {0, 0, 0, 1}};
    lens_pack(c, &eye);
    for (int box = 0; box < 600; box++) {
      // All round, near and far; some over the poles of a panorama, some across its seam.
      double far = rng_uniform(&r, 0.9, 25), yaw = rng_uniform(&r, -PI, PI);
      double up = box % 3 ? rng_uniform(&r, -0.4, 0.4) : rng_uniform(&r, -PI / 2, PI / 2);
      double grown = box % 4 ? 1 : 4; // lorries beside the camera
      stage_target t = {.size_m = {rng_uniform(&r, 0.3, 9 * grown), rng_uniform(&r, 0.3, 2.5),
                                   rng_uniform(&r, 0.3, 3.5 * grown)}};
      t.begin = (pose){{far * cos(up) * sin(yaw), far * sin(up), far * cos(up) * cos(yaw)},
                       quat_from_ypr(rng_uniform(&r, -3, 3), rng_uniform(&r, -3, 3), 0)};
      t.end = t.begin;
      lens_extent where;
      lens_extent_of(c, &eye, &t, &where);
      int inside = 0;
      for (int i = 0; i < 1500; i++) {
        double at[3] = {rng_uniform(&r, -0.5, 0.5), rng_uniform(&r, -0.5, 0.5),
                        rng_uniform(&r, -0.5, 0.5)};
        at[i % 3] = i % 2 ? 0.5 : -0.5; // a point of a side
        if (i % 5 == 0)                 // of an edge
          at[(i + 1) % 3] = i % 4 < 2 ? 0.5 : -0.5;
        vec3 p = pose_apply(t.begin,
                            (vec3){at[0] * t.size_m[0], at[1] * t.size_m[1], at[2] * t.size_m[2]});
        double px[2];
        if ((lens_is_perspective(c->model) && p.z < 0.05) || !lens_project(c, p, px) || px[0] < 0 ||
            px[1] < 0 || px[0] > c->width_px || px[1] > c->height_px)
          continue;
        inside++;
        if (!within(&where, px))
          fail_msg("%s: box %d covers %g, %g, outside %g %g %g %g", c->name, box, px[0], px[1],
                   where.px[0], where.px[1], where.px[2], where.px[3]);
      }
      assert_true(where.truncation >= 0 && where.truncation <= 1);
      if (inside == 0 || inside == 1500) {
        // Nothing in the image: all of it is outside; all in the image: hardly any.
        bool wide = !lens_is_perspective(c->model);
        if (wide && fabs(where.truncation - (inside == 0)) > 0.12 && where.seen)
          fail_msg("%s: box %d is cut by %g", c->name, box, where.truncation);
      }
      shown[n] += inside > 0;
      cut[n] += inside > 0 && where.truncation > 0.05 && where.truncation < 0.95;
    }
    bool whole = c->model == LENS_EQUIRECTANGULAR;
    if (!(shown[n] > 80 && (whole ? cut[n] == 0 : cut[n] > 15)))
      fail_msg("%s shows %d boxes, %d of them cut", c->name, shown[n], cut[n]);
  }
  scene_destroy(built);
  script_close(s);
}

// Pictures --------------------------------------------------------------------

#define SAME_PLACE "position_m = {1.7, 0, 1.6}, yaw_deg = 20, pitch_deg = 3"

// 1 / depth of a plane is linear in a pinhole's image. False where the four pixels around a
// place aren't of one plane.
static bool pinhole_depth(const frame_camera *image, const double px[2], double *depth) {
  int x = (int)floor(px[0] - 0.5), y = (int)floor(px[1] - 0.5);
  if (x < 1 || y < 1 || x + 2 >= image->width_px || y + 2 >= image->height_px)
    return false;
  double inverse[4][4], u = px[0] - 0.5 - x, v = px[1] - 0.5 - y;
  for (int j = 0; j < 4; j++)
    for (int i = 0; i < 4; i++) {
      int at = (y - 1 + j) * image->width_px + x - 1 + i;
      if (image->depth_m[at] <= 0)
        return false;
      inverse[j][i] = 1 / (double)image->depth_m[at];
    }
  for (int k = 0; k < 4; k++) // no bend along rows and columns
    for (int i = 1; i < 3; i++)
      if (fabs(inverse[k][i - 1] - 2 * inverse[k][i] + inverse[k][i + 1]) > 1e-6 ||
          fabs(inverse[i - 1][k] - 2 * inverse[i][k] + inverse[i + 1][k]) > 1e-6)
        return false;
  double top = inverse[1][1] + u * (inverse[1][2] - inverse[1][1]);
  double low = inverse[2][1] + u * (inverse[2][2] - inverse[2][1]);
  *depth = 1 / (top + v * (low - top));
  return true;
}

static void depth_through_any_lens_gives_the_points_of_a_pinhole(void **state) {
  (void)state;
  look l;
  look_open(&l, dev,
            "{ name = 'pinhole', width_px = 800, height_px = 600, fov_deg = 90, " SAME_PLACE " },\n"
            "{ name = 'fish', lens = 'kannala_brandt', width_px = 401, height_px = 399,\n"
            "  fov_deg = 200, distortion = {-0.02, 0.003}, " SAME_PLACE " },\n"
            "{ name = 'brown', lens = 'brown_conrady', width_px = 322, height_px = 242,\n"
            "  fov_deg = 70, distortion = {-0.28, 0.08, 0.0008, -0.0004}, " SAME_PLACE " },\n"
            "{ name = 'theta', lens = 'f_theta', width_px = 400, height_px = 300, fov_deg = 150,\n"
            "  distortion = {0, -0.03}, " SAME_PLACE " },\n"
            "{ name = 'pano', lens = 'equirectangular', width_px = 720, height_px = 360,\n"
            "  fov_deg = 360, " SAME_PLACE " }",
            cameras_street, "", 3);
  const rig_def *rig = &l.built->rig;
  for (int n = 1; n < l.f.camera_count; n++) {
    const frame_camera *image = &l.f.cameras[n];
    int compared = 0, different = 0, outside = 0;
    for (int i = 0; i < image->width_px * image->height_px; i++) {
      double depth = (double)image->depth_m[i], there, px[2];
      vec3 d;
      if (!lens_unproject(&rig->cameras[n], i % image->width_px + 0.5, i / image->width_px + 0.5,
                          &d)) {
        assert_true(depth == 0 && image->semantic[i] == 0 && image->instance[i] == 0);
        outside++;
        continue;
      }
      if (depth == 0 || d.z < 0.05)
        continue;
      vec3 p = vec3_scale(d, depth / d.z); // the point that the pixel shows
      if (!lens_project(&rig->cameras[0], p, px) || !pinhole_depth(&l.f.cameras[0], px, &there))
        continue;
      compared++;
      different += !(fabs(p.z - there) < 2e-3 * there);
    }
    if (!(compared > 4000 && different <= compared / 1000))
      fail_msg("%s: %d of %d points are elsewhere", rig->cameras[n].name, different, compared);
    assert_true((outside > 0) == (n == 1));
  }
  look_close(&l);
}

static void boxes_are_those_of_the_pixels_in_every_lens(void **state) {
  (void)state;
  look l;
  look_open(&l, dev,
            "{ name = 'fish', lens = 'kannala_brandt', width_px = 480, height_px = 480,\n"
            "  fov_deg = 200, position_m = {3.6, 0, 0.8}, pitch_deg = 10 },\n"
            "{ name = 'brown', lens = 'brown_conrady', width_px = 480, height_px = 270,\n"
            "  distortion = {-0.28, 0.08, 0.0008, -0.0004}, yaw_deg = 30 },\n"
            "{ name = 'pano', lens = 'equirectangular', width_px = 800, height_px = 400,\n"
            "  fov_deg = 360, position_m = {1.2, 0, 2.1} }",
            cameras_street, "", 3);
  int checked[3] = {0}, beyond = 0;
  for (int i = 0; i < l.f.box2d_count; i++) {
    const frame_box2d *box = &l.f.boxes2d[i];
    const frame_camera *image = &l.f.cameras[box->camera];
    int pixels = 0, x0 = 1 << 20, y0 = 1 << 20, x1 = -1, y1 = -1;
    for (int k = 0; k < image->width_px * image->height_px; k++) {
      if (image->instance[k] != box->id)
        continue;
      int x = k % image->width_px, y = k / image->width_px;
      pixels++;
      x0 = x < x0 ? x : x0, y0 = y < y0 ? y : y0, x1 = x > x1 ? x : x1, y1 = y > y1 ? y : y1;
      beyond += image->depth_m[k] < 0;
    }
    assert_int_equal(pixels, box->visible_pixels);
    assert_true(box->amodal_pixels >= box->visible_pixels);
    if (pixels == 0)
      continue;
    const float *v = box->visible, *a = box->amodal;
    assert_true(v[0] == (float)x0 && v[1] == (float)y0 && v[2] == (float)(x1 + 1) &&
                v[3] == (float)(y1 + 1));
    assert_true(a[0] <= v[0] && a[1] <= v[1] && a[2] >= v[2] && a[3] >= v[3]);
    checked[box->camera]++;
  }
  if (!(checked[0] > 8 && checked[1] > 4 && checked[2] > 15 && beyond > 100))
    fail_msg("%d %d %d boxes, %d pixels behind", checked[0], checked[1], checked[2], beyond);
  look_close(&l);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(kernels_are_their_slow_twins),
      cmocka_unit_test(extents_hold_all_that_a_box_may_cover),
      cmocka_unit_test(depth_through_any_lens_gives_the_points_of_a_pinhole),
      cmocka_unit_test(boxes_are_those_of_the_pixels_in_every_lens),
  };
  return cmocka_run_group_tests(tests, open_device, close_device);
}
