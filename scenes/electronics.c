// SPDX-License-Identifier: Apache-2.0
#include "scenes/electronics.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "scenes/fields.h"
#include "scenes/lens.h"
#include "scenes/rig_form.h"

static const double PI = 3.14159265358979323846;

static const struct words {
  const char *field, *words[EXPOSURE_MODE_COUNT + 2];
} tables[] = {
    {"preset", {"fast", "quality"}},
    {"electronics", {"auto", "simple", "full"}},
    {"exposure", {"scene", "auto", "manual"}},
    {"metering", {"centre", "average"}},
    {"white_balance", {"scene", "auto", "fixed"}},
    {"bayer", {"rggb", "bggr", "grbg", "gbrg"}},
    {"tone", {"filmic", "srgb"}},
    {"vignetting", {"polynomial", "cos4", "none"}},
};

const char *electronics_word(const char *name, int index) {
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    if (strcmp(tables[i].field, name) == 0)
      return index >= 0 && index < EXPOSURE_MODE_COUNT + 2 ? tables[i].words[index] : NULL;
  return NULL;
}

// Broad filters that overlap, as those of usual sensors do: what makes RAW pictures green and
// pale. Green sees grey as bright as it is.
const double electronics_filters[9] = {0.62, 0.22, 0.02, //
                                       0.16, 0.72, 0.12, //
                                       0.03, 0.16, 0.57};

// 1 lm of 555 nm is 1/683 W, a photon of it 3.58e-19 J. A lens of that f-number, through which
// 0.9 of the light comes, lights its sensor with pi L 0.9 / (4 N^2).
double electronics_rate(const electronics_def *e, int binning) {
  const double photons_a_lux_m2_s = 1 / 683.0 / 3.58e-19, through = 0.9, unit_cdm2 = 1e4;
  double lux = PI * unit_cdm2 * through / (4 * e->f_number * e->f_number);
  double side = e->pixel_m * binning;
  return lux * photons_a_lux_m2_s * side * side * e->efficiency;
}

double electronics_dark_rate(const electronics_def *e, int binning, double sensor_c) {
  return e->dark_eps * binning * binning * exp2((sensor_c - 25) / 7);
}

double electronics_full_well(const electronics_def *e, int binning) {
  return e->full_well_e * binning * binning;
}

double electronics_system_gain(const electronics_def *e, int binning) {
  return (RAW_WHITE - e->black) / electronics_full_well(e, binning);
}

double electronics_vignetting(const camera_def *c, double x_px, double y_px) {
  const electronics_def *e = &c->electronics;
  if (e->vignetting == VIGNETTING_NONE)
    return 1;
  if (e->vignetting == VIGNETTING_COS4) {
    vec3 d;
    if (!lens_unproject(c, x_px, y_px, &d))
      return 0;
    double cosine = d.z / sqrt(d.x * d.x + d.y * d.y + d.z * d.z);
    return cosine > 0 ? cosine * cosine * cosine * cosine : 0;
  }
  int b = c->binning > 0 ? c->binning : 1;
  bool whole = c->sensor_px[0] <= 0;
  double w = whole ? c->width_px * b : c->sensor_px[0],
         h = whole ? c->height_px * b : c->sensor_px[1];
  double x = x_px * b + (whole ? 0 : c->crop_px[0]) - w / 2;
  double y = y_px * b + (whole ? 0 : c->crop_px[1]) - h / 2;
  double r2 = (x * x + y * y) / (w * w + h * h) * 4;
  const double *k = e->vignetting_k;
  return fmax(0, 1 + r2 * (k[0] + r2 * (k[1] + r2 * k[2])));
}

// From the form -------------------------------------------------------------------

#define REFUSE(form, why, ...)                                                                     \
  (trouble_set(why, STATUS_RANGE, __VA_ARGS__),                                                    \
   trouble_set(why, STATUS_RANGE, "ego.rig.cameras: \"%s\": %s", (form)->name, (why)->text))

static int number_of(const char *name, const char *word) {
  const char *known;
  for (int i = 0; (known = electronics_word(name, i)); i++)
    if (strcmp(known, word) == 0)
      return i;
  return 0; // words are checked where they are read
}

// The first field that is set although simple electronics don't have it; NULL: none.
static const char *set_in_vain(const camera_form *form) {
  const camera_form usual = camera_form_default();
  for (int i = 0; i < fields_count; i++) {
    const field *f = &fields_table[i];
    size_t first = offsetof(camera_form, electronics), end = first + sizeof form->electronics;
    if (f->group != FIELDS_CAMERA || f->offset < first || f->offset >= end ||
        strcmp(f->name, "preset") == 0 || strcmp(f->name, "electronics") == 0)
      continue;
    const char *own = (const char *)form + f->offset, *other = (const char *)&usual + f->offset;
    bool same;
    if (f->type == FIELD_WORD)
      same = strcmp(own, other) == 0;
    else if (f->type == FIELD_NUMBERS)
      same = ((const number_list *)(const void *)own)->count == 0;
    else {
      double a = fields_get(f, form, 0), b = fields_get(f, &usual, 0);
      same = a == b || (isnan(a) && isnan(b));
    }
    if (!same)
      return f->name;
  }
  return NULL;
}

// The inverse of the filters after white balance: what makes linear sRGB of it again.
static void usual_ccm(double out[9]) {
  double m[9];
  for (int row = 0; row < 3; row++) {
    const double *f = electronics_filters + 3 * row;
    for (int k = 0; k < 3; k++)
      m[3 * row + k] = f[k] / (f[0] + f[1] + f[2]);
  }
  double det = 0;
  for (int k = 0; k < 3; k++)
    det +=
        m[k] * (m[3 + (k + 1) % 3] * m[6 + (k + 2) % 3] - m[3 + (k + 2) % 3] * m[6 + (k + 1) % 3]);
  for (int row = 0; row < 3; row++)
    for (int k = 0; k < 3; k++) {
      int a = (row + 1) % 3, b = (row + 2) % 3, c = (k + 1) % 3, d = (k + 2) % 3;
      out[3 * k + row] = (m[3 * a + c] * m[3 * b + d] - m[3 * a + d] * m[3 * b + c]) / det;
    }
}

static status check(const camera_def *c, const camera_form *form, trouble *why) {
  const electronics_form *e = &form->electronics;
  if (e->ccm.count != 0 && e->ccm.count != 9)
    return REFUSE(form, why, "ccm: has %d numbers; a matrix has 9", e->ccm.count);
  if (e->vignetting_k.count > 3)
    return REFUSE(form, why, "vignetting_k: has %d numbers; the polynomial takes 3 at most",
                  e->vignetting_k.count);
  if (c->electronics.vignetting == VIGNETTING_COS4 && !lens_is_perspective(c->model))
    return REFUSE(
        form, why,
        "vignetting: cos4 belongs to perspective lenses; write \"polynomial\" or \"none\" "
        "with lens = \"%s\"",
        form->lens);
  if (c->electronics.vignetting != VIGNETTING_POLYNOMIAL && e->vignetting_k.count > 0)
    return REFUSE(form, why, "vignetting_k: only the polynomial has it; leave it out");
  for (int i = 0; i <= 64; i++) {
    const double *k = c->electronics.vignetting_k, r2 = i / 64.0;
    double share = 1 + r2 * (k[0] + r2 * (k[1] + r2 * k[2]));
    if (c->electronics.vignetting == VIGNETTING_POLYNOMIAL && !(share >= 0 && share <= 1.5))
      return REFUSE(form, why,
                    "vignetting_k: gives %.3g of the light at r = %.2f; it has to stay in 0..1.5",
                    share, sqrt(r2));
  }
  return STATUS_OK;
}

static void set_sensor(electronics_def *out, const electronics_form *form) {
  out->black = form->black_level;
  out->serial = (unsigned)form->serial;
  out->jpeg = form->jpeg;
  out->exposure_ev = form->exposure_ev;
  out->exposure_tau_s = form->exposure_tau_s;
  out->shutter_s = form->shutter_s;
  out->gain = pow(10, form->gain_db / 20);
  out->gain_most = pow(10, form->gain_max_db / 20);
  out->f_number = form->f_number;
  out->white_k = form->white_k;
  out->pixel_m = form->pixel_um * 1e-6;
  out->efficiency = form->quantum_efficiency;
  out->full_well_e = form->full_well_e;
  out->read_e = form->read_noise_e;
  out->dark_eps = form->dark_current_eps;
  out->sensor_c = form->sensor_c;
  out->dsnu_e = form->dsnu_e;
  out->prnu = form->prnu;
  out->sharpen = form->sharpen;
  out->psf_px = form->psf_px;
  out->glare = form->glare;
  if (form->ccm.count == 9)
    memcpy(out->ccm, form->ccm.value, sizeof out->ccm);
  else
    usual_ccm(out->ccm);
}

static void set_words(electronics_def *out, const electronics_form *form) {
  out->exposure = (exposure_mode)number_of("exposure", form->exposure);
  out->metering = (metering)number_of("metering", form->metering);
  out->white = (white_mode)number_of("white_balance", form->white_balance);
  out->bayer = (bayer)number_of("bayer", form->bayer);
  out->tone = (tone_model)number_of("tone", form->tone);
  out->vignetting = (vignetting)number_of("vignetting", form->vignetting);
}

status electronics_from_form(camera_def *out, const camera_form *form, trouble *why) {
  enum { QUALITY_SAMPLES = 16 };
  const electronics_form *e = &form->electronics;
  bool quality = strcmp(e->preset, "quality") == 0;
  out->samples = quality ? QUALITY_SAMPLES : 0;
  out->bounces = quality ? form->bounces : 0;
  out->paths = out->bounces > 0 ? form->paths : 0;
  const camera_form usual_form = camera_form_default();
  if (!quality && (form->bounces != usual_form.bounces || form->paths != usual_form.paths))
    return REFUSE(form, why, "%s: preset \"%s\" follows no light; write preset = \"quality\"",
                  form->bounces != usual_form.bounces ? "bounces" : "paths", e->preset);
  memset(&out->electronics, 0, sizeof out->electronics);
  if (strcmp(e->electronics, "full") != 0 && !(quality && strcmp(e->electronics, "auto") == 0)) {
    const char *vain = set_in_vain(form);
    if (vain)
      return REFUSE(form, why,
                    "%s: simple electronics don't have it; write electronics = \"full\", or preset "
                    "= \"quality\"",
                    vain);
    if (form->labels & LABEL_RAW)
      return REFUSE(form, why,
                    "labels: simple electronics have no raw; write electronics = \"full\", or "
                    "preset = \"quality\"");
    return STATUS_OK;
  }
  out->electronics.full = true;
  set_words(&out->electronics, e);
  set_sensor(&out->electronics, e);
  static const double usual[3] = {-0.24, -0.06, 0};
  if (e->vignetting_k.count == 0 && out->electronics.vignetting == VIGNETTING_POLYNOMIAL &&
      out->model != LENS_EQUIRECTANGULAR)
    memcpy(out->electronics.vignetting_k, usual, sizeof usual);
  else if (e->vignetting_k.count <= 3)
    memcpy(out->electronics.vignetting_k, e->vignetting_k.value,
           sizeof *usual * (size_t)e->vignetting_k.count);
  return check(out, form, why);
}
