// SPDX-License-Identifier: Apache-2.0
// From a camera as a script writes it to one that can be: lens, crop, binning, mount. Crop and
// binning are exact, since places in an image are counted from its corner, not from the middle
// of its first pixel.
#include <math.h>
#include <string.h>

#include "scenes/lens.h"
#include "scenes/rig_form.h"

static const double PI = 3.14159265358979323846;
static const double RAD_PER_DEG = 3.14159265358979323846 / 180;
enum { SIDE_MIN = 16 };

#define REFUSE(form, why, ...)                                                                     \
  (trouble_set(why, STATUS_RANGE, __VA_ARGS__),                                                    \
   trouble_set(why, STATUS_RANGE, "ego.rig.cameras: \"%s\": %s", (form)->name, (why)->text))

static status check_model(camera_def *c, const camera_form *form, trouble *why) {
  int model = 0;
  while (model < LENS_MODEL_COUNT && strcmp(form->lens, lens_model_name(model)) != 0)
    model++;
  if (model == LENS_MODEL_COUNT)
    return REFUSE(form, why, "lens: unknown \"%s\"", form->lens);
  c->model = (lens_model)model;
  int most = lens_coefficient_count(c->model), count = form->distortion.count;
  if (count > most && most == 0)
    return REFUSE(form, why,
                  "distortion: a %s lens has none; leave it out, or write lens = \"brown_conrady\"",
                  form->lens);
  if (count > most)
    return REFUSE(form, why, "distortion: has %d numbers; lens = \"%s\" takes %d at most", count,
                  form->lens, most);
  memcpy(c->coefficients, form->distortion.value, sizeof *c->coefficients * (size_t)count);
  static const double widest[LENS_MODEL_COUNT] = {170, 170, 200, 200, 360};
  if (isnan(form->fx_px) && form->fov_deg > widest[model])
    return REFUSE(form, why, "fov_deg: %.10g is more than the %g that lens = \"%s\" shows; %s",
                  form->fov_deg, widest[model], form->lens,
                  form->fov_deg > 200             ? "equirectangular shows 360"
                  : lens_is_perspective(c->model) ? "kannala_brandt shows 200"
                                                  : "lower it");
  return STATUS_OK;
}

// Degrees across of a fisheye's circle, or what a perspective lens is asked for at most.
static double widest_half(const camera_form *form, lens_model model) {
  if (model == LENS_EQUIRECTANGULAR)
    return PI;
  return lens_is_perspective(model) ? 85 * RAD_PER_DEG : form->circle_deg * RAD_PER_DEG / 2;
}

// |m| that the angle off the axis has, on the lens's curve as far as it grows.
static double curve_at(const camera_def *c, double angle_rad) {
  camera_def upto = *c;
  upto.field_rad = fmin(angle_rad, c->field_rad);
  return lens_edge(&upto);
}

// Focal lengths and principal point of the whole sensor.
static void set_intrinsics(camera_def *c, const camera_form *form) {
  double half = form->fov_deg * RAD_PER_DEG / 2, wide = form->width_px / 2.0;
  c->field_rad = lens_field(c, widest_half(form, c->model));
  double fx = lens_is_perspective(c->model)      ? wide / tan(half)
              : c->model == LENS_EQUIRECTANGULAR ? wide / half
                                                 : wide / curve_at(c, half);
  c->fx_px = isnan(form->fx_px) ? fx : form->fx_px;
  c->fy_px = isnan(form->fy_px) ? c->fx_px : form->fy_px;
  c->cx_px = isnan(form->cx_px) ? form->width_px / 2.0 : form->cx_px;
  c->cy_px = isnan(form->cy_px) ? form->height_px / 2.0 : form->cy_px;
}

static status crop(camera_def *c, const camera_form *form, trouble *why) {
  static const char *const sides[] = {"x", "y", "width", "height"};
  int box[4] = {0, 0, form->width_px, form->height_px}, b = form->binning;
  if (form->crop_px.count != 0 && form->crop_px.count != 4)
    return REFUSE(form, why, "crop_px: has %d numbers; write { x, y, width, height }",
                  form->crop_px.count);
  for (int i = 0; i < form->crop_px.count; i++) {
    double value = form->crop_px.value[i];
    if (value != floor(value))
      return REFUSE(form, why, "crop_px: %s %.10g is not a whole number", sides[i], value);
    box[i] = (int)value;
  }
  if (box[0] + box[2] > form->width_px || box[1] + box[3] > form->height_px)
    return REFUSE(form, why, "crop_px: { %d, %d, %d, %d } does not lie on the sensor of %d x %d",
                  box[0], box[1], box[2], box[3], form->width_px, form->height_px);
  if (b != 1 && b != 2 && b != 4)
    return REFUSE(form, why, "binning: %d is not 1, 2 or 4", b);
  if (box[2] % b || box[3] % b || box[2] / b < SIDE_MIN || box[3] / b < SIDE_MIN)
    return REFUSE(form, why,
                  "%s: %d x %d pixels, %d a side to one, make no image; it takes multiples of %d, "
                  "%d or more",
                  form->crop_px.count ? "crop_px" : "binning", box[2], box[3], b, b, b * SIDE_MIN);
  c->width_px = box[2] / b, c->height_px = box[3] / b;
  c->cx_px = (c->cx_px - box[0]) / b, c->cy_px = (c->cy_px - box[1]) / b;
  c->fx_px /= b, c->fy_px /= b;
  memcpy(c->crop_px, box, sizeof box);
  c->sensor_px[0] = form->width_px, c->sensor_px[1] = form->height_px;
  c->binning = b;
  c->readout_s = form->readout_s * box[3] / form->height_px; // rows take as long as ever
  return STATUS_OK;
}

static double corner_radius(const camera_def *c) {
  double most = 0;
  for (int k = 0; k < 4; k++)
    most = fmax(most, hypot(((k & 1 ? c->width_px : 0) - c->cx_px) / c->fx_px,
                            ((k & 2 ? c->height_px : 0) - c->cy_px) / c->fy_px));
  return most;
}

// Every place of the image has to show one direction, or lie outside a fisheye's circle.
static status check_curve(const camera_def *c, const camera_form *form, trouble *why) {
  double edge = lens_edge(c), asked = widest_half(form, c->model), corner = corner_radius(c);
  bool turns = c->field_rad < asked;
  if (turns && corner > edge)
    return REFUSE(form, why,
                  "distortion: the lens's curve turns back %.4g px from the principal point (%.4g "
                  "deg off the axis), within the image; lower the coefficients%s",
                  edge * c->fx_px, c->field_rad / RAD_PER_DEG,
                  c->model == LENS_BROWN_CONRADY ? ", or crop it" : ", or circle_deg");
  if (c->model != LENS_BROWN_CONRADY)
    return STATUS_OK;
  enum { GRID = 32 };
  for (int y = 0; y <= GRID; y++)
    for (int x = 0; x <= GRID; x++) {
      double px[2] = {(double)x / GRID * c->width_px, (double)y / GRID * c->height_px}, back[2];
      vec3 d;
      if (!lens_unproject(c, px[0], px[1], &d) || !lens_project(c, d, back) ||
          hypot(back[0] - px[0], back[1] - px[1]) > 1e-6)
        return REFUSE(form, why,
                      "distortion: the pixel at %.4g, %.4g has no direction of its own; lower the "
                      "coefficients, p1 and p2 among them",
                      px[0], px[1]);
    }
  return STATUS_OK;
}

static status check_panorama(const camera_def *c, const camera_form *form, trouble *why) {
  double across = c->width_px / c->fx_px, up = c->height_px / c->fy_px;
  double right = (c->width_px - c->cx_px) / c->fx_px, low = (c->height_px - c->cy_px) / c->fy_px;
  const double slack = 1e-9;
  if (across > 2 * PI * (1 + slack) || right > PI + slack || across - right > PI + slack)
    return REFUSE(form, why,
                  "fx_px: %.6g of %d columns shows %.4g deg; a panorama has 360, to 180 on either "
                  "side of cx_px",
                  c->fx_px, c->width_px, across / RAD_PER_DEG);
  if (up > PI * (1 + slack) || low > PI / 2 + slack || up - low > PI / 2 + slack)
    return REFUSE(
        form, why,
        "fy_px: %.6g of %d rows shows %.4g deg; a panorama has 180, to 90 above and below "
        "cy_px: height_px = %d would do",
        c->fy_px, c->height_px, up / RAD_PER_DEG, (int)(PI * c->fy_px * c->binning));
  return STATUS_OK;
}

static pose mount_of(const camera_form *form) {
  pose mount = camera_mount(form->position_m[0], form->position_m[1], form->position_m[2],
                            form->yaw_deg * RAD_PER_DEG, form->pitch_deg * RAD_PER_DEG);
  if (form->roll_deg != 0) { // about the axis it looks along, its own z
    double half = form->roll_deg * RAD_PER_DEG / 2;
    mount.q = quat_multiply(mount.q, (quat){cos(half), 0, 0, sin(half)});
  }
  return mount;
}

status camera_from_form(camera_def *out, const camera_form *form, trouble *why) {
  trouble unheard;
  if (!why)
    why = &unheard;
  camera_def c = {.exposure_s = form->exposure_s, .mount = mount_of(form), .labels = form->labels};
  memcpy(c.name, form->name, sizeof c.name);
  if (!ego_body_from(form->ego_body, &c.body))
    return REFUSE(form, why, "ego_body: unknown \"%s\"", form->ego_body);
  status result = check_model(&c, form, why);
  if (result)
    return result;
  set_intrinsics(&c, form);
  result = crop(&c, form, why);
  if (!result && c.model == LENS_EQUIRECTANGULAR)
    result = check_panorama(&c, form, why);
  else if (!result && c.model != LENS_PINHOLE)
    result = check_curve(&c, form, why);
  if (!result)
    result = electronics_from_form(&c, form, why);
  if (!result)
    *out = c;
  return result;
}
