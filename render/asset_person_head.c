// SPDX-License-Identifier: Apache-2.0
// Neck, head, face, hair and hats. Lengths here are shares of the head's height.
#include <math.h>

#include "render/asset_person.h"

enum { HEAD_RINGS = 9, HEAD_SEGMENTS = 14, FRONT = 3 };

typedef struct head_frame {
  f3 chin, forward, left, up;
  float tall; // chin to crown, m
} head_frame;

// From chin to crown: height, half breadth, half depth, middle's distance forward.
static const float rings[HEAD_RINGS][4] = {
    {0.00f, 0.12f, 0.13f, 0.26f},  {0.07f, 0.21f, 0.26f, 0.16f},    {0.20f, 0.275f, 0.37f, 0.07f},
    {0.37f, 0.315f, 0.42f, 0.02f}, {0.55f, 0.345f, 0.455f, -0.01f}, {0.72f, 0.345f, 0.455f, -0.02f},
    {0.86f, 0.29f, 0.38f, -0.03f}, {0.96f, 0.17f, 0.22f, -0.03f},   {1.00f, 0.03f, 0.04f, -0.03f}};

static f3 in_head(const head_frame *f, float forward, float left, float up) {
  f3 p = f3_add(f->chin, f3_scale(f->forward, forward * f->tall));
  p = f3_add(p, f3_scale(f->left, left * f->tall));
  return f3_add(p, f3_scale(f->up, up * f->tall));
}

static f3 on_head(const head_frame *f, int ring, float angle, float grow) {
  const float *r = rings[ring];
  return in_head(f, r[3] + (r[2] + grow) * cosf(angle), (r[1] + grow) * sinf(angle),
                 r[0] + grow * (ring >= 6 ? 0.8f : 0));
}

static void skull(mesh *m, const head_frame *f) {
  f3 p[HEAD_RINGS * (HEAD_SEGMENTS + 1)];
  for (int i = 0; i < HEAD_RINGS; i++)
    for (int k = 0; k <= HEAD_SEGMENTS; k++)
      p[i * (HEAD_SEGMENTS + 1) + k] =
          on_head(f, i, 6.2831853f * (float)(k % HEAD_SEGMENTS) / HEAD_SEGMENTS, 0);
  mesh_grid(m, p, HEAD_RINGS, HEAD_SEGMENTS + 1, NULL, MATERIAL_SKIN, false);
}

static void face(mesh *m, const head_frame *f) {
  f3 bridge = in_head(f, 0.41f, 0, 0.50f), tip = in_head(f, 0.535f, 0, 0.33f);
  f3 base = in_head(f, 0.40f, 0, 0.28f);
  f3 l = in_head(f, 0.40f, 0.075f, 0.31f), r = in_head(f, 0.40f, -0.075f, 0.31f);
  const f3 corner[5] = {bridge, tip, base, l, r};
  uint32_t id[5];
  for (int i = 0; i < 5; i++)
    id[i] = mesh_point(m, corner[i]);
  mesh_triangle(m, id[0], id[1], id[3], MATERIAL_SKIN);
  mesh_triangle(m, id[0], id[4], id[1], MATERIAL_SKIN);
  mesh_triangle(m, id[1], id[2], id[3], MATERIAL_SKIN);
  mesh_triangle(m, id[1], id[4], id[2], MATERIAL_SKIN);
  for (int side = -1; side <= 1; side += 2) {
    float y = (float)side;
    // The eye's ball lies in the face below its lid, the iris and the brow stand a hair's breadth
    // before them; an ear beside.
    f3 eye = in_head(f, 0.405f, 0.135f * y, 0.485f), brow = in_head(f, 0.415f, 0.14f * y, 0.565f);
    f3 out = f3_unit(f3_add(f->forward, f3_scale(f->left, 0.45f * y)));
    f3 across = f3_unit(f3_cross(f->up, out));
    f3 lid = in_head(f, 0.402f, 0.138f * y, 0.515f),
       iris = f3_add(eye, f3_scale(out, 0.013f * f->tall));
    mesh_ball(m, f3_sub(eye, f3_scale(out, 0.004f * f->tall)),
              f3_scale(f3_of(0.020f, 0.056f, 0.024f), f->tall), 8, 3, MATERIAL_EYE);
    mesh_bevel_box_at(m, iris, out, across, f3_scale(f3_of(0.005f, 0.019f, 0.020f), f->tall), 0,
                      MATERIAL_SHOE);
    mesh_bevel_box_at(m, lid, out, across, f3_scale(f3_of(0.022f, 0.062f, 0.009f), f->tall), 0,
                      MATERIAL_SKIN);
    mesh_bevel_box_at(m, brow, out, across, f3_scale(f3_of(0.014f, 0.075f, 0.012f), f->tall), 0,
                      MATERIAL_HAIR);
    mesh_ball(m, in_head(f, -0.02f, 0.345f * y, 0.43f),
              f3_scale(f3_of(0.07f, 0.035f, 0.12f), f->tall), 6, 3, MATERIAL_SKIN);
  }
  // Lips, the lower one the fuller and the shorter.
  mesh_bevel_box_at(m, in_head(f, 0.424f, 0, 0.183f), f->forward, f->left,
                    f3_scale(f3_of(0.020f, 0.088f, 0.010f), f->tall), 0, MATERIAL_LIP);
  mesh_bevel_box_at(m, in_head(f, 0.424f, 0, 0.160f), f->forward, f->left,
                    f3_scale(f3_of(0.026f, 0.066f, 0.013f), f->tall), 0, MATERIAL_LIP);
}

// A shell over the head from the crown down to `low` at the back and to the hairline in front.
static void shell(mesh *m, const head_frame *f, float grow, int low, int front_low, material what) {
  f3 p[HEAD_RINGS * (HEAD_SEGMENTS + 1)];
  material cells[HEAD_RINGS * HEAD_SEGMENTS];
  for (int i = low; i < HEAD_RINGS; i++)
    for (int k = 0; k <= HEAD_SEGMENTS; k++) {
      int turned = k % HEAD_SEGMENTS,
          beside = turned < HEAD_SEGMENTS / 2 ? turned : HEAD_SEGMENTS - turned;
      bool front = beside < FRONT || (beside == FRONT && i < front_low - 1);
      float edge = i == low || (front && i <= front_low) ? 0.25f : 1;
      p[(i - low) * (HEAD_SEGMENTS + 1) + k] =
          on_head(f, i, 6.2831853f * (float)turned / HEAD_SEGMENTS, grow * edge);
      if (k < HEAD_SEGMENTS && i + 1 < HEAD_RINGS) {
        bool open = (k < FRONT || k >= HEAD_SEGMENTS - FRONT) && i < front_low;
        cells[(i - low) * HEAD_SEGMENTS + k] = open ? MATERIAL_NONE : what;
      }
    }
  mesh_grid(m, p, HEAD_RINGS - low, HEAD_SEGMENTS + 1, cells, what, false);
}

// Hair that falls over the neck: from the back of the head to the shoulders.
static void fall(mesh *m, const head_frame *f) {
  enum { RINGS = 5 };
  static const float at[RINGS][4] = {{-0.10f, 0.66f, 0.36f, 0.36f},
                                     {-0.17f, 0.40f, 0.39f, 0.29f},
                                     {-0.22f, 0.08f, 0.38f, 0.21f},
                                     {-0.26f, -0.22f, 0.35f, 0.16f},
                                     {-0.28f, -0.48f, 0.24f, 0.08f}};
  f3 path[RINGS];
  float radii[RINGS][2];
  for (int i = 0; i < RINGS; i++) {
    path[i] = in_head(f, at[i][0], 0, at[i][1]);
    radii[i][0] = at[i][2] * f->tall, radii[i][1] = at[i][3] * f->tall;
  }
  mesh_sweep(m, path, radii, RINGS, f->left, 10, 0.3f, MATERIAL_HAIR);
}

static void cap(mesh *m, const head_frame *f) {
  shell(m, f, 0.05f, 5, 5, MATERIAL_TROUSERS);
  f3 a = in_head(f, 0.40f, 0.26f, 0.74f), b = in_head(f, 0.40f, -0.26f, 0.74f);
  f3 c = in_head(f, 0.72f, -0.15f, 0.67f), d = in_head(f, 0.72f, 0.15f, 0.67f);
  f3 down = f3_scale(f->up, -0.03f * f->tall);
  mesh_patch(m, a, b, c, d, MATERIAL_TROUSERS);
  mesh_patch(m, f3_add(d, down), f3_add(c, down), f3_add(b, down), f3_add(a, down),
             MATERIAL_TROUSERS);
  mesh_patch(m, d, c, f3_add(c, down), f3_add(d, down), MATERIAL_TROUSERS);
}

// A helmet around the whole head with a dark visor, or a vented one on top of it.
static void helmet(mesh *m, const head_frame *f, bool full) {
  enum { LOW = 1, EYES = 3, BROW = 5, SIDEWAYS = 4 };
  int low = full ? LOW : BROW, rows = HEAD_RINGS - low;
  f3 p[HEAD_RINGS * (HEAD_SEGMENTS + 1)];
  material cells[HEAD_RINGS * HEAD_SEGMENTS];
  for (int i = 0; i < rows; i++)
    for (int k = 0; k <= HEAD_SEGMENTS; k++) {
      int turned = k % HEAD_SEGMENTS, ring = low + i;
      bool front = turned < SIDEWAYS || turned > HEAD_SEGMENTS - SIDEWAYS;
      bool visor = full && front && ring >= EYES && ring < BROW;
      // The chin's bar stands out from the narrow jaw.
      float grow = full && ring < EYES ? 0.24f - 0.03f * (float)ring : full ? 0.17f : 0.11f;
      p[i * (HEAD_SEGMENTS + 1) + k] =
          on_head(f, ring, 6.2831853f * (float)turned / HEAD_SEGMENTS, grow);
      bool vent = !full && (ring == BROW + 1) && turned % 2 == 0;
      if (k < HEAD_SEGMENTS)
        cells[i * HEAD_SEGMENTS + k] = visor || vent ? MATERIAL_CAR_SEAM : MATERIAL_CAR_PAINT_2;
    }
  mesh_grid(m, p, rows, HEAD_SEGMENTS + 1, cells, MATERIAL_CAR_PAINT_2, false);
}

// `top`: where the neck ends.
static head_frame frame_of(const person_shape *who, const person_joints *at, f3 *top) {
  float h = who->height_m, tall = 0.131f * h * who->head;
  head_frame f = {.forward = f3_unit(at->look), .tall = tall};
  f.left = f3_unit(f3_cross(f3_of(0, 0, 1), f.forward));
  f.up = f3_cross(f.forward, f.left);
  f3 up = f3_unit(f3_sub(at->neck, at->pelvis));
  *top = f3_add(at->neck, f3_scale(f3_add(up, f.up), 0.5f * (0.158f * h - tall)));
  f.chin = f3_add(*top, f3_scale(f.forward, 0.012f * h));
  return f;
}

void person_face(const person_shape *who, const person_joints *at, f3 *nose, f3 eye[2], f3 ear[2]) {
  f3 top;
  head_frame f = frame_of(who, at, &top);
  *nose = in_head(&f, 0.535f, 0, 0.33f);
  for (int side = 0; side < 2; side++) {
    float y = side ? 1.0f : -1.0f;
    eye[side] = in_head(&f, 0.405f, 0.135f * y, 0.485f);
    ear[side] = in_head(&f, -0.02f, 0.345f * y, 0.43f);
  }
}

void person_head(mesh *m, const person_shape *who, const person_joints *at) {
  f3 top;
  head_frame f = frame_of(who, at, &top);
  float h = who->height_m, tall = f.tall;
  f3 up = f3_unit(f3_sub(at->neck, at->pelvis));
  const f3 path[3] = {f3_add(at->neck, f3_scale(up, -0.03f * h)), f3_mix(at->neck, top, 0.6f),
                      in_head(&f, -0.03f, 0, 0.30f)};
  float r = 0.031f * h * (0.4f + 0.6f * who->limb);
  const float radii[3][2] = {{r * 1.15f, r * 1.1f}, {r, r}, {r, r}};
  mesh_sweep(m, path, radii, 3, f.left, 8, 0, MATERIAL_SKIN);
  skull(m, &f);
  face(m, &f);
  switch (who->hair) {
  case HAIR_CAP:
    shell(m, &f, 0.02f, 3, 5, MATERIAL_HAIR);
    cap(m, &f);
    break;
  case HAIR_HELMET:
    shell(m, &f, 0.03f, 3, 5, MATERIAL_HAIR);
    helmet(m, &f, false);
    break;
  case HAIR_FULL_HELMET:
    helmet(m, &f, true);
    break;
  case HAIR_LONG:
    shell(m, &f, 0.055f, 3, 6, MATERIAL_HAIR);
    fall(m, &f);
    break;
  case HAIR_BUN:
    shell(m, &f, 0.045f, 2, 6, MATERIAL_HAIR);
    mesh_ball(m, in_head(&f, -0.52f, 0, 0.72f), f3_scale(f3_of(0.17f, 0.18f, 0.17f), tall), 8, 5,
              MATERIAL_HAIR);
    break;
  default:
    shell(m, &f, 0.05f, 3, 6, MATERIAL_HAIR);
  }
}
