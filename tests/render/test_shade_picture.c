// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The kernels as a whole on made-up hits: fog by Koschmieder, brightness by weather,
// every material finite, nothing that depends on where things lie in memory.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "render/kernels/materials.h"
#include "render/shade.h"
#include "scenes/scene.h"
#include "sim/snapshot.h"

enum { WIDTH = 64, HEIGHT = 48, PIXELS = WIDTH * HEIGHT, TRIANGLES = 4096, INSTANCES = 32 };
static const double RAD = 3.14159265358979323846 / 180;

// What a scene is made of, on the host, and its hits.
typedef struct picture {
  gpu_instance instances[INSTANCES];
  gpu_vertex vertices[3 * TRIANGLES];
  gpu_triangle triangles[TRIANGLES];
  gpu_material materials[MATERIAL_COUNT + 2];
  gpu_light lights[4];
  int light_count;
  float t[PIXELS], u[PIXELS], v[PIXELS], sun[PIXELS], ambient[PIXELS];
  uint32_t primitive[PIXELS], instance[PIXELS], mirror[PIXELS];
  weather_state weather;
  uint32_t frame;
} picture;

typedef struct result {
  float radiance[PIXELS][4]; // in tile order
  float rays[PIXELS][4];     // mirror directions
  uint8_t rgb[PIXELS][3];    // row-major
} result;

static device *dev;
static shade *paint;

static int open_all(void **state) {
  (void)state;
  trouble why = {0};
  if (device_open(&dev, NULL, &why) || shade_create(&paint, dev, &why)) {
    print_error("%s\n", why.text);
    return -1;
  }
  return 0;
}

static int close_all(void **state) {
  (void)state;
  shade_destroy(paint);
  device_close(dev);
  return 0;
}

static cl_mem buffer(size_t size, const void *bytes) {
  cl_mem out;
  trouble why = {0};
  if (device_buffer(dev, size, bytes, &out, &why))
    fail_msg("%s", why.text);
  return out;
}

static void read_back(cl_mem from, size_t size, void *to) {
  assert_int_equal(
      clEnqueueReadBuffer(device_queue(dev), from, CL_TRUE, 0, size, to, 0, NULL, NULL),
      CL_SUCCESS);
}

// Looks along world y from 1.5 m above the ground.
static gpu_camera camera(void) {
  gpu_camera c = {.fx = 60, .fy = 60, .cx = WIDTH / 2.0f, .cy = HEIGHT / 2.0f};
  c.width = WIDTH;
  c.height = HEIGHT;
  c.middle[0] = WIDTH / 2.0f, c.middle[1] = HEIGHT / 2.0f;
  c.corner = 4.0f / (WIDTH * WIDTH + HEIGHT * HEIGHT);
  c.begin_p[2] = c.end_p[2] = 1.5f;
  c.begin_q[0] = c.end_q[0] = -0.70710678f;
  c.begin_q[3] = c.end_q[3] = 0.70710678f;
  return c;
}

static void pixel_of(int sample, int *x, int *y) {
  int tile = sample / 16, in = sample % 16;
  *x = tile % (WIDTH / 4) * 4 + in % 4;
  *y = tile / (WIDTH / 4) * 4 + in / 4;
}

static void run(const picture *p, result *out) {
  gpu_camera view = camera();
  shade_scene where = {.light_count = p->light_count};
  shade_weather(&p->weather, 3, p->frame, 0.1 * p->frame, &where.weather);
  where.instances = buffer(sizeof p->instances, p->instances);
  where.vertices = buffer(sizeof p->vertices, p->vertices);
  where.triangles = buffer(sizeof p->triangles, p->triangles);
  where.materials = buffer(sizeof p->materials, p->materials);
  where.texels = buffer(sizeof(uint32_t), &(uint32_t){0});
  where.lights = buffer(sizeof p->lights, p->lights);
  where.weather_buffer = buffer(sizeof where.weather, &where.weather);
  shade_samples s = {.camera = view, .count = PIXELS};
  s.camera_buffer = buffer(sizeof view, &view);
  s.hits = (shade_hits){buffer(sizeof p->t, p->t), buffer(sizeof p->primitive, p->primitive),
                        buffer(sizeof p->instance, p->instance), buffer(sizeof p->u, p->u),
                        buffer(sizeof p->v, p->v)};
  s.mirror = s.hits;
  s.mirror.primitive = buffer(sizeof p->mirror, p->mirror);
  s.sun = buffer(sizeof p->sun, p->sun);
  s.ambient = buffer(sizeof p->ambient, p->ambient);
  static uint32_t met[PIXELS];
  for (int i = 0; i < PIXELS; i++)
    met[i] = p->primitive[i] < HIT_SKIP ? p->triangles[p->primitive[i]].material : MATERIAL_UNMET;
  s.material = buffer(sizeof met, met);
  cl_mem origins = buffer(16 * PIXELS, NULL), directions = buffer(16 * PIXELS, NULL);
  cl_mem radiance = buffer(16 * PIXELS, NULL), rgb = buffer(3 * PIXELS, NULL);
  trouble why = {0};
  if (shade_mirror_rays(paint, &where, &s, origins, directions, &why) ||
      shade_radiance(paint, &where, &s, radiance, &why))
    fail_msg("%s", why.text);
  read_back(radiance, sizeof out->radiance, out->radiance);
  read_back(directions, sizeof out->rays, out->rays);
  static float rows[PIXELS][4];
  for (int i = 0; i < PIXELS; i++) {
    int x, y;
    pixel_of(i, &x, &y);
    memcpy(rows[y * WIDTH + x], out->radiance[i], sizeof rows[0]);
  }
  cl_mem image = buffer(sizeof rows, rows);
  if (shade_develop(paint, &where, &view, s.camera_buffer, image, rgb, &why))
    fail_msg("%s", why.text);
  read_back(rgb, sizeof out->rgb, out->rgb);
  cl_mem all[] = {where.instances, where.vertices,
                  where.triangles, where.materials,
                  where.texels,    where.lights,
                  image,           where.weather_buffer,
                  s.camera_buffer, s.material,
                  s.hits.t,        s.hits.primitive,
                  s.hits.instance, s.hits.u,
                  s.hits.v,        s.mirror.primitive,
                  s.sun,           s.ambient,
                  origins,         directions,
                  radiance,        rgb};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    clReleaseMemObject(all[i]);
}

static picture *empty(void) {
  picture *p = calloc(1, sizeof *p);
  assert_non_null(p);
  p->weather = weather_state_default();
  p->weather.cloud_cover = 0.1;
  p->weather.sun_elevation_rad = 40 * RAD;
  p->weather.sun_azimuth_rad = -90 * RAD; // behind the camera
#define X(NAME, SHADER, PALETTE, CLASS, R, G, B, ROUGHNESS, METALLIC)                              \
  p->materials[MATERIAL_##NAME] = (gpu_material){                                                  \
      {R, G, B}, ROUGHNESS, METALLIC, SHADER_##SHADER, PALETTE, CLASS, 0, 0, {0}, 0, 0, 0, {0}};
  MATERIALS(X)
#undef X
  for (int k = 0; k < 2; k++) {
    float grey = k ? 0.8f : 0.02f;
    p->materials[MATERIAL_COUNT + k] =
        (gpu_material){{grey, grey, grey}, 0.95f, 0, SHADER_PLAIN, -1, 1, 0, 0, {0}, 0, 0, 0, {0}};
  }
  for (int i = 0; i < PIXELS; i++) {
    p->mirror[i] = HIT_SKIP;
    p->sun[i] = p->ambient[i] = 1;
    p->u[i] = p->v[i] = 0.3f;
  }
  for (int i = 0; i < INSTANCES; i++) {
    gpu_instance *it = &p->instances[i];
    it->begin_q[3] = it->end_q[3] = it->scale[0] = it->scale[1] = it->scale[2] = 1;
  }
  return p;
}

// A black and white wall across the view, `distance` metres ahead, checkered by pixel.
static void put_wall(picture *p, float distance) {
  for (uint32_t k = 0; k < 2; k++) {
    p->triangles[k] = (gpu_triangle){{3 * k, 3 * k + 1, 3 * k + 2}, MATERIAL_COUNT + k};
    const float corner[3][2] = {{-500, -500}, {1500, -500}, {-500, 1500}};
    for (int c = 0; c < 3; c++)
      p->vertices[3 * k + (uint32_t)c] =
          (gpu_vertex){{corner[c][0], distance, corner[c][1]}, {0, -1, 0}, {0, 0}};
  }
  for (int i = 0; i < PIXELS; i++) {
    int x, y;
    pixel_of(i, &x, &y);
    p->t[i] = distance;
    p->primitive[i] = (uint32_t)((x + y) & 1);
  }
}

// White minus black next to the middle of the picture.
static double contrast(const result *r) {
  double sum[2] = {0, 0};
  for (int i = 0; i < PIXELS; i++) {
    int x, y;
    pixel_of(i, &x, &y);
    if (x >= WIDTH / 2 - 4 && x < WIDTH / 2 + 4 && y >= HEIGHT / 2 - 4 && y < HEIGHT / 2 + 4)
      sum[(x + y) & 1] += r->radiance[i][1];
  }
  return sum[1] - sum[0];
}

static void fog_takes_contrast_as_koschmieder_says(void **state) {
  (void)state;
  picture *p = empty();
  result *r = malloc(sizeof *r);
  assert_non_null(r);
  static const double RANGES_M[] = {60, 150, 400};
  for (int k = 0; k < 3; k++) {
    p->weather.fog_visibility_m = RANGES_M[k];
    double beta = weather_fog_beta_pm(&p->weather);
    put_wall(p, 0.5f);
    run(p, r);
    double near = contrast(r);
    for (float d = 10; d < 200 && exp(-beta * d) > 0.01; d *= 1.8f) {
      put_wall(p, d);
      run(p, r);
      double is = contrast(r) / near, should = exp(-beta * (d - 0.5));
      if (!(fabs(is / should - 1) < 0.03))
        fail_msg("visibility %.0f m, wall at %.1f m: contrast %.4f, Koschmieder %.4f", RANGES_M[k],
                 d, is, should);
    }
  }
  free(r);
  free(p);
}

static double brightness(const result *r) {
  double sum = 0;
  for (int i = 0; i < PIXELS; i++)
    sum += r->rgb[i][0] + r->rgb[i][1] + r->rgb[i][2];
  return sum / (3.0 * PIXELS);
}

// An asphalt road to the horizon with the sky above.
static void put_road(picture *p) {
  p->triangles[0] = (gpu_triangle){{0, 1, 2}, MATERIAL_ASPHALT};
  const float corner[3][2] = {{-900, -10}, {2700, -10}, {-900, 3000}};
  for (int c = 0; c < 3; c++)
    p->vertices[c] = (gpu_vertex){{corner[c][0], corner[c][1], 0}, {0, 0, 1}, {0, 0}};
  for (int i = 0; i < PIXELS; i++) {
    int x, y;
    pixel_of(i, &x, &y);
    double down = (y + 0.5 - HEIGHT / 2.0) / 60;
    p->primitive[i] = down > 0 ? 0 : HIT_NONE;
    p->t[i] = down > 0 ? (float)(1.5 / down) : 0;
  }
}

static void clear_overcast_and_night_are_told_apart(void **state) {
  (void)state;
  picture *p = empty();
  result *r = malloc(sizeof *r);
  assert_non_null(r);
  put_road(p);
  run(p, r);
  double clear = brightness(r);
  p->weather.cloud_cover = 1;
  for (int i = 0; i < PIXELS; i++)
    p->sun[i] = 0;
  double road_clear = 0, road_overcast = 0;
  for (int i = PIXELS / 2; i < PIXELS; i++)
    road_clear += r->rgb[i][1];
  run(p, r);
  double overcast = brightness(r);
  for (int i = PIXELS / 2; i < PIXELS; i++)
    road_overcast += r->rgb[i][1];
  p->weather.sun_elevation_rad = -20 * RAD;
  run(p, r);
  double night = brightness(r);
  p->weather.sun_elevation_rad = 40 * RAD;
  p->weather.fog_visibility_m = 100;
  run(p, r);
  double fog = brightness(r);
  if (!(clear > overcast && road_clear > 1.1 * road_overcast && overcast > 2 * night && night > 1))
    fail_msg("means of 255: clear %.1f, overcast %.1f, night %.1f; road %.0f against %.0f", clear,
             overcast, night, road_clear, road_overcast);
  assert_true(clear < 235 && clear > 60);
  assert_true(fabs(fog - overcast) > 4);
  free(r);
  free(p);
}

static void wet_roads_mirror_and_dry_ones_do_not(void **state) {
  (void)state;
  picture *p = empty();
  result *r = malloc(sizeof *r);
  assert_non_null(r);
  put_road(p);
  for (int wet = 0; wet < 2; wet++) {
    p->weather.wetness = wet;
    p->weather.water_film_mm = wet;
    run(p, r);
    int rays = 0;
    for (int i = 0; i < PIXELS; i++) {
      float *d = r->rays[i];
      double length = sqrt((double)d[0] * d[0] + (double)d[1] * d[1] + (double)d[2] * d[2]);
      if (length > 0) {
        rays++;
        assert_true(fabs(length - 1) < 1e-3);
        assert_true(d[2] > 0 && p->primitive[i] == 0);
      }
    }
    if (wet ? rays < PIXELS / 20 : rays > 0)
      fail_msg("wetness %d: %d mirror rays", wet, rays);
  }
  free(r);
  free(p);
}

// Triangles of every material at random places, in random weather.
static void scatter(picture *p, uint32_t round) {
  rng r = rng_at(5, RNG_TEST, round, 0, 0);
  for (uint32_t i = 0; i < TRIANGLES; i++) {
    p->triangles[i] = (gpu_triangle){{3 * i, 3 * i + 1, 3 * i + 2}, i % MATERIAL_COUNT};
    for (uint32_t c = 0; c < 3; c++) {
      gpu_vertex *v = &p->vertices[3 * i + c];
      double z = rng_uniform(&r, -1, 1), a = rng_uniform(&r, 0, 6.28), flat = sqrt(1 - z * z);
      for (int k = 0; k < 3; k++)
        v->p[k] = (float)rng_uniform(&r, -3, 3);
      v->n[0] = (float)(flat * cos(a)), v->n[1] = (float)(flat * sin(a)), v->n[2] = (float)z;
      v->uv[0] = (float)rng_uniform(&r, -2, 4);
      v->uv[1] = i % 7 ? (float)rng_uniform(&r, -2, 4) : 0; // some without a uv frame
    }
  }
  for (int i = 0; i < INSTANCES; i++) {
    gpu_instance *it = &p->instances[i];
    *it = (gpu_instance){.seed = rng_u32(&r),
                         .flags = rng_u32(&r) & 31,
                         .signal = rng_u32(&r) % 5,
                         .kind = rng_u32(&r) % (THING_KIND_COUNT + 1),
                         .moving = (uint32_t)(i & 1)};
    for (int k = 0; k < 3; k++) {
      it->scale[k] = (float)rng_uniform(&r, 0.5, 2);
      it->begin_p[k] = (float)rng_uniform(&r, -20, 20);
      it->end_p[k] = it->begin_p[k] + 0.1f;
    }
    double half = rng_uniform(&r, -3, 3);
    it->begin_q[2] = it->end_q[2] = (float)sin(half);
    it->begin_q[3] = it->end_q[3] = (float)cos(half);
    for (int k = 0; k < 4; k++)
      it->palette[k] = rng_u32(&r) & 0xffffff;
  }
  for (int i = 0; i < PIXELS; i++) {
    p->primitive[i] = i % 19 ? (uint32_t)rng_below(&r, TRIANGLES) : HIT_NONE;
    p->mirror[i] = i % 3 ? (uint32_t)rng_below(&r, TRIANGLES) : i % 2 ? HIT_NONE : HIT_SKIP;
    p->instance[i] = (uint32_t)rng_below(&r, INSTANCES);
    p->t[i] = (float)rng_log_uniform(&r, 0.3, 300);
    p->u[i] = (float)rng_uniform(&r, 0, 0.5);
    p->v[i] = (float)rng_uniform(&r, 0, 0.5);
    p->sun[i] = i & 1 ? 1 : (float)rng_unit(&r);
    p->ambient[i] = (float)rng_unit(&r);
  }
  p->light_count = 4;
  const float at[3] = {2, 5, 4}, forward[3] = {0, 1, 0};
  for (uint32_t i = 0; i < 2; i++) {
    shade_lamp_street(at, i, &p->lights[i]);
    shade_lamp_head(at, forward, i, i, &p->lights[2 + i]);
  }
  p->frame = round;
  p->weather.sun_elevation_rad = rng_uniform(&r, -0.6, 1.5);
  p->weather.sun_azimuth_rad = rng_uniform(&r, -3, 3);
  p->weather.cloud_cover = rng_unit(&r);
  p->weather.rain_mmh = round % 3 == 1 ? rng_uniform(&r, 0, 60) : 0;
  p->weather.snow_mmh = round % 3 == 2 ? rng_uniform(&r, 0, 10) : 0;
  p->weather.snow_depth_mm = 4 * p->weather.snow_mmh;
  p->weather.wetness = round % 3 == 1 ? rng_unit(&r) : 0;
  p->weather.water_film_mm = 2 * p->weather.wetness;
  p->weather.fog_visibility_m = rng_log_uniform(&r, 30, 50000);
  p->weather.turbidity = rng_uniform(&r, 2, 10);
}

static void every_material_is_finite_in_any_weather(void **state) {
  (void)state;
  picture *p = empty();
  result *r = malloc(sizeof *r);
  assert_non_null(r);
  for (uint32_t round = 0; round < 12; round++) {
    scatter(p, round);
    run(p, r);
    for (int i = 0; i < PIXELS; i++)
      for (int c = 0; c < 3; c++)
        if (!(isfinite(r->radiance[i][c]) && r->radiance[i][c] >= 0) || !isfinite(r->rays[i][c])) {
          uint32_t hit = p->primitive[i];
          fail_msg("round %u, sample %d, material %u: radiance %g, mirror %g", round, i,
                   hit < HIT_SKIP ? p->triangles[hit].material : hit, r->radiance[i][c],
                   r->rays[i][c]);
        }
  }
  free(r);
  free(p);
}

static void places_in_memory_do_not_show(void **state) {
  (void)state;
  picture *p = empty(), *q = empty();
  result *a = malloc(sizeof *a), *b = malloc(sizeof *b);
  assert_true(p && q && a && b);
  scatter(p, 4);
  *q = *p;
  // The same scene with its triangles one after the other elsewhere, instances reversed.
  enum { SHIFT = 37 };
  for (uint32_t i = 0; i < TRIANGLES; i++) {
    uint32_t to = (i + SHIFT) % TRIANGLES;
    q->triangles[to] = p->triangles[i];
    for (uint32_t c = 0; c < 3; c++) {
      q->triangles[to].v[c] = (3 * to) + c;
      q->vertices[3 * to + c] = p->vertices[3 * i + c];
    }
  }
  for (uint32_t i = 0; i < INSTANCES; i++) {
    q->instances[INSTANCES - 1 - i] = p->instances[i];
    q->instances[INSTANCES - 1 - i].triangle_first = SHIFT;
    q->instances[INSTANCES - 1 - i].id = 1000 + i;
  }
  for (int i = 0; i < PIXELS; i++) {
    // Those that would wrap around have no local number to keep.
    if (p->primitive[i] < HIT_SKIP)
      p->primitive[i] %= TRIANGLES - SHIFT, q->primitive[i] = p->primitive[i] + SHIFT;
    if (p->mirror[i] < HIT_SKIP)
      p->mirror[i] %= TRIANGLES - SHIFT, q->mirror[i] = p->mirror[i] + SHIFT;
    q->instance[i] = INSTANCES - 1 - p->instance[i];
  }
  run(p, a);
  run(q, b);
  assert_memory_equal(a->radiance, b->radiance, sizeof a->radiance);
  assert_memory_equal(a->rgb, b->rgb, sizeof a->rgb);
  run(p, b);
  assert_memory_equal(a->rgb, b->rgb, sizeof a->rgb);
  p->frame++; // another frame, other noise
  run(p, b);
  assert_memory_not_equal(a->rgb, b->rgb, sizeof a->rgb);
  free(a);
  free(b);
  free(p);
  free(q);
}

// Power that drops throw to the eye of a bare lamp's light: the integral along the ray, finely.
static double air_integral(const gpu_light *lamp, const double ray[3], double beta) {
  enum { STEPS = 2000 };
  const double far = 90, dt = far / STEPS, from[3] = {0, 0, 1.5};
  double sum = 0;
  for (int k = 0; k < STEPS; k++) {
    double t = (k + 0.5) * dt, d2 = 0, along = 0;
    for (int c = 0; c < 3; c++) {
      double gap = (double)lamp->p[c] - from[c] - t * ray[c];
      d2 += gap * gap;
      along += gap * ray[c];
    }
    double turn = along / sqrt(d2); // light comes from there and goes to the eye
    double window = fmax(1 - pow(d2 / pow((double)lamp->range, 2), 2), 0), phase = 0;
    const double g = 0.85, sphere = 4 * 3.14159265358979;
    phase = 0.8 * (1 - g * g) / (sphere * pow(1 + g * g - 2 * g * turn, 1.5)) +
            0.2 / sphere * (1 - 0.75 * turn + 0.3125 * (1.5 * turn * turn - 0.5));
    sum += window * window / d2 * fmin(d2, 1) * phase * exp(-beta * (t + sqrt(d2))) * beta * dt;
  }
  return sum * (double)lamp->color[0];
}

static void lamps_in_fog_have_the_halo_of_the_integral(void **state) {
  (void)state;
  picture *p = empty();
  result *dark = malloc(sizeof *dark), *lit = malloc(sizeof *lit);
  assert_true(p && dark && lit);
  gpu_camera view = camera();
  p->weather.sun_elevation_rad = -30 * RAD;
  p->weather.fog_visibility_m = 100;
  shade_scene where;
  shade_weather(&p->weather, 3, 0, 0, &where.weather);
  for (int i = 0; i < PIXELS; i++)
    p->primitive[i] = HIT_NONE;
  p->lights[0] =
      (gpu_light){.p = {3, 14, 4}, .color = {50, 50, 50}, .cos_inner = -2, .cos_outer = -3};
  p->lights[0].range = 80;
  run(p, dark);
  p->light_count = 1;
  run(p, lit);
  // Neighbours' errors even out: means of 8x8 pixels are compared.
  double worst = 0, all_is = 0, all_should = 0, beta = 2.995732273553991 / 100;
  for (int by = 0; by < HEIGHT / 8; by++)
    for (int bx = 0; bx < WIDTH / 8; bx++) {
      double is = 0, should = 0;
      for (int i = 0; i < PIXELS; i++) {
        int x, y;
        pixel_of(i, &x, &y);
        if (x / 8 != bx || y / 8 != by)
          continue;
        double ray[3] = {(x + 0.5 - (double)view.cx) / (double)view.fx, 1,
                         -(y + 0.5 - (double)view.cy) / (double)view.fy};
        double length = sqrt(ray[0] * ray[0] + 1 + ray[2] * ray[2]);
        for (int c = 0; c < 3; c++)
          ray[c] /= length;
        is += (double)(lit->radiance[i][0] - dark->radiance[i][0]);
        should += air_integral(&p->lights[0], ray, beta);
      }
      worst = fmax(worst, fabs(is - should) / should);
      all_is += is;
      all_should += should;
    }
  double mean = fabs(all_is / all_should - 1);
  print_message("halo in fog: %.2f %% off the integral, parts at most %.1f %%\n", 100 * mean,
                100 * worst);
  assert_true(mean < 0.01 && worst < 0.1);
  // Clear air has none.
  p->weather.fog_visibility_m = 50000;
  run(p, lit);
  p->light_count = 0;
  run(p, dark);
  assert_memory_equal(lit->radiance, dark->radiance, sizeof lit->radiance);
  free(lit);
  free(dark);
  free(p);
}

// Candela of the beam that leaves the lamp `right` and `up` of straight ahead: the light on white
// paper at 25 m beside that of a lamp that shines everywhere, of 10,000 cd a unit.
static double beam_cd(picture *p, result *r, uint32_t seed, bool left_hand, double right_deg,
                      double up_deg) {
  const double distance_m = 25;
  gpu_camera view = camera();
  int sample = 0, x, y;
  while (p->primitive[sample] != 1)
    sample++;
  pixel_of(sample, &x, &y);
  double t = (double)p->t[sample];
  double at[3] = {t * (x + 0.5 - (double)view.cx) / (double)view.fx, t,
                  1.5 - t * (y + 0.5 - (double)view.cy) / (double)view.fy};
  double a = right_deg * RAD, e = up_deg * RAD;
  float lamp[3] = {(float)(at[0] - distance_m * sin(a) * cos(e)),
                   (float)(at[1] - distance_m * cos(a) * cos(e)),
                   (float)(at[2] - distance_m * sin(e))};
  const float forward[3] = {0, 1, 0};
  double light[3]; // none, everywhere, beam; green
  for (int k = 0; k < 3; k++) {
    p->light_count = k > 0;
    shade_lamp_head(lamp, forward, seed, left_hand, &p->lights[0]);
    if (k == 1) {
      for (int c = 0; c < 3; c++)
        p->lights[0].color[c] = 1;
      p->lights[0].cos_inner = -2, p->lights[0].cos_outer = -3;
    }
    run(p, r);
    light[k] = (double)r->radiance[sample][1];
  }
  return 1e4 * (light[2] - light[0]) / (light[1] - light[0]);
}

// UN R112, class B, for traffic on the right: degrees right of and above straight ahead, candela.
static void dipped_beams_are_within_un_r112(void **state) {
  (void)state;
  static const struct {
    const char *name;
    double right_deg, up_deg, least_cd, most_cd;
  } points[] = {{"B50L", -3.43, 0.57, 0, 350},        {"BR", 2.5, 1.0, 0, 1750},
                {"75R", 1.15, -0.57, 10100, 1e9},     {"75L", -3.43, -0.57, 0, 10600},
                {"50L", -3.43, -0.86, 0, 13200},      {"50R", 1.72, -0.86, 10100, 1e9},
                {"50V", 0, -0.86, 5100, 1e9},         {"25L", -9, -1.72, 1700, 1e9},
                {"25R", 9, -1.72, 1700, 1e9},         {"zone III", -1, 0.75, 0, 625},
                {"zone IV", -5.15, -0.86, 2500, 1e9}, {"zone IV", 5.15, -1.72, 2500, 1e9},
                {"zone IV", 5.15, -0.86, 2500, 1e9},  {"zone IV", -5.15, -1.72, 2500, 1e9}};
  picture *p = empty();
  result *r = malloc(sizeof *r);
  assert_non_null(r);
  p->weather.sun_elevation_rad = -30 * RAD;
  p->weather.fog_visibility_m = 50000;
  put_wall(p, 10);
  for (uint32_t seed = 0; seed < 6; seed++)
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
      // Diodes and halogen lamps have other tints; green is 1 and 0.83 of the whole.
      gpu_light lamp;
      shade_lamp_head((float[]){0, 0, 0}, (float[]){0, 1, 0}, seed, false, &lamp);
      double whole = lamp.color[2] < lamp.color[1] ? 1.25 : 1.5;
      double tint = (double)lamp.color[1] / whole;
      double is = beam_cd(p, r, seed, false, points[i].right_deg, points[i].up_deg) / tint;
      double turned = beam_cd(p, r, seed, true, -points[i].right_deg, points[i].up_deg) / tint;
      if (is < points[i].least_cd || is > points[i].most_cd)
        fail_msg("lamp %u at %s: %.0f cd, %.0f..%.0f wanted", seed, points[i].name, is,
                 points[i].least_cd, points[i].most_cd);
      if (fabs(turned - is) > 0.01 * is + 2)
        fail_msg("lamp %u at %s: %.0f cd, for traffic on the left %.0f", seed, points[i].name, is,
                 turned);
    }
  free(r);
  free(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fog_takes_contrast_as_koschmieder_says),
      cmocka_unit_test(clear_overcast_and_night_are_told_apart),
      cmocka_unit_test(wet_roads_mirror_and_dry_ones_do_not),
      cmocka_unit_test(lamps_in_fog_have_the_halo_of_the_integral),
      cmocka_unit_test(dipped_beams_are_within_un_r112),
      cmocka_unit_test(every_material_is_finite_in_any_weather),
      cmocka_unit_test(places_in_memory_do_not_show),
  };
  return cmocka_run_group_tests(tests, open_all, close_all);
}
