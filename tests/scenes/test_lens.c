// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Lenses: there and back, the published formulas, where curves end, and cameras that can't be.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "scenes/lens.h"
#include "scenes/rig_form.h"
#include "with_script.h"

static const double PI = 3.14159265358979323846;

static camera_def camera_of(const char *fields) {
  char text[1024];
  snprintf(text, sizeof text,
           "return scene { ego = { rig = { cameras = { { name = 'c', %s } } } } }", fields);
  scene_def def;
  trouble why = {0};
  if (define_text(text, &def, &why))
    fail_msg("%s", why.text);
  return def.rig.cameras[0];
}

// Weak and strong ones of every model, with what real calibrations look like.
static const char *const lenses[] = {
    "fov_deg = 90",
    "lens = 'brown_conrady', fov_deg = 70, distortion = {-0.28, 0.08, 0.0008, -0.0004, -0.006}",
    "lens = 'brown_conrady', fov_deg = 90, distortion = {0.1, 0.02, -0.001, 0.002}",
    "lens = 'brown_conrady', fov_deg = 100, cx_px = 300,\n"
    "  distortion = {0.9, 0.1, 0.0003, 0.0002, 0.01, 1.25, 0.35, 0.02}",
    "lens = 'kannala_brandt', width_px = 640, height_px = 640, fov_deg = 200",
    "lens = 'kannala_brandt', width_px = 640, height_px = 640, fov_deg = 195,\n"
    "  distortion = {-0.03, 0.004, -0.002, 0.0003}, cx_px = 325.5, cy_px = 311.25",
    "lens = 'kannala_brandt', fx_px = 340, fy_px = 338, distortion = {0.08, -0.01}",
    "lens = 'f_theta', width_px = 1280, height_px = 966, fx_px = 339.749, cx_px = 643.942,\n"
    "  cy_px = 479.907, circle_deg = 190, distortion = {-0.09415, 0.14209, -0.021195}",
    "lens = 'equirectangular', width_px = 720, height_px = 360, fov_deg = 360",
    "lens = 'equirectangular', width_px = 640, height_px = 200, fov_deg = 220, fy_px = 150",
};
enum { LENSES = sizeof lenses / sizeof *lenses };

static void places_survive_the_way_to_a_direction_and_back(void **state) {
  (void)state;
  for (int n = 0; n < LENSES; n++) {
    camera_def c = camera_of(lenses[n]);
    int seen = 0, all = 0;
    for (double y = 0; y <= c.height_px; y += c.height_px / 96.0)
      for (double x = 0; x <= c.width_px; x += c.width_px / 96.0) {
        vec3 d;
        double back[2];
        all++;
        if (!lens_unproject(&c, x, y, &d)) {
          assert_true(d.x == 0 && d.y == 0 && d.z == 0);
          continue;
        }
        seen++;
        double length = lens_is_perspective(c.model) ? d.z : vec3_length(d);
        if (fabs(length - 1) > 1e-12)
          fail_msg("lens %d: a direction of length %.17g", n, length);
        if (!lens_project(&c, vec3_scale(d, 7.5), back))
          fail_msg("lens %d doesn't see what its pixel %g, %g shows", n, x, y);
        // The seam of a panorama is its left and its right border.
        if (c.model == LENS_EQUIRECTANGULAR && fabs(back[0] - x) > c.width_px - 1)
          back[0] = x;
        if (fabs(fabs(d.y) - 1) < 1e-12)
          back[0] = x; // every column of a pole's row
        if (!(hypot(back[0] - x, back[1] - y) < 1e-6))
          fail_msg("lens %d: %.9g, %.9g came back as %.9g, %.9g", n, x, y, back[0], back[1]);
      }
    bool fisheye = c.model == LENS_KANNALA_BRANDT || c.model == LENS_F_THETA;
    if (fisheye ? seen < all / 2 : seen != all)
      fail_msg("lens %d: sees %d of %d", n, seen, all);
  }
}

static void directions_survive_over_the_whole_field(void **state) {
  (void)state;
  for (int n = 0; n < LENSES; n++) {
    camera_def c = camera_of(lenses[n]);
    double most = c.model == LENS_PINHOLE ? 85 * PI / 180 : c.field_rad;
    double worst = 0;
    for (int i = 0; i <= 60; i++)
      for (int k = 0; k < 24; k++) {
        double t = most * (1 - 1e-9) * i / 60, phi = 2 * PI * k / 24 + 0.1, px[2];
        vec3 d = {sin(t) * cos(phi), sin(t) * sin(phi), cos(t)}, back;
        if (!lens_project(&c, d, px))
          fail_msg("lens %d doesn't see %g deg off its axis", n, t * 180 / PI);
        if (c.model == LENS_BROWN_CONRADY &&
            (px[0] < 0 || px[1] < 0 || px[0] > c.width_px || px[1] > c.height_px))
          continue; // with p1 and p2 only the image is sure to be one to one
        if (!lens_unproject(&c, px[0], px[1], &back))
          fail_msg("lens %d: nothing at %g, %g, %g deg off the axis", n, px[0], px[1],
                   t * 180 / PI);
        back = vec3_scale(back, 1 / vec3_length(back));
        worst = fmax(worst, vec3_length(vec3_sub(back, d)) * c.fx_px);
      }
    if (!(worst < 1e-5))
      fail_msg("lens %d: off by %g px", n, worst);
  }
}

// Word for word as OpenCV's documentation has them (calib3d and fisheye).
static void opencv_brown(const double D[8], double x, double y, double out[2]) {
  double r2 = x * x + y * y, r4 = r2 * r2, r6 = r4 * r2;
  double k1 = D[0], k2 = D[1], p1 = D[2], p2 = D[3], k3 = D[4], k4 = D[5], k5 = D[6], k6 = D[7];
  double radial = (1 + k1 * r2 + k2 * r4 + k3 * r6) / (1 + k4 * r2 + k5 * r4 + k6 * r6);
  out[0] = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x);
  out[1] = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y;
}

static void opencv_fisheye(const double D[4], double x, double y, double out[2]) {
  double r = sqrt(x * x + y * y), theta = atan(r), theta2 = theta * theta;
  double theta_d = theta * (1 + D[0] * theta2 + D[1] * pow(theta, 4) + D[2] * pow(theta, 6) +
                            D[3] * pow(theta, 8));
  out[0] = theta_d / r * x;
  out[1] = theta_d / r * y;
}

static void formulas_are_the_published_ones(void **state) {
  (void)state;
  rng draw = rng_at(5, RNG_TEST, 0, 0, 0);
  for (int n = 0; n < LENSES; n++) {
    camera_def c = camera_of(lenses[n]);
    for (int i = 0; i < 200; i++) {
      double a = rng_uniform(&draw, -0.6, 0.6), b = rng_uniform(&draw, -0.4, 0.4), px[2], m[2];
      double z = rng_uniform(&draw, 0.5, 40), t = atan(hypot(a, b));
      vec3 p = {a * z, b * z, z};
      const double *k = c.coefficients;
      m[0] = a, m[1] = b;
      if (c.model == LENS_BROWN_CONRADY)
        opencv_brown(k, a, b, m);
      else if (c.model == LENS_KANNALA_BRANDT)
        opencv_fisheye(k, a, b, m);
      else if (c.model == LENS_F_THETA) {
        double r = t + k[0] * t * t + k[1] * pow(t, 3) + k[2] * pow(t, 4) + k[3] * pow(t, 5);
        m[0] = a * r / hypot(a, b), m[1] = b * r / hypot(a, b);
      } else if (c.model == LENS_EQUIRECTANGULAR) {
        m[0] = atan(a), m[1] = atan(b / sqrt(1 + a * a));
      }
      assert_true(lens_project(&c, p, px));
      double x = c.fx_px * m[0] + c.cx_px, y = c.fy_px * m[1] + c.cy_px;
      if (!(hypot(px[0] - x, px[1] - y) < 1e-9))
        fail_msg("lens %d: %.12g, %.12g should be %.12g, %.12g", n, px[0], px[1], x, y);
    }
  }
}

static void what_a_lens_cannot_see_it_does_not(void **state) {
  (void)state;
  camera_def pinhole = camera_of("fov_deg = 90"), fish = camera_of(lenses[4]), pano;
  pano = camera_of(lenses[8]);
  double px[2] = {-5, -5};
  assert_false(lens_project(&pinhole, (vec3){1, 0, -1}, px));
  assert_false(lens_project(&pinhole, (vec3){1, 0, 0}, px));
  assert_true(px[0] == -5 && px[1] == -5);
  double edge = 100 * PI / 180;
  assert_true(lens_project(&fish, (vec3){sin(edge - 1e-3), 0, cos(edge - 1e-3)}, px));
  assert_true(px[0] < 640 && px[0] > 639 - 320 * 1.1e-3 / edge);
  assert_false(lens_project(&fish, (vec3){sin(edge + 1e-3), 0, cos(edge + 1e-3)}, px));
  assert_true(px[0] > 640); // where it would be
  assert_true(lens_project(&pano, (vec3){-1e-9, 0, -1}, px));
  assert_true(fabs(px[0]) < 1e-3 && fabs(px[1] - 180) < 1e-9); // its back: the left border
  assert_true(lens_project(&pano, (vec3){0, -1, 0}, px) && fabs(px[1]) < 1e-9);
  assert_false(lens_project(&pano, (vec3){0, 0, 0}, px));
  // Beyond the field places go on outwards, whatever the curve would do there.
  for (int n = 4; n < 8; n++) {
    camera_def c = camera_of(lenses[n]);
    double last = 0;
    for (int i = 1; i < 180; i++) {
      double t = i * PI / 180;
      (void)lens_project(&c, (vec3){sin(t), 0, cos(t)}, px);
      if (!(px[0] > last))
        fail_msg("lens %d: %g px at %d deg, %g before", n, px[0], i, last);
      last = px[0];
    }
  }
}

static void crop_and_binning_move_pixels_and_no_directions(void **state) {
  (void)state;
  for (int n = 0; n < LENSES; n++) {
    if (n == 6)
      continue; // 640 x 384: one size for all below
    char text[1024];
    camera_def whole = camera_of(lenses[n]);
    int w = whole.width_px / 4 / 16 * 16, h = whole.height_px / 4 / 16 * 16;
    snprintf(text, sizeof text, "%s, crop_px = { 100, 60, %d, %d }, binning = 2, readout_s = 0.03",
             lenses[n], 2 * w, 2 * h);
    camera_def part = camera_of(text);
    assert_int_equal(part.width_px, w);
    assert_int_equal(part.height_px, h);
    assert_true(fabs(part.readout_s - 0.03 * 2 * h / whole.height_px) < 1e-15);
    for (double y = 0; y <= h; y += h / 8.0)
      for (double x = 0; x <= w; x += w / 8.0) {
        vec3 a, b;
        bool one = lens_unproject(&part, x, y, &a);
        bool two = lens_unproject(&whole, 100 + 2 * x, 60 + 2 * y, &b);
        if (one != two || vec3_length(vec3_sub(a, b)) > 1e-12)
          fail_msg("lens %d: %g, %g of the part is another place", n, x, y);
      }
  }
}

static void fields_of_view_are_what_was_asked_for(void **state) {
  (void)state;
  static const struct {
    const char *fields;
    double half_deg;
  } rows[] = {{"fov_deg = 90", 45},
              {"lens = 'kannala_brandt', fov_deg = 180, distortion = {-0.02, 0.001}", 90},
              {"lens = 'f_theta', fov_deg = 120, distortion = {0, -0.03}", 60},
              {"lens = 'equirectangular', fov_deg = 200, height_px = 300", 100}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    camera_def c = camera_of(rows[i].fields);
    double half = rows[i].half_deg * PI / 180, px[2];
    assert_true(lens_project(&c, (vec3){sin(half * (1 - 1e-12)), 0, cos(half * (1 - 1e-12))}, px));
    if (fabs(px[0] - c.width_px) > 1e-6)
      fail_msg("%s: its border lies at %g", rows[i].fields, px[0]);
  }
}

static void expect_refusal(const char *fields, const char *text) {
  char scripted[1024], wanted[1024];
  snprintf(scripted, sizeof scripted, "return scene { ego = { rig = { cameras = { { %s } } } } }",
           fields);
  snprintf(wanted, sizeof wanted, "ego.rig.cameras: \"camera_1\": %s", text);
  scene_def def;
  trouble why = {0};
  if (define_text(scripted, &def, &why) != STATUS_RANGE)
    fail_msg("%s: is not refused", fields);
  if (!strstr(why.text, wanted))
    fail_msg("%s\n  has no: %s", why.text, wanted);
}

static void impossible_cameras_are_refused_in_one_line(void **state) {
  (void)state;
  expect_refusal("fov_deg = 190",
                 "fov_deg: 190 is more than the 170 that lens = \"pinhole\" shows; "
                 "kannala_brandt shows 200");
  expect_refusal("lens = 'f_theta', fov_deg = 220",
                 "fov_deg: 220 is more than the 200 that lens = \"f_theta\" shows; equirectangular "
                 "shows 360");
  expect_refusal("distortion = {0.1}",
                 "distortion: a pinhole lens has none; leave it out, or write lens = "
                 "\"brown_conrady\"");
  expect_refusal("lens = 'kannala_brandt', distortion = {0, 0, 0, 0, 0}",
                 "distortion: has 5 numbers; lens = \"kannala_brandt\" takes 4 at most");
  expect_refusal("lens = 'brown_conrady', fov_deg = 100, distortion = {-0.5}",
                 "distortion: the lens's curve turns back 146.2 px from the principal point (39.23 "
                 "deg off the axis), within the image; lower the coefficients, or crop it");
  expect_refusal("lens = 'brown_conrady', distortion = {0, 0, 0.9, 0.9}",
                 "distortion: the pixel at");
  expect_refusal("lens = 'kannala_brandt', fov_deg = 180, distortion = {-0.2}",
                 "distortion: the lens's curve turns back");
  expect_refusal("lens = 'equirectangular', fov_deg = 360",
                 "fy_px: 101.859 of 384 rows shows 216 deg; a panorama has 180, to 90 above and "
                 "below cy_px: height_px = 320 would do");
  expect_refusal("lens = 'equirectangular', fx_px = 50, height_px = 100",
                 "fx_px: 50 of 640 columns shows 733.4 deg; a panorama has 360");
  expect_refusal("crop_px = {0, 0, 100}", "crop_px: has 3 numbers; write { x, y, width, height }");
  expect_refusal("crop_px = {600, 0, 100, 100}",
                 "crop_px: { 600, 0, 100, 100 } does not lie on the sensor of 640 x 384");
  expect_refusal("crop_px = {0, 0.5, 100, 100}", "crop_px: y 0.5 is not a whole number");
  expect_refusal("crop_px = {0, 0, 0, 0}",
                 "crop_px: 0 x 0 pixels, 1 a side to one, make no image; it takes multiples of 1, "
                 "16 or more");
  expect_refusal("binning = 3", "binning: 3 is not 1, 2 or 4");
  expect_refusal(
      "width_px = 62, height_px = 62, binning = 4",
      "binning: 62 x 62 pixels, 4 a side to one, make no image; it takes multiples of 4, "
      "64 or more");
  scene_def def;
  trouble why = {0};
  assert_int_equal(
      define_text("return scene { ego = { rig = { cameras = { { lens = 'fish' } } } } }", &def,
                  &why),
      STATUS_RANGE);
  assert_non_null(strstr(why.text, "ego.rig.cameras[1].lens: unknown \"fish\""));
}

// Strong distortion is fine where the image ends before the curve turns, or a circle does.
static void what_turns_back_outside_the_image_is_fine(void **state) {
  (void)state;
  camera_def c = camera_of("lens = 'brown_conrady', fov_deg = 60, distortion = {-0.3}");
  assert_true(c.field_rad < 50 * PI / 180 && c.field_rad > 40 * PI / 180);
  c = camera_of("lens = 'kannala_brandt', fov_deg = 180, circle_deg = 140, distortion = {-0.2}");
  assert_true(fabs(c.field_rad - 70 * PI / 180) < 1e-12);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(places_survive_the_way_to_a_direction_and_back),
      cmocka_unit_test(directions_survive_over_the_whole_field),
      cmocka_unit_test(formulas_are_the_published_ones),
      cmocka_unit_test(what_a_lens_cannot_see_it_does_not),
      cmocka_unit_test(crop_and_binning_move_pixels_and_no_directions),
      cmocka_unit_test(fields_of_view_are_what_was_asked_for),
      cmocka_unit_test(impossible_cameras_are_refused_in_one_line),
      cmocka_unit_test(what_turns_back_outside_the_image_is_fine),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
