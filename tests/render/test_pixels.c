// SPDX-License-Identifier: Apache-2.0
// labels: unit
// links: embree
// Kernels that make labels, edges and images of samples against their slow twins.
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "with_sense_twin.h"

enum { W = VIEW_WIDTH, H = VIEW_HEIGHT, SAMPLES = VIEW_SAMPLES, SLOTS = VIEW_SLOTS, GROUP = 32 };

static workshop shop;

static int open_all(void **state) {
  (void)state;
  return workshop_open(&shop);
}

static int close_all(void **state) {
  (void)state;
  workshop_close(&shop);
  return 0;
}

typedef struct labels {
  float depth[H][W];
  uint8_t class[H][W];
  uint32_t id[H][W];
  int *seen; // (instances, 5)
} labels;

static void clear_seen(int *seen) {
  const int empty[5] = {0, INT_MAX, INT_MAX, INT_MIN, INT_MIN};
  for (int i = 0; i < shop.place.top.count; i++)
    memcpy(seen + 5 * i, empty, sizeof empty);
}

static void twin_labels(const view *v, labels *out) {
  clear_seen(out->seen);
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) {
      int i = shop.order.sample[y][x];
      out->depth[y][x] = 0, out->class[y][x] = 11, out->id[y][x] = 0;
      if (!met(v, i))
        continue;
      const gpu_instance *it = &shop.place.top.instances[v->instance[i]];
      uint32_t class = material_of(&shop, v, i)->class;
      out->depth[y][x] = v->t[i];
      out->class[y][x] = (uint8_t)(class ? class : it->class);
      out->id[y][x] = it->id;
      int *seen = out->seen + 5 * v->instance[i];
      seen[0]++;
      seen[1] = x < seen[1] ? x : seen[1], seen[2] = y < seen[2] ? y : seen[2];
      seen[3] = x > seen[3] ? x : seen[3], seen[4] = y > seen[4] ? y : seen[4];
    }
}

static void labels_counts_and_boxes_are_those_of_every_pixel(void **state) {
  (void)state;
  static view v;
  static labels is, should;
  size_t seen_size = sizeof(int) * 5 * (size_t)shop.place.top.count;
  is.seen = malloc(seen_size), should.seen = malloc(seen_size);
  for (int rolling = 0; rolling < 2; rolling++) {
    look(&shop, &v, rolling);
    twin_labels(&v, &should);
    clear_seen(is.seen);
    cl_mem depth = put(shop.dev, NULL, sizeof is.depth),
           class = put(shop.dev, NULL, sizeof is.class);
    cl_mem id = put(shop.dev, NULL, sizeof is.id), seen = put(shop.dev, is.seen, seen_size);
    int tiles = VIEW_TILES_X * VIEW_TILES_Y;
    RUN(&shop, label_pixels, tiles, 8, ARG(v.camera_buffer), ARG(shop.place.where.instances),
        ARG(shop.place.buffers.materials), ARG(v.material_buffer), ARG(v.rays_buffer),
        ARG(v.hits.t), ARG(v.hits.instance), ARG(tiles), ARG(depth), ARG(class), ARG(id),
        ARG(seen));
    get(shop.dev, depth, is.depth, sizeof is.depth);
    get(shop.dev, class, is.class, sizeof is.class);
    get(shop.dev, id, is.id, sizeof is.id);
    get(shop.dev, seen, is.seen, seen_size);
    assert_memory_equal(is.depth, should.depth, sizeof is.depth);
    assert_memory_equal(is.class, should.class, sizeof is.class);
    assert_memory_equal(is.id, should.id, sizeof is.id);
    int instances = 0;
    for (int i = 0; i < shop.place.top.count; i++) {
      for (int k = 0; k < 5; k++)
        if (is.seen[5 * i + k] != should.seen[5 * i + k])
          fail_msg("instance %d, number %d: kernel %d, twin %d", i, k, is.seen[5 * i + k],
                   should.seen[5 * i + k]);
      instances += is.seen[5 * i] > 0;
    }
    assert_true(instances > 10);
    cl_mem all[] = {depth, class, id, seen};
    for (int k = 0; k < 4; k++)
      clReleaseMemObject(all[k]);
    drop_view(&v);
  }
  free(is.seen);
  free(should.seen);
}

// Whether two samples look different; -1: rounding decides.
static int contrasts(const float *seen, int i, int j) {
  double contrast = fabs((double)seen[i] - (double)seen[j]);
  return fabs(contrast - 0.05) < 1e-6 ? -1 : contrast >= 0.05;
}

// 1: another surface; 0: none; -1: rounding decides.
static int other_surface(const view *v, int i, int j) {
  if (!met(v, i) || !met(v, j))
    return met(v, i) != met(v, j);
  const gpu_material *a = material_of(&shop, v, i), *b = material_of(&shop, v, j);
  if (a == b && a->shader == SHADER_LEAF)
    return 0;
  if (v->instance[i] != v->instance[j] || a != b)
    return 1;
  double facing = vec3_dot(normal_of(v, i), normal_of(v, j)), own = (double)v->t[i];
  double step = fabs((double)v->t[j] - own), most = 0.1 * own + 0.2;
  if (fabs(facing - 0.8) < 1e-5 || fabs(step - most) < 1e-5 * most)
    return -1;
  return facing < 0.8 || step > most;
}

// 1: another surface of another brightness; 0: none; -1: rounding decides.
static int apart(const view *v, const float *seen, int i, int j) {
  int contrast = contrasts(seen, i, j);
  return contrast == 1 ? other_surface(v, i, j) : contrast;
}

static void edges_are_where_neighbours_are_other_surfaces_and_look_so(void **state) {
  (void)state;
  static view v;
  static uint8_t edge[SAMPLES];
  static float seen[SAMPLES];
  rng r = rng_at(4, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < SAMPLES; i++)
    seen[i] = (float)rng_uniform(&r, 0.4, 0.5);
  static const int step[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
  for (int rolling = 0; rolling < 2; rolling++) {
    look(&shop, &v, rolling);
    int count = SAMPLES, edges = 0, doubtful = 0, all = 0;
    cl_mem to = put(shop.dev, NULL, sizeof edge), light = put(shop.dev, seen, sizeof seen);
    RUN(&shop, edge_pixels, count, GROUP, ARG(v.camera_buffer), ARG(v.surface_buffer),
        ARG(shop.place.buffers.materials), ARG(v.material_buffer), ARG(v.hits.instance), ARG(light),
        ARG(count), ARG(to));
    get(shop.dev, to, edge, sizeof edge);
    for (int i = 0; i < SAMPLES; i++)
      all += edge[i];
    for (int y = 0; y < H; y++)
      for (int x = 0; x < W; x++) {
        int i = shop.order.sample[y][x], should = 0;
        for (int k = 0; k < 4; k++) {
          int px = x + step[k][0], py = y + step[k][1];
          if (px < 0 || py < 0 || px >= W || py >= H)
            continue;
          int differs = apart(&v, seen, i, shop.order.sample[py][px]);
          should = should == 1 || differs == 1 ? 1 : should | differs;
        }
        edges += edge[i];
        doubtful += should < 0;
        if (should >= 0 && edge[i] != should)
          fail_msg("pixel %d, %d: kernel %d, twin %d", x, y, edge[i], should);
      }
    assert_int_equal(edges, all); // none outside the image
    assert_true(edges > W * H / 20 && edges < W * H * 9 / 10 && doubtful < 10);
    clReleaseMemObject(to);
    clReleaseMemObject(light);
    drop_view(&v);
  }
}

// The sample whose light an extra one takes that met what sample `own` did, in pixel x, y, towards
// dx, dy from its centre; -1: none; -2: rounding decides.
static int twin_lender(const view *v, const float *seen, int own, int x, int y, int dx, int dy) {
  const int step[6][2] = {{0, 0}, {dx, 0}, {0, dy}, {dx, dy}, {-dx, 0}, {0, -dy}};
  int chosen = -1;
  for (int k = 0; k < 6; k++) {
    int px = x + step[k][0], py = y + step[k][1];
    px = px < 0 ? 0 : px >= W ? W - 1 : px;
    py = py < 0 ? 0 : py >= H ? H - 1 : py;
    int j = shop.order.sample[py][px], differs = other_surface(v, own, j);
    if (differs < 0)
      return -2;
    if (differs)
      continue;
    if (chosen < 0) {
      if (k >= 4)
        return -1;
      chosen = j;
      if (!met(v, own) || material_of(&shop, v, own)->shader == SHADER_LEAF)
        return chosen;
      continue;
    }
    int contrast = contrasts(seen, j, chosen);
    if (contrast)
      return contrast < 0 ? -2 : -1;
  }
  return chosen;
}

static void extra_samples_take_light_of_their_surface_beside_them(void **state) {
  (void)state;
  enum { COUNT = 1203 }; // no multiple of the lanes
  static view v;
  static float seen[SAMPLES], surface[COUNT][4], position[COUNT][2];
  static uint32_t made_of[COUNT], instance[COUNT];
  static int should[COUNT], is[COUNT + 16];
  int count = COUNT, own = 0, other = 0, none = 0;
  rng r = rng_at(5, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < SAMPLES; i++)
    seen[i] = (float)rng_uniform(&r, 0.4, 0.46);
  look(&shop, &v, false);
  for (int i = 0; i < COUNT; i++) {
    int x = rng_below(&r, W), y = rng_below(&r, H), dx = rng_below(&r, 2) * 2 - 1;
    int dy = rng_below(&r, 2) * 2 - 1;
    int hx = x + rng_below(&r, 3) - 1, hy = y + rng_below(&r, 3) - 1;
    hx = hx < 0 ? 0 : hx >= W ? W - 1 : hx;
    hy = hy < 0 ? 0 : hy >= H ? H - 1 : hy;
    int hit = shop.order.sample[hy][hx];
    position[i][0] = (float)x + 0.5f + 0.3f * (float)dx;
    position[i][1] = (float)y + 0.5f + 0.3f * (float)dy;
    memcpy(surface[i], v.surface[hit], sizeof surface[i]);
    made_of[i] = v.material[hit], instance[i] = v.instance[hit];
    should[i] = twin_lender(&v, seen, hit, x, y, dx, dy);
    own += should[i] == shop.order.sample[y][x];
    other += should[i] >= 0 && should[i] != shop.order.sample[y][x];
    none += should[i] == -1;
  }
  assert_true(own > COUNT / 10 && other > COUNT / 50 && none > COUNT / 50);
  cl_mem light = put(shop.dev, seen, sizeof seen), at = put(shop.dev, position, sizeof position);
  cl_mem surfaces = put(shop.dev, surface, sizeof surface);
  cl_mem materials = put(shop.dev, made_of, sizeof made_of);
  cl_mem instances = put(shop.dev, instance, sizeof instance), to = put(shop.dev, NULL, sizeof is);
  RUN(&shop, borrow_edges, count, GROUP, ARG(v.camera_buffer), ARG(shop.place.buffers.materials),
      ARG(at), ARG(count), ARG(v.surface_buffer), ARG(v.material_buffer), ARG(v.hits.instance),
      ARG(light), ARG(surfaces), ARG(materials), ARG(instances), ARG(to));
  get(shop.dev, to, is, sizeof is);
  for (int i = 0; i < COUNT; i++)
    if (should[i] != -2 && is[i] != should[i])
      fail_msg("extra sample %d: kernel %d, twin %d", i, is[i], should[i]);
  cl_mem all[] = {light, at, surfaces, materials, instances, to};
  for (size_t k = 0; k < sizeof all / sizeof *all; k++)
    clReleaseMemObject(all[k]);
  drop_view(&v);
}

static void extra_samples_inherit_from_their_pixel(void **state) {
  (void)state;
  enum { COUNT = 777 };
  float from[SAMPLES], is[COUNT];
  int owner[COUNT], count = COUNT;
  rng r = rng_at(2, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < SAMPLES; i++)
    from[i] = (float)rng_unit(&r);
  for (int i = 0; i < COUNT; i++)
    owner[i] = rng_below(&r, SAMPLES);
  cl_mem owners = put(shop.dev, owner, sizeof owner), values = put(shop.dev, from, sizeof from);
  cl_mem to = put(shop.dev, NULL, sizeof is);
  RUN(&shop, inherit_ambient, count, GROUP, ARG(owners), ARG(count), ARG(values), ARG(to));
  get(shop.dev, to, is, sizeof is);
  for (int i = 0; i < COUNT; i++)
    assert_true(is[i] == from[owner[i]]);
  clReleaseMemObject(owners);
  clReleaseMemObject(values);
  clReleaseMemObject(to);
}

// Mean of four colours after (and undone after) x / (1 + brightest / 4).
static void twin_mean(const float *const samples[3], double out[3], double *room) {
  double brightest = 0;
  for (int c = 0; c < 3; c++)
    out[c] = 0;
  for (int k = 0; k < 3; k++) {
    const float *s = samples[k];
    double most = fmax((double)s[0], fmax((double)s[1], (double)s[2]));
    for (int c = 0; c < 3; c++)
      out[c] += (double)s[c] / (1 + most / 4) / 3;
  }
  for (int c = 0; c < 3; c++)
    brightest = fmax(brightest, out[c]);
  *room = fmax(1 - brightest / 4, 1e-3);
  for (int c = 0; c < 3; c++)
    out[c] /= *room;
}

// How bright a sample looks after exposure, 0..1.
static double twin_seen(const float *radiance, double exposure) {
  double light =
      0.2126 * (double)radiance[0] + 0.7152 * (double)radiance[1] + 0.0722 * (double)radiance[2];
  return exposure * light / (1 + exposure * light);
}

static void fill(float (*colors)[4], int count, uint32_t salt) {
  rng r = rng_at(3, RNG_TEST, salt, 0, 0);
  for (int i = 0; i < count; i++)
    for (int c = 0; c < 4; c++)
      colors[i][c] = c == 3 ? 1 : (float)rng_log_uniform(&r, 1e-4, i % 5 ? 3 : 1e5);
}

static void samples_become_rows_and_edges_their_mean(void **state) {
  (void)state;
  enum { PIXELS = 301 };
  static float radiance[SAMPLES][4], extra[PIXELS][2][4], image[H][W][4], seen[SAMPLES];
  int owner[PIXELS], source[PIXELS][2], count = SAMPLES, pixels = PIXELS;
  rng r = rng_at(6, RNG_TEST, 0, 0, 0);
  fill(radiance, SAMPLES, 0);
  fill(extra[0], 2 * PIXELS, 1);
  for (int i = 0; i < PIXELS; i++) {
    owner[i] = shop.order.sample[6 * i / W][6 * i % W];
    for (int k = 0; k < 2; k++) // samples of their own, or those of pixels
      source[i][k] = rng_below(&r, 2) ? -1 - rng_below(&r, 2 * PIXELS) : rng_below(&r, SAMPLES);
  }
  gpu_camera eye = view_camera(false);
  gpu_weather weather = {.exposure = 0.6f};
  cl_mem at = put(shop.dev, &eye, sizeof eye), from = put(shop.dev, radiance, sizeof radiance);
  cl_mem more = put(shop.dev, extra, sizeof extra), owners = put(shop.dev, owner, sizeof owner);
  cl_mem sources = put(shop.dev, source, sizeof source);
  cl_mem sky = put(shop.dev, &weather, sizeof weather), light = put(shop.dev, NULL, sizeof seen);
  cl_mem to = put(shop.dev, NULL, sizeof image);
  RUN(&shop, resolve_pixels, count, GROUP, ARG(at), ARG(sky), ARG(from), ARG(count), ARG(to),
      ARG(light));
  get(shop.dev, to, image, sizeof image);
  get(shop.dev, light, seen, sizeof seen);
  for (int i = 0; i < SAMPLES; i++)
    near("brightness of sample", i, seen[i], twin_seen(radiance[i], (double)weather.exposure), 1e-6,
         0);
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
      assert_memory_equal(image[y][x], radiance[shop.order.sample[y][x]], sizeof image[y][x]);
  RUN(&shop, resolve_edges, pixels, GROUP, ARG(at), ARG(owners), ARG(sources), ARG(pixels),
      ARG(from), ARG(more), ARG(to));
  get(shop.dev, to, image, sizeof image);
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) {
      int pixel = y * W + x, i = pixel / 6;
      const float *own = radiance[shop.order.sample[y][x]];
      if (pixel % 6 || i >= PIXELS) {
        assert_memory_equal(image[y][x], own, sizeof image[y][x]);
        continue;
      }
      const float *samples[3] = {own};
      for (int k = 0; k < 2; k++) {
        int n = source[i][k];
        samples[1 + k] = n < 0 ? extra[(-1 - n) / 2][(-1 - n) % 2] : radiance[n];
      }
      double should[3], room;
      twin_mean(samples, should, &room);
      for (int c = 0; c < 3; c++)
        near("colour of pixel", pixel, image[y][x][c], should[c], 1e-6 + 1e-6 / room, 0);
    }
  cl_mem all[] = {at, from, more, owners, sources, sky, light, to};
  for (size_t k = 0; k < sizeof all / sizeof *all; k++)
    clReleaseMemObject(all[k]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(labels_counts_and_boxes_are_those_of_every_pixel),
      cmocka_unit_test(edges_are_where_neighbours_are_other_surfaces_and_look_so),
      cmocka_unit_test(extra_samples_take_light_of_their_surface_beside_them),
      cmocka_unit_test(extra_samples_inherit_from_their_pixel),
      cmocka_unit_test(samples_become_rows_and_edges_their_mean),
  };
  return cmocka_run_group_tests(tests, open_all, close_all);
}
