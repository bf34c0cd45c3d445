// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Cameras' electronics from the fields of a script, and vignetting by its closed forms.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/fields.h"
#include "scenes/rig_form.h"

static camera_form full_form(void) {
  camera_form form = camera_form_default();
  strcpy(form.name, "front");
  strcpy(form.electronics.electronics, "full");
  return form;
}

static camera_def made(const camera_form *form) {
  camera_def c = {0};
  trouble why = {0};
  if (camera_from_form(&c, form, &why))
    fail_msg("%s", why.text);
  return c;
}

static void refused(const camera_form *form, const char *words) {
  camera_def c = {0};
  trouble why = {0};
  assert_int_equal(camera_from_form(&c, form, &why), STATUS_RANGE);
  if (!strstr(why.text, words) || !strstr(why.text, "ego.rig.cameras: \"front\""))
    fail_msg("\"%s\" doesn't say \"%s\"", why.text, words);
}

static void cameras_are_simple_unless_asked(void **state) {
  (void)state;
  camera_def c = camera_def_default();
  electronics_def none = {0};
  assert_int_equal(c.samples, 0);
  assert_memory_equal(&c.electronics, &none, sizeof none);
}

static void presets_choose_and_words_overrule(void **state) {
  (void)state;
  camera_form form = full_form();
  camera_def c = made(&form);
  assert_true(c.electronics.full && c.samples == 0);
  strcpy(form.electronics.preset, "quality");
  strcpy(form.electronics.electronics, "auto");
  c = made(&form);
  assert_true(c.electronics.full && c.samples == 16);
  strcpy(form.electronics.electronics, "simple");
  c = made(&form);
  assert_true(!c.electronics.full && c.samples == 16);
}

static void light_is_followed_by_the_preset_quality_alone(void **state) {
  (void)state;
  camera_form form = full_form();
  camera_def c = made(&form);
  assert_true(c.bounces == 0 && c.paths == 0);
  form.bounces = 2;
  refused(&form, "bounces: preset \"fast\" follows no light");
  strcpy(form.electronics.preset, "quality");
  c = made(&form);
  assert_true(c.bounces == 2 && c.paths == 4);
  form.bounces = 0;
  c = made(&form);
  assert_true(c.bounces == 0 && c.paths == 0 && c.samples == 16);
  form = full_form();
  form.paths = 8;
  refused(&form, "paths: preset \"fast\" follows no light");
}

static void fields_land_in_their_units(void **state) {
  (void)state;
  camera_form form = full_form();
  strcpy(form.electronics.exposure, "manual");
  strcpy(form.electronics.white_balance, "fixed");
  strcpy(form.electronics.bayer, "gbrg");
  form.electronics.gain_db = 20, form.electronics.pixel_um = 2.2, form.electronics.serial = 7;
  camera_def c = made(&form);
  const electronics_def *e = &c.electronics;
  assert_int_equal(e->exposure, EXPOSURE_MANUAL);
  assert_int_equal(e->white, WHITE_FIXED);
  assert_int_equal(e->bayer, BAYER_GBRG);
  assert_true(fabs(e->gain - 10) < 1e-12 && fabs(e->gain_most - pow(10, 1.8)) < 1e-12);
  assert_true(fabs(e->pixel_m - 2.2e-6) < 1e-18 && e->serial == 7 && isnan(e->sensor_c));
}

// Every field of electronics, set on a simple camera, is refused by its own name.
static void simple_cameras_refuse_what_they_do_not_have(void **state) {
  (void)state;
  int tried = 0;
  for (int i = 0; i < fields_count; i++) {
    const field *f = &fields_table[i];
    size_t first = offsetof(camera_form, electronics);
    if (f->group != FIELDS_CAMERA || f->offset < first || strcmp(f->name, "preset") == 0 ||
        strcmp(f->name, "electronics") == 0)
      continue;
    camera_form form = camera_form_default();
    strcpy(form.name, "front");
    void *at = (char *)&form + f->offset;
    if (f->type == FIELD_WORD)
      fields_put_text(f, &form, fields_word(f, 1));
    else if (f->type == FIELD_NUMBERS)
      *(number_list *)at = (number_list){.count = 1, .value = {0.1}};
    else
      fields_put(f, &form, 0, f->hi);
    refused(&form, f->name);
    tried++;
  }
  assert_true(tried > 25);
  camera_form form = camera_form_default();
  strcpy(form.name, "front");
  form.labels |= LABEL_RAW;
  refused(&form, "labels: simple electronics have no raw");
}

static void impossible_electronics_are_refused(void **state) {
  (void)state;
  camera_form form = full_form();
  form.electronics.ccm.count = 8;
  refused(&form, "ccm: has 8 numbers");
  form = full_form();
  form.electronics.vignetting_k = (number_list){.count = 4};
  refused(&form, "vignetting_k: has 4");
  form = full_form();
  form.electronics.vignetting_k = (number_list){.count = 1, .value = {-1.2}};
  refused(&form, "vignetting_k: gives -");
  form = full_form();
  strcpy(form.electronics.vignetting, "cos4");
  form.electronics.vignetting_k = (number_list){.count = 1, .value = {-0.2}};
  refused(&form, "only the polynomial");
  form = full_form();
  strcpy(form.electronics.vignetting, "cos4");
  strcpy(form.lens, "kannala_brandt");
  refused(&form, "cos4 belongs to perspective lenses");
}

static void cos4_is_that_of_the_angle(void **state) {
  (void)state;
  camera_form form = full_form();
  strcpy(form.electronics.vignetting, "cos4");
  camera_def c = made(&form);
  for (int x = 0; x < 640; x += 37)
    for (int y = 0; y < 384; y += 29) {
      double a = (x - c.cx_px) / c.fx_px, b = (y - c.cy_px) / c.fy_px;
      double off = electronics_vignetting(&c, x, y) - pow(cos(atan(hypot(a, b))), 4);
      assert_true(fabs(off) < 1e-12);
    }
}

// The polynomial belongs to the sensor, of which crop and binning leave a part.
static void polynomials_are_the_sensors(void **state) {
  (void)state;
  camera_form form = full_form();
  form.electronics.vignetting_k = (number_list){.count = 3, .value = {-0.3, 0.1, -0.2}};
  camera_def whole = made(&form);
  assert_true(fabs(electronics_vignetting(&whole, 320, 192) - 1) < 1e-12);
  assert_true(fabs(electronics_vignetting(&whole, 0, 0) - 0.6) < 1e-12);
  form.crop_px = (number_list){.count = 4, .value = {100, 40, 400, 200}};
  form.binning = 2;
  camera_def part = made(&form);
  for (int x = 0; x < 200; x += 13)
    for (int y = 0; y < 100; y += 7) {
      double off = electronics_vignetting(&part, x, y) -
                   electronics_vignetting(&whole, 100 + 2 * x, 40 + 2 * y);
      assert_true(fabs(off) < 1e-12);
    }
  form = full_form();
  strcpy(form.electronics.vignetting, "none");
  camera_def none = made(&form);
  assert_true(electronics_vignetting(&none, 0, 0) == 1);
}

// White-balanced sensor colour of any colour under white light becomes it again.
static void the_usual_matrix_undoes_the_filters(void **state) {
  (void)state;
  camera_form form = full_form();
  camera_def c = made(&form);
  const double colors[][3] = {{1, 1, 1}, {0.8, 0.1, 0.05}, {0.1, 0.5, 0.2}, {0.05, 0.1, 0.9}};
  for (int k = 0; k < 4; k++) {
    double seen[3], sum;
    for (int row = 0; row < 3; row++) {
      const double *f = electronics_filters + 3 * row;
      seen[row] = f[0] * colors[k][0] + f[1] * colors[k][1] + f[2] * colors[k][2];
      seen[row] /= f[0] + f[1] + f[2];
    }
    for (int row = 0; row < 3; row++) {
      const double *m = c.electronics.ccm + 3 * row;
      sum = m[0] * seen[0] + m[1] * seen[1] + m[2] * seen[2];
      assert_true(fabs(sum - colors[k][row]) < 1e-12);
    }
  }
}

// By hand: 5,700 cd/m2, a grey card in the sun, at f/1.8 gives 1,244 lx, and in 1 ms some
// 247,000 electrons on 3 um pixels of efficiency 0.6.
static void light_becomes_electrons(void **state) {
  (void)state;
  camera_form form = full_form();
  camera_def c = made(&form);
  double lux = 3.14159265358979 * 5700 * 0.9 / (4 * 1.8 * 1.8);
  double watt_m2 = lux / 683, photon_j = 6.62607e-34 * 2.99792e8 / 555e-9;
  double electrons = watt_m2 / photon_j * 9e-12 * 0.6 * 1e-3;
  double own = electronics_rate(&c.electronics, 1) * 0.57 * 1e-3;
  assert_true(fabs(own / electrons - 1) < 2e-3);
  assert_true(fabs(electronics_rate(&c.electronics, 2) / electronics_rate(&c.electronics, 1) - 4) <
              1e-12);
  double cold = electronics_dark_rate(&c.electronics, 1, 25);
  assert_true(fabs(cold - 8) < 1e-12);
  assert_true(fabs(electronics_dark_rate(&c.electronics, 1, 60) / cold - 32) < 1e-9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cameras_are_simple_unless_asked),
      cmocka_unit_test(presets_choose_and_words_overrule),
      cmocka_unit_test(light_is_followed_by_the_preset_quality_alone),
      cmocka_unit_test(fields_land_in_their_units),
      cmocka_unit_test(simple_cameras_refuse_what_they_do_not_have),
      cmocka_unit_test(impossible_electronics_are_refused),
      cmocka_unit_test(cos4_is_that_of_the_angle),
      cmocka_unit_test(polynomials_are_the_sensors),
      cmocka_unit_test(the_usual_matrix_undoes_the_filters),
      cmocka_unit_test(light_becomes_electrons),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
