// SPDX-License-Identifier: Apache-2.0
#include "export/sheet_views.h"

#include <math.h>
#include <stddef.h>

#include "scenes/scene.h"
#include "scenes/taxonomy.h"

static const colour night = {14, 16, 20};
static const colour white = {255, 255, 255};

static int start(canvas *out, int width, int height) {
  *out = canvas_create(width, height, night);
  return out->rgb != NULL;
}

/// Source pixel under a cell's pixel.
static size_t under(const canvas *c, const frame_camera *camera, int x, int y) {
  int sx = (int)((x + 0.5) * camera->width_px / c->width);
  int sy = (int)((y + 0.5) * camera->height_px / c->height);
  return (size_t)sy * (size_t)camera->width_px + (size_t)sx;
}

/// Mean of the source pixels under a cell's pixel: fine detail doesn't sparkle.
static colour mean_under(const canvas *c, const frame_camera *camera, int x, int y) {
  int x0 = x * camera->width_px / c->width, x1 = (x + 1) * camera->width_px / c->width;
  int y0 = y * camera->height_px / c->height, y1 = (y + 1) * camera->height_px / c->height;
  x1 = x1 > x0 ? x1 : x0 + 1;
  y1 = y1 > y0 ? y1 : y0 + 1;
  unsigned sum[3] = {0}, count = (unsigned)((x1 - x0) * (y1 - y0));
  for (int sy = y0; sy < y1; sy++)
    for (int sx = x0; sx < x1; sx++)
      for (int k = 0; k < 3; k++)
        sum[k] += camera->rgb[3 * ((size_t)sy * (size_t)camera->width_px + (size_t)sx) + (size_t)k];
  return (colour){(uint8_t)(sum[0] / count), (uint8_t)(sum[1] / count), (uint8_t)(sum[2] / count)};
}

int sheet_view_rgb(canvas *out, int width, int height, const frame_camera *camera) {
  if (!start(out, width, height))
    return 0;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      canvas_blend(out, x, y, mean_under(out, camera, x, y), 1);
  return 1;
}

int sheet_view_depth(canvas *out, int width, int height, const frame_camera *camera) {
  const double near_m = 2, far_m = 150;
  if (!start(out, width, height))
    return 0;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      double depth_m =
          fabs((double)camera->depth_m[under(out, camera, x, y)]); // < 0: behind a fisheye
      if (depth_m > 0)
        canvas_blend(out, x, y, colour_ramp(1 - log(depth_m / near_m) / log(far_m / near_m)), 1);
    }
  return 1;
}

int sheet_view_semantic(canvas *out, int width, int height, const frame_camera *camera) {
  if (!start(out, width, height))
    return 0;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      unsigned class = camera->semantic[under(out, camera, x, y)];
      const unsigned char *rgb = semantic_table[class < SEMANTIC_COUNT ? class : 0].rgb;
      canvas_blend(out, x, y, (colour){rgb[0], rgb[1], rgb[2]}, 1);
    }
  return 1;
}

// A cell's coordinate from a file's, within the cell or just outside; not a number: outside.
static int place(double px, double scale, int side) {
  double at = px * scale;
  return (int)lround(at >= -2 ? fmin(at, side + 2.0) : -2);
}

static void draw_box2d(canvas *out, const frame_box2d *box, double scale_x, double scale_y) {
  if (box->visible_pixels == 0)
    return;
  const colour own = colour_of_id(box->id);
  const float *a = box->amodal, *v = box->visible;
  const int w = out->width, h = out->height;
  canvas_frame(out, place(a[0], scale_x, w), place(a[1], scale_y, h), place(a[2], scale_x, w),
               place(a[3], scale_y, h), 1, white, 0.35);
  const int x0 = place(v[0], scale_x, w), y0 = place(v[1], scale_y, h);
  const int x1 = place(v[2], scale_x, w), y1 = place(v[3], scale_y, h);
  canvas_frame(out, x0 - 1, y0 - 1, x1 + 1, y1 + 1, 2, own, 0.95);
  const char *name = box->class < SEMANTIC_COUNT ? semantic_table[box->class].name : "?";
  const int room = canvas_text_width(1, name) + 3, high = CANVAS_GLYPH_HEIGHT + 2;
  if (x1 - x0 < room)
    return;
  const int top = y0 >= high ? y0 - high : y0;
  canvas_fill(out, x0 - 1, top, room, high, colour_mix(own, night, 0.25));
  canvas_text(out, x0 + 1, top + 2, 1, name, white);
}

static int has_box(const frame *f, int camera, uint32_t id) {
  for (int i = 0; i < f->box2d_count; i++)
    if (f->boxes2d[i].id == id && f->boxes2d[i].camera == camera)
      return 1;
  return 0;
}

// Bones between visible joints are bright, others faint; visible joints have a dot.
static void draw_joints(canvas *out, const frame_keypoints2d *joints, double sx, double sy) {
  static const uint8_t bones[][2] = {{KEYPOINT_LEFT_SHOULDER, KEYPOINT_RIGHT_SHOULDER},
                                     {KEYPOINT_LEFT_HIP, KEYPOINT_RIGHT_HIP},
                                     {KEYPOINT_LEFT_SHOULDER, KEYPOINT_LEFT_HIP},
                                     {KEYPOINT_RIGHT_SHOULDER, KEYPOINT_RIGHT_HIP},
                                     {KEYPOINT_LEFT_SHOULDER, KEYPOINT_LEFT_ELBOW},
                                     {KEYPOINT_LEFT_ELBOW, KEYPOINT_LEFT_WRIST},
                                     {KEYPOINT_RIGHT_SHOULDER, KEYPOINT_RIGHT_ELBOW},
                                     {KEYPOINT_RIGHT_ELBOW, KEYPOINT_RIGHT_WRIST},
                                     {KEYPOINT_LEFT_HIP, KEYPOINT_LEFT_KNEE},
                                     {KEYPOINT_LEFT_KNEE, KEYPOINT_LEFT_ANKLE},
                                     {KEYPOINT_RIGHT_HIP, KEYPOINT_RIGHT_KNEE},
                                     {KEYPOINT_RIGHT_KNEE, KEYPOINT_RIGHT_ANKLE},
                                     {KEYPOINT_NOSE, KEYPOINT_LEFT_EYE},
                                     {KEYPOINT_NOSE, KEYPOINT_RIGHT_EYE},
                                     {KEYPOINT_LEFT_EYE, KEYPOINT_LEFT_EAR},
                                     {KEYPOINT_RIGHT_EYE, KEYPOINT_RIGHT_EAR}};
  const colour left = {90, 220, 255}, right = {255, 170, 60};
  double tall = 0;
  for (int i = 0; i < KEYPOINT_COUNT; i++)
    for (int k = 0; k < i && joints->visibility[i]; k++)
      if (joints->visibility[k])
        tall = fmax(tall, fabs((double)(joints->px[i][1] - joints->px[k][1])) * sy);
  if (tall < 12) // a blot
    return;
  for (size_t b = 0; b < sizeof bones / sizeof *bones; b++) {
    int from = bones[b][0], to = bones[b][1];
    if (!joints->visibility[from] || !joints->visibility[to])
      continue;
    bool seen =
        joints->visibility[from] == KEYPOINT_VISIBLE && joints->visibility[to] == KEYPOINT_VISIBLE;
    canvas_line(out, (double)joints->px[from][0] * sx, (double)joints->px[from][1] * sy,
                (double)joints->px[to][0] * sx, (double)joints->px[to][1] * sy,
                to % 2 ? left : right, seen ? 0.9 : 0.35);
  }
  for (int i = 0; i < KEYPOINT_COUNT && tall > 40; i++)
    if (joints->visibility[i] == KEYPOINT_VISIBLE)
      canvas_circle(out, (double)joints->px[i][0] * sx, (double)joints->px[i][1] * sy, 1.6, white,
                    0.9);
}

int sheet_view_instance(canvas *out, int width, int height, const frame *f, int camera) {
  if (!start(out, width, height))
    return 0;
  const frame_camera *c = &f->cameras[camera];
  uint32_t last = 0;
  double strength = 0;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      colour seen = mean_under(out, c, x, y);
      double grey = 0.299 * seen.r + 0.587 * seen.g + 0.114 * seen.b;
      uint8_t dim = (uint8_t)(10 + 0.38 * grey), lit = (uint8_t)(40 + 0.8 * grey);
      uint32_t id = c->instance[under(out, c, x, y)];
      if (id != last) // what moves stands out from what never does
        strength = has_box(f, camera, id) ? 0.75 : 0.3;
      last = id;
      colour ground = {dim, dim, dim};
      colour thing = colour_mix((colour){lit, lit, lit}, colour_of_id(id), strength);
      canvas_blend(out, x, y, id ? thing : ground, 1);
    }
  const double scale_x = (double)width / c->width_px, scale_y = (double)height / c->height_px;
  for (int i = 0; i < f->box2d_count; i++)
    if (f->boxes2d[i].camera == camera)
      draw_box2d(out, &f->boxes2d[i], scale_x, scale_y);
  for (int i = 0; i < f->keypoints2d_count; i++)
    if (f->keypoints2d[i].camera == camera)
      draw_joints(out, &f->keypoints2d[i], scale_x, scale_y);
  return 1;
}

/// From the ego frame to the cell.
typedef struct above {
  double scale;      // px per m
  double x_px, y_px; // the ego
} above;

static void line_above(canvas *out, const above *view, vec3 a, vec3 b, colour with, double alpha) {
  canvas_line(out, view->x_px + a.x * view->scale, view->y_px - a.y * view->scale,
              view->x_px + b.x * view->scale, view->y_px - b.y * view->scale, with, alpha);
}

static void box_above(canvas *out, const above *view, pose centre, const double size_m[3],
                      colour with) {
  const double l = size_m[0] / 2, w = size_m[1] / 2;
  const vec3 own[5] = {{l, w, 0}, {-l, w, 0}, {-l, -w, 0}, {l, -w, 0}, {l, w, 0}};
  vec3 corner[5];
  for (int i = 0; i < 5; i++)
    corner[i] = pose_apply(centre, own[i]);
  for (int i = 0; i < 4; i++)
    line_above(out, view, corner[i], corner[i + 1], with, 0.95);
  line_above(out, view, centre.p_m, pose_apply(centre, (vec3){l + fmin(l, 2), 0, 0}), with, 0.95);
}

static void draw_rings(canvas *out, const above *view) {
  const colour faint = {70, 78, 92};
  for (int r = 20; r <= 80; r += 20) {
    canvas_circle(out, view->x_px, view->y_px, r * view->scale, faint, 0.7);
    char text[] = {(char)('0' + r / 10), '0', ' ', 'm', 0};
    int x = (int)(view->x_px + r * view->scale) - canvas_text_width(1, text) - 2;
    canvas_text(out, x, (int)view->y_px + 3, 1, text, (colour){110, 120, 136});
  }
}

int sheet_view_lidar(canvas *out, int width, int height, const frame *f, const rig_def *rig,
                     int lidar) {
  if (!start(out, width, height))
    return 0;
  const above view = {.scale = height / 64.0, .x_px = 0.4 * width, .y_px = 0.5 * height};
  draw_rings(out, &view);
  const frame_lidar *l = &f->lidars[lidar];
  const double low_m = -0.2, high_m = 5;
  for (int i = 0; i < l->count; i++) {
    vec3 p = pose_apply(rig->lidars[lidar].mount, (vec3){l->x_m[i], l->y_m[i], l->z_m[i]});
    double right = view.x_px + p.x * view.scale, down = view.y_px - p.y * view.scale;
    if (!(right >= -1 && right < width && down >= -1 && down < height))
      continue; // or no number
    int x = (int)floor(right), y = (int)floor(down);
    colour by_height = colour_ramp(0.36 + 0.64 * (p.z - low_m) / (high_m - low_m));
    colour seen = l->echo[i] == ECHO_SURFACE ? by_height : white;
    canvas_blend(out, x, y, seen, 0.9);
    canvas_blend(out, x + 1, y, seen, 0.35);
    canvas_blend(out, x, y + 1, seen, 0.35);
  }
  const pose to_ego = pose_inverse(f->ego_begin);
  for (int i = 0; i < f->box3d_count; i++) {
    const frame_box3d *box = &f->boxes3d[i];
    box_above(out, &view, pose_multiply(to_ego, box->centre), box->size_m, colour_of_id(box->id));
  }
  const double ego_size_m[3] = {4.6, 1.9, 1.5};
  box_above(out, &view, (pose){.p_m = {1.4, 0, 0}, .q = quat_identity()}, ego_size_m, white);
  return 1;
}
