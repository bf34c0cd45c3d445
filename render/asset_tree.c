// SPDX-License-Identifier: Apache-2.0
// A tree is a trunk, boughs that reach for the crown's hull, twigs on them, and leaf
// clusters as small folded quads around the twigs. Their shading normals lean outward, so
// that a crown takes light as a volume and not as loose cards.
#include "render/asset_tree.h"

#include <math.h>

#include "base/rng.h"
#include "render/asset.h"
#include "render/mesh_shape.h"
#include "scenes/scene.h"

typedef enum tree_habit {
  HABIT_ROUND,
  HABIT_OVAL,
  HABIT_SPREADING,
  HABIT_SLIM,
  HABIT_CONIFER,
  HABIT_BIRCH,
  HABIT_COUNT
} tree_habit;

typedef struct tree_rules {
  tree_habit habit;
  double width_m, height_m;
  float clear;       // bare trunk, share of the height
  float trunk;       // radius at the ground, share of the height
  int boughs, twigs; // twigs of each bough
  int leaves;        // clusters in all
  float leaf_m;      // length of a cluster
  float droop;       // how far clusters hang
  material bark;
  int sprays; // of a conifer's bough, least
} tree_rules;

static const tree_rules habits[HABIT_COUNT] = {
    {HABIT_ROUND, 5.0, 8.0, 0.26f, 0.022f, 10, 5, 2450, 0.36f, 0.25f, MATERIAL_BARK, 3},
    {HABIT_OVAL, 4.2, 8.6, 0.24f, 0.020f, 12, 4, 2350, 0.34f, 0.2f, MATERIAL_BARK, 3},
    {HABIT_SPREADING, 6.4, 8.4, 0.28f, 0.026f, 9, 6, 2550, 0.41f, 0.3f, MATERIAL_BARK, 3},
    {HABIT_SLIM, 2.6, 9.0, 0.12f, 0.017f, 16, 3, 2200, 0.29f, -0.5f, MATERIAL_BARK, 3},
    {HABIT_CONIFER, 4.2, 9.5, 0.09f, 0.019f, 0, 0, 0, 0.5f, 0.4f, MATERIAL_BARK, 3},
    {HABIT_BIRCH, 3.6, 9.0, 0.25f, 0.014f, 12, 4, 2200, 0.27f, 0.8f, MATERIAL_BARK_PALE, 3}};

enum { TREE_SHAPES = TREE_VARIANTS / 2, BUSH_SHAPES = BUSH_VARIANTS / 2 };

static double square(double x) {
  return x * x;
}

static tree_habit habit_of(int shape) {
  static const tree_habit order[TREE_SHAPES] = {
      HABIT_ROUND, HABIT_OVAL,    HABIT_SPREADING, HABIT_BIRCH,     HABIT_CONIFER, HABIT_ROUND,
      HABIT_SLIM,  HABIT_OVAL,    HABIT_ROUND,     HABIT_SPREADING, HABIT_BIRCH,   HABIT_OVAL,
      HABIT_ROUND, HABIT_CONIFER, HABIT_OVAL,      HABIT_SPREADING};
  return order[shape];
}

static tree_rules rules_of(int variant) {
  variant %= TREE_SHAPES;
  tree_rules rules = habits[habit_of(variant)];
  rng r = rng_at(3, RNG_ASSET, 0, (uint32_t)variant, 0);
  rules.width_m *= rng_uniform(&r, 0.9, 1.12);
  rules.height_m *= rng_uniform(&r, 0.9, 1.12);
  rules.clear *= (float)rng_uniform(&r, 0.85, 1.15);
  return rules;
}

// A stream that keeps its Philox block: leaves take tens of thousands of draws.
typedef struct dice {
  rng stream;
  uint32_t block[4];
} dice;

static dice dice_of(uint32_t family, int variant) {
  return (dice){.stream = rng_at(family, RNG_ASSET, 0, (uint32_t)variant, 0)};
}

static float draw(dice *r, float lo, float hi) {
  rng *s = &r->stream;
  uint32_t at = s->draw & 3;
  if (at == 0) {
    const uint32_t counter[4] = {s->scene, s->entity, s->step, s->draw >> 2};
    rng_philox(counter, s->key, r->block);
  }
  s->draw++;
  return lo + (hi - lo) * (float)(r->block[at] >> 8) * 0x1p-24f;
}

static f3 draw_direction(dice *r) {
  float z = draw(r, -1, 1), a = draw(r, 0, 6.2831853f), s = sqrtf(fmaxf(0, 1 - z * z));
  return f3_of(s * cosf(a), s * sinf(a), z);
}

// Radius of the crown's hull at share u of its height, as a share of the half width.
static float hull_radius(tree_habit habit, float u) {
  static const float knots[HABIT_COUNT][6][2] = {
      {{0, 0.45f}, {0.15f, 0.85f}, {0.4f, 1}, {0.65f, 0.92f}, {0.88f, 0.58f}, {1, 0.12f}},
      {{0, 0.40f}, {0.2f, 0.88f}, {0.4f, 1}, {0.65f, 0.82f}, {0.88f, 0.45f}, {1, 0.08f}},
      {{0, 0.45f}, {0.2f, 0.88f}, {0.5f, 1}, {0.75f, 0.88f}, {0.92f, 0.55f}, {1, 0.15f}},
      {{0, 0.45f}, {0.2f, 0.90f}, {0.4f, 1}, {0.65f, 0.80f}, {0.88f, 0.42f}, {1, 0.05f}},
      {{0, 1.0f}, {0.2f, 0.80f}, {0.4f, 0.61f}, {0.6f, 0.41f}, {0.8f, 0.22f}, {1, 0.03f}},
      {{0, 0.45f}, {0.2f, 0.95f}, {0.4f, 1}, {0.65f, 0.76f}, {0.88f, 0.40f}, {1, 0.08f}}};
  return curve_at(knots[habit], 6, u);
}

// A cluster: two triangles folded along the midrib.
static void leaf(mesh *m, dice *r, f3 at, f3 outward, float length, float droop) {
  f3 way = f3_unit(f3_add(f3_add(draw_direction(r), f3_scale(outward, 0.5f)), f3_of(0, 0, -droop)));
  f3 across = f3_unit(f3_cross(way, f3_add(outward, f3_scale(draw_direction(r), 0.6f))));
  f3 normal = f3_cross(across, way);
  if (f3_dot(normal, outward) < 0)
    across = f3_scale(across, -1), normal = f3_scale(normal, -1);
  float half = length * draw(r, 0.36f, 0.50f);
  f3 base = f3_sub(at, f3_scale(way, length * 0.5f)), tip = f3_add(base, f3_scale(way, length));
  f3 belly = f3_add(base, f3_scale(way, length * 0.45f));
  f3 fold = f3_scale(normal, -half * 0.5f);
  f3 left = f3_add(f3_sub(belly, f3_scale(across, half)), fold);
  f3 right = f3_add(f3_add(belly, f3_scale(across, half)), fold);
  f3 lean = f3_add(f3_scale(outward, 1.1f), f3_of(0, 0, 0.25f));
  const f3 corner[4] = {base, right, tip, left};
  for (int k = 0; k < 2; k++) {
    f3 a = base, b = k ? tip : right, c = k ? left : tip;
    f3 face = f3_unit(f3_cross(f3_sub(b, a), f3_sub(c, a)));
    // Shading may lean outward only so far as the face still looks the same way.
    f3 n = f3_unit(f3_add(face, f3_scale(lean, f3_dot(face, f3_unit(lean)) > -0.2f ? 0.9f : 0)));
    uint32_t id[3];
    const int pick[2][3] = {{0, 1, 2}, {0, 2, 3}};
    for (int i = 0; i < 3; i++) {
      f3 p = corner[pick[k][i]];
      const float at3[3] = {p.x, p.y, p.z}, n3[3] = {n.x, n.y, n.z};
      id[i] = mesh_vertex_add(m, at3, n3, 0.5f + (i == 1 && !k ? 0.5f : 0), (float)i * 0.5f);
    }
    mesh_triangle(m, id[0], id[1], id[2], MATERIAL_LEAF);
  }
}

// A bent, tapering branch of three pieces.
static void branch(mesh *m, dice *r, f3 from, f3 to, float r0, float r1, int segments, float bend,
                   material bark) {
  float length = f3_length(f3_sub(to, from));
  f3 path[4];
  float radii[4][2];
  for (int i = 0; i < 4; i++) {
    float u = (float)i / 3;
    path[i] = f3_mix(from, to, u);
    path[i].z += bend * length * 4 * u * (1 - u) * 0.25f;
    if (i == 1 || i == 2)
      path[i] = f3_add(path[i], f3_scale(draw_direction(r), 0.03f * length));
    radii[i][0] = radii[i][1] = r0 + (r1 - r0) * u;
  }
  mesh_sweep(m, path, radii, 4, f3_of(0, 1, 0), segments, -1, bark);
}

static void twig(mesh *m, f3 from, f3 to, float radius, material bark) {
  const f3 path[2] = {from, to};
  const float radii[2][2] = {{radius, radius}, {0.006f, 0.006f}};
  mesh_sweep(m, path, radii, 2, f3_of(0, 1, 0), 3, -1, bark);
}

static void trunk(mesh *m, dice *r, const tree_rules *t, f3 *out, int rings) {
  float h = (float)t->height_m, r0 = t->trunk * h, lean_x = 0, lean_y = 0;
  float radii[8][2];
  for (int i = 0; i < rings; i++) {
    float u = (float)i / (float)(rings - 1);
    out[i] = f3_of(lean_x, lean_y, i == 0 ? 0 : 0.93f * h * u);
    lean_x += draw(r, -0.012f, 0.012f) * h, lean_y += draw(r, -0.012f, 0.012f) * h;
    float flare = i == 0 ? 1.5f : 1;
    radii[i][0] = radii[i][1] = fmaxf(0.012f, r0 * (1 - 0.9f * u) * flare);
  }
  out[1].z = 0.035f * h; // the root flare ends low
  radii[1][0] = radii[1][1] = r0;
  mesh_sweep(m, out, radii, rings, f3_of(0, 1, 0), 9, 0, t->bark);
}

static f3 on_trunk(const f3 *path, int rings, float z) {
  for (int i = 0; i + 1 < rings; i++)
    if (z < path[i + 1].z)
      return f3_mix(path[i], path[i + 1], fmaxf(0, (z - path[i].z) / (path[i + 1].z - path[i].z)));
  return path[rings - 1];
}

typedef struct crown {
  f3 tips[160];
  int count;
} crown;

static void boughs(mesh *m, dice *r, const tree_rules *t, const f3 *path, int rings, crown *out) {
  float h = (float)t->height_m, w = (float)t->width_m / 2, low = t->clear * h, tall = h - low;
  float turn = draw(r, 0, 6.28f);
  for (int i = 0; i < t->boughs; i++) {
    float u = ((float)i + draw(r, 0.2f, 0.8f)) / (float)t->boughs;
    turn += 2.39996f + draw(r, -0.3f, 0.3f);
    float reach = w * hull_radius(t->habit, u) * draw(r, 0.62f, 0.80f);
    f3 end = f3_of(reach * cosf(turn), reach * sinf(turn), low + u * tall * 0.93f);
    float rise = t->habit == HABIT_SLIM ? 1.6f : 0.55f;
    f3 root = on_trunk(path, rings, fmaxf(low * 0.85f, end.z - rise * reach - 0.1f * tall));
    float thick = t->trunk * h * (0.42f - 0.26f * u);
    branch(m, r, root, end, thick, 0.3f * thick, 5, -0.1f, t->bark);
    if (out->count < 150)
      out->tips[out->count++] = end;
    for (int k = 0; k < t->twigs; k++) {
      f3 from = f3_mix(root, end, draw(r, 0.45f, 0.95f));
      float a = turn + draw(r, -1.5f, 1.5f),
            up = fminf(0.97f, fmaxf(0.02f, u + draw(r, -0.16f, 0.18f)));
      float far = w * hull_radius(t->habit, up) * draw(r, 0.72f, 0.90f);
      f3 to = f3_of(far * cosf(a), far * sinf(a), low + up * tall);
      twig(m, from, to, 0.32f * thick, t->bark);
      if (out->count < 150)
        out->tips[out->count++] = to;
    }
  }
  out->tips[out->count++] = f3_of(path[rings - 1].x, path[rings - 1].y, h * 0.96f);
}

static void leaves(mesh *m, dice *r, const tree_rules *t, const crown *c) {
  float h = (float)t->height_m, w = (float)t->width_m / 2, low = t->clear * h, tall = h - low;
  f3 heart = {0, 0, low + 0.42f * tall};
  float cloud = fmaxf(0.45f, w * 0.34f);
  for (int i = 0; i < t->leaves; i++) {
    f3 at;
    if (i % 5 < 4) {
      // Around a twig's end, denser within: clumps with gaps of sky between them.
      f3 off = f3_scale(draw_direction(r), cloud * sqrtf(draw(r, 0.02f, 1)));
      off.z *= 0.75f;
      at = f3_add(c->tips[(int)draw(r, 0, (float)c->count)], off);
    } else {
      float u = draw(r, 0.02f, 0.99f), a = draw(r, 0, 6.2831853f);
      float far = w * hull_radius(t->habit, u) * draw(r, 0.55f, 0.95f);
      at = f3_of(far * cosf(a), far * sinf(a), low + u * tall);
    }
    // Keep the hull: what sticks out is drawn back to it.
    float u = fminf(1, fmaxf(0, (at.z - low) / tall)), limit = w * hull_radius(t->habit, u);
    float d = hypotf(at.x, at.y);
    if (d > limit)
      at.x *= limit / d, at.y *= limit / d;
    at.z = fminf(at.z, h - 0.1f);
    f3 out = f3_sub(at, heart);
    out = f3_unit(f3_of(out.x / w, out.y / w, out.z / (0.6f * tall)));
    leaf(m, r, at, out, t->leaf_m * draw(r, 0.75f, 1.25f), t->droop);
  }
}

// Whorls of boughs, each a feather of drooping sprays.
static void conifer(mesh *wood, mesh *m, dice *r, const tree_rules *t, const f3 *path, int rings) {
  float h = (float)t->height_m, w = (float)t->width_m / 2, low = t->clear * h, tall = h - low;
  const int whorls = 17;
  for (int i = 0; i < whorls; i++) {
    float level = ((float)i + 0.3f) / (float)whorls, start = draw(r, 0, 6.28f);
    int count = 10 - i / 3;
    for (int k = 0; k < count; k++) {
      float a = start + 6.2831853f * ((float)k + draw(r, -0.2f, 0.2f)) / (float)count;
      float u = fmaxf(0, level + draw(r, -0.6f, 0.4f) / (float)whorls);
      float reach = w * hull_radius(HABIT_CONIFER, u) * draw(r, 0.82f, 1.0f);
      f3 out = f3_of(cosf(a), sinf(a), 0), root = on_trunk(path, rings, low + u * tall);
      f3 tip = f3_add(root, f3_add(f3_scale(out, reach), f3_of(0, 0, -0.22f * reach + 0.25f * u)));
      if (u < 0.8f)
        twig(wood, root, tip, 0.022f * (1.2f - u), t->bark);
      int sprays = t->sprays + (int)(reach * (float)t->sprays * 1.73f);
      for (int s = 0; s < sprays; s++) {
        float v = ((float)s + 0.6f) / (float)sprays;
        f3 at = f3_mix(root, tip, v);
        at = f3_add(at,
                    f3_scale(f3_of(-out.y, out.x, 0), draw(r, -0.22f, 0.22f) * (1.2f - v) * reach));
        at.z += draw(r, -0.10f, 0.06f);
        f3 lean = f3_unit(f3_add(out, f3_of(0, 0, 0.7f)));
        leaf(m, r, at, lean, t->leaf_m * draw(r, 0.7f, 1.15f) * (1 - 0.35f * u), t->droop);
      }
    }
  }
  for (int i = 0; i < 60; i++) {
    float u = draw(r, 0.85f, 1.0f), a = draw(r, 0, 6.28f);
    float far = w * hull_radius(HABIT_CONIFER, u) * draw(r, 0.1f, 0.8f);
    f3 at = f3_of(far * cosf(a), far * sinf(a), low + u * tall - 0.15f);
    leaf(m, r, at, f3_unit(f3_of(cosf(a), sinf(a), 0.6f)), 0.3f, -0.6f);
  }
}

void tree_size(int variant, double size_m[3]) {
  tree_rules t = rules_of(variant);
  size_m[0] = size_m[1] = t.width_m;
  size_m[2] = t.height_m;
}

// A quarter of the leaves, twice as long: the same crown from where one can't tell.
static tree_rules thinned(tree_rules t) {
  t.leaves /= 4;
  t.leaf_m *= 1.9f;
  t.twigs = t.twigs / 2 + 1;
  t.sprays = 1;
  return t;
}

// More and smaller leaves, as much of them: what one sees beside the road.
static tree_rules thickened(tree_rules t) {
  t.leaves = t.leaves * 11 / 5;
  t.leaf_m *= 0.67f;
  t.sprays *= 2;
  return t;
}

// Draws what sticks out of the crown's hull back to it.
static f3 within(const tree_rules *t, f3 p) {
  float h = (float)t->height_m, w = (float)t->width_m / 2, low = t->clear * h, tall = h - low;
  float u = fminf(1, fmaxf(0, (p.z - low) / tall)), limit = w * hull_radius(t->habit, u);
  float d = hypotf(p.x, p.y);
  if (d > limit)
    p.x *= limit / d, p.y *= limit / d;
  p.z = fminf(p.z, h);
  return p;
}

// What leaves hide in summer: boughs and twigs go on, and fork, up to the crown's hull.
static void fine_twigs(mesh *m, dice *r, const tree_rules *t, const crown *c, int forks) {
  float w = (float)t->width_m / 2, low = t->clear * (float)t->height_m;
  for (int i = 0; i < c->count; i++)
    for (int k = 0; k < 3; k++) {
      f3 tip = c->tips[i], out = f3_unit(f3_of(tip.x, tip.y, 0.5f * (tip.z - low)));
      f3 rise = f3_of(0, 0, 0.6f - t->droop);
      f3 way = f3_unit(f3_add(f3_add(out, f3_scale(draw_direction(r), 0.7f)), rise));
      f3 reach = within(t, f3_add(tip, f3_scale(way, draw(r, 0.30f, 0.50f) * w)));
      f3 end = f3_mix(tip, reach, draw(r, 0.5f, 1)); // not all at the hull
      twig(m, tip, end, 0.011f, t->bark);
      for (int n = 0; n < forks; n++) {
        f3 from = f3_mix(tip, end, draw(r, 0.15f, 0.9f));
        f3 aside = f3_unit(f3_add(way, f3_scale(draw_direction(r), 0.9f)));
        twig(m, from, within(t, f3_add(from, f3_scale(aside, draw(r, 0.10f, 0.22f) * w))), 0.008f,
             t->bark);
      }
    }
}

static void tree_grow(int variant, int phase, mesh *out) {
  enum { RINGS = 7 };
  tree_rules t = rules_of(variant);
  t = phase == ASSET_TREE_FAR ? thinned(t) : phase == ASSET_TREE_CLOSE ? thickened(t) : t;
  dice r = dice_of(4, variant % TREE_SHAPES);
  bool bare = variant % TREE_VARIANTS >= TREE_SHAPES;
  f3 path[RINGS];
  mesh foliage = {0};
  trunk(out, &r, &t, path, RINGS);
  if (t.habit == HABIT_CONIFER) {
    conifer(out, &foliage, &r, &t, path, RINGS);
  } else {
    crown c = {.count = 0};
    boughs(out, &r, &t, path, RINGS, &c);
    if (bare)
      fine_twigs(out, &r, &t, &c, phase == ASSET_TREE_FAR ? 1 : 4);
    else
      leaves(&foliage, &r, &t, &c);
  }
  mesh_smooth(out, 70);
  mesh_take(out, &foliage);
  double size_m[3];
  tree_size(variant, size_m);
  mesh_fit(out, size_m);
}

void tree_build(int variant, mesh *out) {
  tree_grow(variant, 0, out);
}

void tree_build_far(int variant, mesh *out) {
  tree_grow(variant, ASSET_TREE_FAR, out);
}

void tree_build_close(int variant, mesh *out) {
  tree_grow(variant, ASSET_TREE_CLOSE, out);
}

// The shape of a few draws that fits the box best.
static int fitting(uint32_t state, const double size_m[3], const int *shapes, int count,
                   void (*size)(int, double[3])) {
  enum { DRAWS = 5 };
  int best = 0;
  double least = INFINITY;
  for (int i = 0; i < DRAWS; i++) {
    state = state * 747796405u + 2891336453u;
    int shape = shapes[(state >> 8) % (uint32_t)count];
    double own[3], cost = 0;
    size(shape, own);
    for (int k = 0; k < 3; k++)
      cost += square(log(fmax(1e-3, size_m[k]) / own[k]));
    if (cost < least)
      least = cost, best = shape;
  }
  return best;
}

int tree_variant(uint32_t asset_seed, const double size_m[3]) {
  int shapes[TREE_SHAPES], count = 0;
  bool conifer = asset_seed & PLANT_CONIFER;
  for (int i = 0; i < TREE_SHAPES; i++)
    if ((habit_of(i) == HABIT_CONIFER) == conifer)
      shapes[count++] = i;
  int shape = fitting(asset_seed & ~PLANT_BARE, size_m, shapes, count, tree_size);
  return !conifer && (asset_seed & PLANT_BARE) ? shape + TREE_SHAPES : shape;
}

int bush_variant(uint32_t asset_seed, const double size_m[3]) {
  int shapes[BUSH_SHAPES];
  for (int i = 0; i < BUSH_SHAPES; i++)
    shapes[i] = i;
  int shape = fitting(asset_seed & ~PLANT_BARE, size_m, shapes, BUSH_SHAPES, bush_size);
  return asset_seed & PLANT_BARE ? shape + BUSH_SHAPES : shape;
}

static const double bushes[BUSH_SHAPES][3] = {{1.2, 1.4, 0.95}, {1.6, 1.6, 1.3}, {1.0, 1.9, 0.8},
                                              {1.1, 1.1, 1.4},  {2.0, 2.0, 1.7}, {0.8, 2.0, 1.0}};

void bush_size(int variant, double size_m[3]) {
  for (int k = 0; k < 3; k++)
    size_m[k] = bushes[variant % BUSH_SHAPES][k];
}

// Nothing but twigs that fan out from the root.
static void bare_bush(mesh *m, dice *r, float l, float w, float h) {
  for (int i = 0; i < 55; i++) {
    float a = draw(r, 0, 6.2831853f), lean = sqrtf(draw(r, 0.02f, 1));
    f3 tip = f3_of(l * lean * cosf(a), w * lean * sinf(a),
                   h * draw(r, 0.55f, 1) * (1.15f - 0.35f * lean));
    f3 root = f3_of(0.15f * tip.x, 0.15f * tip.y, 0), half = f3_mix(root, tip, 0.55f);
    branch(m, r, root, tip, 0.011f, 0.003f, 3, 0.1f, MATERIAL_BARK);
    f3 side = f3_add(tip, f3_scale(draw_direction(r), 0.25f * l));
    side.z = fmaxf(side.z, 0.2f * h);
    twig(m, half, side, 0.006f, MATERIAL_BARK);
  }
}

void bush_build(int variant, mesh *out) {
  bool bare = variant % BUSH_VARIANTS >= BUSH_SHAPES;
  variant %= BUSH_SHAPES;
  const double *size = bushes[variant];
  dice r = dice_of(5, variant);
  float l = (float)size[0] / 2, w = (float)size[1] / 2, h = (float)size[2];
  bool hedge = variant == 2 || variant == 5; // clipped to a block
  if (bare) {
    bare_bush(out, &r, l, w, h);
    mesh_smooth(out, 70);
    mesh_fit(out, size);
    return;
  }
  for (int i = 0; i < 7; i++) {
    float a = 6.28f * (float)i / 7;
    f3 tip = f3_of(0.5f * l * cosf(a), 0.5f * w * sinf(a), 0.75f * h);
    branch(out, &r, f3_of(0.15f * l * cosf(a), 0.15f * w * sinf(a), 0), tip, 0.02f, 0.005f, 3, 0.2f,
           MATERIAL_BARK);
  }
  mesh_smooth(out, 70);
  int count = 540 + (int)(320 * (l + w));
  for (int i = 0; i < count; i++) {
    f3 d = draw_direction(&r);
    float far = powf(draw(&r, 0.15f, 1), 0.33f);
    if (hedge) {
      float most = fmaxf(fabsf(d.x), fmaxf(fabsf(d.y), fabsf(d.z)));
      far = fminf(1 / most, 1.5f) * far * 0.92f;
    } else {
      far *= 0.88f + 0.12f * sinf(5 * d.x + 3 * d.y + (float)variant) * sinf(4 * d.z + 2);
    }
    f3 at = f3_of(l * d.x * far, w * d.y * far, h * (0.5f + 0.48f * d.z * far));
    leaf(out, &r, at, f3_unit(f3_add(d, f3_of(0, 0, 0.3f))), draw(&r, 0.08f, 0.155f), 0.1f);
  }
  mesh_fit(out, size);
}

static const double hedges[HEDGE_VARIANTS][3] = {
    {0.60, 2.00, 1.00}, {0.70, 2.00, 1.40}, {0.55, 2.00, 0.75}, {0.80, 2.00, 1.70}};

void hedge_size(int variant, double size_m[3]) {
  for (int k = 0; k < 3; k++)
    size_m[k] = hedges[variant % HEDGE_VARIANTS][k];
}

// A clipped hedge goes on at both ends: leaves in its faces and top over a dark heart.
void hedge_build(int variant, mesh *out) {
  variant %= HEDGE_VARIANTS;
  const double *size = hedges[variant];
  dice r = dice_of(6, variant);
  float l = (float)size[0] / 2, w = (float)size[1] / 2, h = (float)size[2];
  mesh_bevel_box(out, f3_of(-l + 0.07f, -w, 0), f3_of(l - 0.07f, w, h - 0.07f), 0,
                 MATERIAL_HEDGE_HEART);
  mesh_smooth(out, 70);
  float around = 2 * (h + l);
  int count = (int)(around * 2 * w * 165);
  for (int i = 0; i < count; i++) {
    // Leaves reach to the ends and not beyond: the next piece goes on there.
    float u = draw(&r, 0, around), y = draw(&r, -1, 1) * (w - 0.05f), deep = draw(&r, 0, 0.11f);
    // Its shears leave waves.
    deep += 0.02f * (1 + sinf(4.7123890f * y / w + 5 * u));
    f3 out_of, at;
    if (u < h) {
      out_of = f3_of(1, 0, 0.15f), at = f3_of(l - deep, y, u);
    } else if (u < 2 * h) {
      out_of = f3_of(-1, 0, 0.15f), at = f3_of(-l + deep, y, u - h);
    } else {
      out_of = f3_of(0, 0, 1), at = f3_of(u - 2 * h - l, y, h - deep);
    }
    at.z = fmaxf(at.z, 0.06f);
    leaf(out, &r, at, f3_unit(out_of), draw(&r, 0.06f, 0.11f), 0.1f);
  }
  for (int i = 0; i < out->vertex_count; i++) {
    float *p = out->vertices[i].p;
    p[1] = fmaxf(-w, fminf(w, p[1]));
  }
  mesh_fit(out, size);
}
