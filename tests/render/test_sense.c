// SPDX-License-Identifier: Apache-2.0
// labels: unit
// links: embree
// The kernels between tracing and shading against their slow twins. Inputs of each are
// the real outputs of those before it.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
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

static void near3(const char *what, int i, const float *planes, size_t stride, vec3 should,
                  double absolute) {
  near(what, i, planes[0], should.x, 0, absolute);
  near(what, i, planes[stride], should.y, 0, absolute);
  near(what, i, planes[2 * stride], should.z, 0, absolute);
}

static void check_ray(const gpu_camera *c, const float *rays, size_t stride, int i, double x,
                      double y) {
  vec3 o;
  double time;
  vec3 d = twin_camera_ray(c, x, y, &o, &time);
  near3("origin of ray", i, rays + RAY_OX * stride + i, stride, o, 4e-5);
  near3("direction of ray", i, rays + RAY_DX * stride + i, stride, d, 2e-6);
  near("time of ray", i, rays[RAY_TIME * stride + (size_t)i], time, 1e-6, 0);
}

static void camera_rays_pass_through_pixel_centres(void **state) {
  (void)state;
  static view v;
  for (int rolling = 0; rolling < 2; rolling++) {
    look(&shop, &v, rolling);
    int idle = 0;
    for (int i = 0; i < SAMPLES; i++)
      idle += v.rays[RAY_LIMIT][i] < 0;
    assert_int_equal(idle, SAMPLES - W * H);
    for (int y = 0; y < H; y++)
      for (int x = 0; x < W; x++) {
        int i = shop.order.sample[y][x];
        check_ray(&v.camera, v.rays[0], SAMPLES, i, x + 0.5, y + 0.5);
        assert_true(v.rays[RAY_LIMIT][i] == 1e7f);
      }
    drop_view(&v);
  }
}

static void camera_rays_pass_through_given_positions(void **state) {
  (void)state;
  enum { COUNT = 101, STRIDE = 112 };
  gpu_camera eye = view_camera(true);
  float positions[COUNT][2], rays[RAY_PLANES][STRIDE];
  rng r = rng_at(1, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < COUNT; i++) {
    positions[i][0] = (float)rng_uniform(&r, -2, W + 2);
    positions[i][1] = (float)rng_uniform(&r, -2, H + 2);
  }
  cl_mem at = put(shop.dev, &eye, sizeof eye), from = put(shop.dev, positions, sizeof positions);
  cl_mem to = put(shop.dev, NULL, sizeof rays);
  int yes = 1, count = COUNT, stride = STRIDE;
  float limit = 77;
  RUN(&shop, camera_rays, stride, GROUP, ARG(at), ARG(from), ARG(yes), ARG(count), ARG(stride),
      ARG(limit), ARG(to));
  get(shop.dev, to, rays, sizeof rays);
  for (int i = 0; i < STRIDE; i++) {
    if (i < COUNT)
      check_ray(&eye, rays[0], STRIDE, i, (double)positions[i][0], (double)positions[i][1]);
    assert_true(rays[RAY_LIMIT][i] == (i < COUNT ? 77.0f : -1.0f));
  }
  clReleaseMemObject(at);
  clReleaseMemObject(from);
  clReleaseMemObject(to);
}

static void surfaces_face_the_ray_where_things_are(void **state) {
  (void)state;
  static view v;
  for (int rolling = 0; rolling < 2; rolling++) {
    look(&shop, &v, rolling);
    int seen = 0, moving = 0, skipped = 0;
    for (int i = 0; i < SAMPLES; i++) {
      if (!met(&v, i)) {
        assert_true(v.surface[i][3] == -1);
        skipped += v.primitive[i] == HIT_SKIP;
        continue;
      }
      vec3 d = {v.rays[RAY_DX][i], v.rays[RAY_DY][i], v.rays[RAY_DZ][i]};
      vec3 n = twin_normal(&shop.place, v.instance[i], v.primitive[i], (double)v.rays[RAY_TIME][i]);
      double facing = vec3_dot(n, d);
      vec3 mine = normal_of(&v, i);
      // Seen edge on, either side is right.
      if (fabs(facing) < 1e-4 ? vec3_dot(mine, n) < 0 : facing > 0)
        n = vec3_scale(n, -1);
      near3("normal of sample", i, v.surface[i], 1, n, 1e-4);
      assert_int_equal(v.material[i], shop.triangles[v.primitive[i]].material);
      assert_true(v.surface[i][3] == v.t[i]);
      seen++;
      moving += shop.place.top.instances[v.instance[i]].moving != 0;
    }
    assert_true(seen > SAMPLES / 3 && skipped > 10);
    assert_true(moving > 100);
    drop_view(&v);
  }
}

// PCG hash (Jarzynski and Olano 2020), written out.
static uint32_t pcg(uint32_t x) {
  uint32_t s = x * 747796405u + 2891336453u;
  uint32_t w = ((s >> ((s >> 28) + 4)) ^ s) * 277803737u;
  return (w >> 22) ^ w;
}

static double pcg_unit(uint32_t x) {
  return (pcg(x) >> 8) / 16777216.0;
}

static vec3 offset_point(const view *v, int i, vec3 n) {
  double t = (double)v->surface[i][3];
  vec3 o = {v->rays[RAY_OX][i], v->rays[RAY_OY][i], v->rays[RAY_OZ][i]};
  vec3 d = {v->rays[RAY_DX][i], v->rays[RAY_DY][i], v->rays[RAY_DZ][i]};
  return vec3_add(vec3_add(o, vec3_scale(d, t)), vec3_scale(n, 0.002 + 3e-5 * t));
}

// What sun rays of a view came to: rays asked, of leaves seen from behind, idle hits.
typedef struct sun_tally {
  int asked, through, away;
} sun_tally;

static void check_sun_ray(const view *v, const gpu_weather *weather, uint32_t salt, int i,
                          const float (*rays)[SAMPLES], sun_tally *tally) {
  vec3 n = normal_of(v, i);
  vec3 sun = {(double)weather->sun_direction[0], (double)weather->sun_direction[1],
              (double)weather->sun_direction[2]};
  double facing = vec3_dot(n, sun);
  if (fabs(facing) < 1e-5)
    return; // rounding decides
  if (facing < 0 && material_of(&shop, v, i)->shader == SHADER_LEAF) {
    n = vec3_scale(n, -1);
    tally->through++;
  } else if (facing < 0) {
    assert_true(rays[RAY_LIMIT][i] == -1);
    tally->away++;
    return;
  }
  uint32_t h = pcg((uint32_t)i ^ pcg(weather->seed ^ pcg(weather->frame + salt)));
  // Its quarter of the disc: columns and rows of pixels in turns.
  uint32_t quarter = (uint32_t)i ^ pcg(salt);
  double a = 0.0083 / 2 * (pcg_unit(h) - (quarter & 1));
  double b = 0.0083 / 2 * (pcg_unit(h ^ 0x68bc21ebu) - (quarter >> 2 & 1));
  vec3 across = fabs(sun.z) < 0.9 ? (vec3){0, 0, 1} : (vec3){1, 0, 0};
  vec3 side = vec3_unit(vec3_cross(sun, across)), up = vec3_cross(sun, side);
  vec3 d = vec3_add(sun, vec3_add(vec3_scale(side, a), vec3_scale(up, b)));
  near3("origin of sun ray", i, &rays[RAY_OX][i], SAMPLES, offset_point(v, i, n), 1e-4);
  near3("direction of sun ray", i, &rays[RAY_DX][i], SAMPLES, d, 1e-6);
  assert_true(rays[RAY_LIMIT][i] == 3000 && rays[RAY_TIME][i] == v->rays[RAY_TIME][i]);
  tally->asked++;
}

static void sun_rays_leave_lit_sides_for_the_disc(void **state) {
  (void)state;
  static view v;
  static float out[RAY_PLANES][SAMPLES];
  const vec3 suns[] = {{0.5, -0.7, 0.4}, {0.1, 0.2, 0.95}, {-0.9, 0.3, 0.05}};
  sun_tally tally = {0};
  for (uint32_t k = 0; k < 6; k++) {
    look(&shop, &v, k % 2);
    vec3 to_sun = vec3_unit(suns[k / 2]);
    gpu_weather weather = {.seed = 77 + k, .frame = 3};
    weather.sun_direction[0] = (float)to_sun.x, weather.sun_direction[1] = (float)to_sun.y;
    weather.sun_direction[2] = (float)to_sun.z;
    cl_mem sky = put(shop.dev, &weather, sizeof weather), to = put(shop.dev, NULL, sizeof out);
    int stride = SAMPLES, count = SAMPLES - 21; // the last count for nothing
    uint32_t salt = 5 * k;
    int first = 0;
    RUN(&shop, sun_rays, stride, GROUP, ARG(sky), ARG(shop.place.buffers.materials),
        ARG(v.material_buffer), ARG(v.rays_buffer), ARG(count), ARG(stride), ARG(v.surface_buffer),
        ARG(salt), ARG(first), ARG(to));
    get(shop.dev, to, out, sizeof out);
    for (int i = 0; i < SAMPLES; i++)
      if (i < count && met(&v, i))
        check_sun_ray(&v, &weather, salt, i, (const float(*)[SAMPLES])out, &tally);
      else
        assert_true(out[RAY_LIMIT][i] == -1);
    clReleaseMemObject(sky);
    clReleaseMemObject(to);
    drop_view(&v);
  }
  assert_true(tally.asked > SAMPLES && tally.through > 20 && tally.away > 100);
}

static const double REACH_M[16] = {0.5, 5, 1.6, 14, 9, 0.8, 24, 2.2, 3, 18, 1.1, 7, 12, 4, 0.6, 35};

static cl_mem ambient_of(const view *v) {
  int stride = SAMPLES, slots = SLOTS;
  cl_mem out = put(shop.dev, NULL, sizeof(float) * RAY_PLANES * SLOTS);
  RUN(&shop, ambient_rays, slots, GROUP, ARG(v->camera_buffer), ARG(v->rays_buffer), ARG(stride),
      ARG(v->surface_buffer), ARG(slots), ARG(out));
  return out;
}

static void ambient_rays_of_4x4_quads_spread_over_the_hemisphere(void **state) {
  (void)state;
  static view v;
  static float out[RAY_PLANES][SLOTS];
  for (int rolling = 0; rolling < 2; rolling++) {
    look(&shop, &v, rolling);
    cl_mem buffer = ambient_of(&v);
    get(shop.dev, buffer, out, sizeof out);
    int asked = 0, expected = 0;
    for (int i = 0; i < SLOTS; i++)
      asked += out[RAY_LIMIT][i] > 0;
    for (int y = 0; y < QUADS_Y; y++)
      for (int x = 0; x < QUADS_X; x++) {
        int i = shop.order.sample[shop.order.quad_y[y][x]][shop.order.quad_x[y][x]];
        int slot = shop.order.slot[y][x], in = y % 4 * 4 + x % 4;
        if (!met(&v, i)) {
          assert_true(out[RAY_LIMIT][slot] == -1);
          continue;
        }
        expected++;
        // Middles of 4x4 strata of the disc under the hemisphere: Malley's method.
        double share = (in / 4 + 0.5) / 4, r = sqrt(share);
        double angle = 2 * M_PI * ((in % 4 + 0.5) / 4 + share / 4);
        vec3 n = normal_of(&v, i), side = {0, -n.z, n.y};
        if (fabsf(v.surface[i][2]) < 0.7f)
          side = (vec3){-n.y, n.x, 0};
        side = vec3_unit(side);
        vec3 d = vec3_add(vec3_scale(side, r * cos(angle)),
                          vec3_scale(vec3_cross(n, side), r * sin(angle)));
        d = vec3_add(d, vec3_scale(n, sqrt(1 - share)));
        near3("direction of ambient ray", slot, &out[RAY_DX][slot], SLOTS, d, 3e-6);
        near3("origin of ambient ray", slot, &out[RAY_OX][slot], SLOTS, offset_point(&v, i, n),
              1e-4);
        near("reach of ambient ray", slot, out[RAY_LIMIT][slot], REACH_M[in], 1e-6, 0);
        assert_true(out[RAY_TIME][slot] == v.rays[RAY_TIME][i]);
      }
    assert_int_equal(asked, expected);
    clReleaseMemObject(buffer);
    drop_view(&v);
  }
}

static int held(int x, int most) {
  return x < 0 ? 0 : x > most ? most : x;
}

// Mean of free rays over 4x4 quads around a pixel: those on its surface, or (a
// thousandth) as far away only. False where rounding decides which those are.
static bool twin_filter(const view *v, const float *sky_free, int x, int y, double *out) {
  const float *mine = v->surface[shop.order.sample[y][x]];
  int own = shop.order.sample[y][x];
  vec3 d = {(double)v->rays[RAY_DX][own], (double)v->rays[RAY_DY][own],
            (double)v->rays[RAY_DZ][own]};
  double eye = fmax(fabs(vec3_dot(normal_of(v, own), d)) / sqrt(vec3_dot(d, d)), 0.02);
  double along = 5 / (double)v->camera.fx * sqrt(fmax(1 - eye * eye, 0)) / eye; // of five pixels
  double sum = 0, weight = 0, close = (0.04 + along) * (double)mine[3] + 0.05;
  // A window of 4x4 quads around the pixel, a quarter of a quad to the side of its own quad's
  // middle where it is: the outermost of five count as far as the window covers them.
  double right = x % 2 ? 0.75 : 0.25, below = y % 2 ? 0.75 : 0.25;
  for (int qy = y / 2 - 2; qy <= y / 2 + 2; qy++)
    for (int qx = x / 2 - 2; qx <= x / 2 + 2; qx++) {
      double cover = (qx == x / 2 - 2   ? 1 - right
                      : qx == x / 2 + 2 ? right
                                        : 1) *
                     (qy == y / 2 - 2   ? 1 - below
                      : qy == y / 2 + 2 ? below
                                        : 1);
      int hx = held(qx, QUADS_X - 1), hy = held(qy, QUADS_Y - 1);
      int i = shop.order.sample[shop.order.quad_y[hy][hx]][shop.order.quad_x[hy][hx]];
      double apart = fabs((double)v->surface[i][3] - (double)mine[3]);
      double facing = vec3_dot(normal_of(v, i), normal_of(v, own));
      if (fabs(apart - close) < 1e-5 * (1 + close) || fabs(facing - 0.9) < 1e-5)
        return false;
      double same = cover * (apart >= close ? 0 : facing > 0.9 ? 1 : 0.001);
      sum += same * (double)sky_free[shop.order.slot[hy][hx]];
      weight += same;
    }
  *out = weight > 0 ? sum / weight : 0.8;
  return true;
}

enum { ROW = QUADS_X + 4, PLANE = ROW * (QUADS_Y + 4) };

// Each quad's surface and free sky in rows, held at the borders.
static void check_quads(const view *v, const float *sky_free, const float (*quads)[PLANE]) {
  for (int y = -2; y < QUADS_Y + 2; y++)
    for (int x = -2; x < QUADS_X + 2; x++) {
      int qx = held(x, QUADS_X - 1), qy = held(y, QUADS_Y - 1), at = (y + 2) * ROW + x + 2;
      int i = shop.order.sample[shop.order.quad_y[qy][qx]][shop.order.quad_x[qy][qx]];
      for (int k = 0; k < 4; k++)
        assert_true(quads[k][at] == v->surface[i][k]);
      assert_true(quads[4][at] == sky_free[shop.order.slot[qy][qx]]);
    }
}

static void ambient_is_the_mean_over_quads_of_the_same_surface(void **state) {
  (void)state;
  static view v;
  static float sky_free[SLOTS], quads[5][PLANE], ambient[SAMPLES];
  trouble why = {0};
  for (int rolling = 0; rolling < 2; rolling++) {
    look(&shop, &v, rolling);
    cl_mem rays = ambient_of(&v), is_free = put(shop.dev, NULL, sizeof sky_free);
    cl_mem between = put(shop.dev, NULL, sizeof quads + 16),
           to = put(shop.dev, NULL, sizeof ambient);
    int count = SAMPLES, plane = PLANE;
    assert_int_equal(
        tracer_visible(shop.tracing, &shop.place.where, rays, SLOTS, SLOTS, true, is_free, &why),
        STATUS_OK);
    get(shop.dev, is_free, sky_free, sizeof sky_free);
    RUN(&shop, ambient_quads, plane, GROUP, ARG(v.camera_buffer), ARG(v.surface_buffer),
        ARG(is_free), ARG(plane), ARG(between));
    get(shop.dev, between, quads, sizeof quads);
    check_quads(&v, sky_free, (const float(*)[PLANE])quads);
    RUN(&shop, ambient_filter, count, GROUP, ARG(v.camera_buffer), ARG(v.rays_buffer), ARG(count),
        ARG(v.surface_buffer), ARG(between), ARG(plane), ARG(count), ARG(to));
    get(shop.dev, to, ambient, sizeof ambient);
    int checked = 0, partly = 0;
    for (int i = 0; i < SAMPLES; i++)
      if (!met(&v, i))
        assert_true(ambient[i] == 1);
    for (int y = 0; y < H; y++)
      for (int x = 0; x < W; x++) {
        int i = shop.order.sample[y][x];
        double should;
        if (!met(&v, i) || !twin_filter(&v, sky_free, x, y, &should))
          continue;
        near("ambient of sample", i, ambient[i], should, 1e-5, 0);
        checked++;
        partly += should > 0 && should < 1;
      }
    assert_true(checked > SAMPLES / 3 && partly > SAMPLES / 20);
    cl_mem all[] = {rays, is_free, between, to};
    for (int k = 0; k < 4; k++)
      clReleaseMemObject(all[k]);
    drop_view(&v);
  }
}

// No quad's edge shows: on one plane, where quads see any share of the sky, the step from pixel to
// pixel is as large within a quad as between two.
static void ambient_has_no_blocks(void **state) {
  (void)state;
  static view v;
  static float surface[SAMPLES][4];
  static float quads[5][PLANE], ambient[SAMPLES];
  look(&shop, &v, false);
  for (int i = 0; i < SAMPLES; i++)
    surface[i][2] = 1, surface[i][3] = 10;
  rng r = rng_at(21, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < PLANE; i++)
    for (int k = 0; k < 5; k++)
      quads[k][i] = k < 4 ? surface[0][k] : (float)(rng_u32(&r) & 1);
  cl_mem on = put(shop.dev, surface, sizeof surface),
         between = put(shop.dev, NULL, sizeof quads + 16);
  assert_int_equal(clEnqueueWriteBuffer(device_queue(shop.dev), between, CL_TRUE, 0, sizeof quads,
                                        quads, 0, NULL, NULL),
                   CL_SUCCESS);
  cl_mem to = put(shop.dev, NULL, sizeof ambient);
  int count = SAMPLES, plane = PLANE;
  RUN(&shop, ambient_filter, count, GROUP, ARG(v.camera_buffer), ARG(v.rays_buffer), ARG(count),
      ARG(on), ARG(between), ARG(plane), ARG(count), ARG(to));
  get(shop.dev, to, ambient, sizeof ambient);
  double step[2] = {0, 0};
  for (int y = 0; y < H; y++)
    for (int x = 0; x + 1 < W; x++)
      step[x & 1] +=
          fabs((double)(ambient[shop.order.sample[y][x + 1]] - ambient[shop.order.sample[y][x]]));
  print_message("steps within quads %.3f, between them %.3f\n", step[0], step[1]);
  assert_true(step[0] > 1 && step[0] > 0.6 * step[1] && step[1] > 0.6 * step[0]);
  cl_mem all[] = {on, between, to};
  for (int k = 0; k < 3; k++)
    clReleaseMemObject(all[k]);
  drop_view(&v);
}

// Means of 3x3 with weights 1 2 1 among those on the pixel's surface.
static void the_sun_is_softened_along_surfaces(void **state) {
  (void)state;
  static view v;
  static float sun[SAMPLES], soft[SAMPLES];
  look(&shop, &v, false);
  rng r = rng_at(22, RNG_TEST, 0, 0, 0);
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) // one half is in the light
      sun[shop.order.sample[y][x]] = x < W / 2 ? (float)(rng_u32(&r) & 1) : 1;
  cl_mem from = put(shop.dev, sun, sizeof sun), to = put(shop.dev, NULL, sizeof soft);
  int count = SAMPLES, tiles = SAMPLES / 16;
  RUN(&shop, soften_sun, tiles, 8, ARG(v.camera_buffer), ARG(v.rays_buffer), ARG(count),
      ARG(v.surface_buffer), ARG(from), ARG(tiles), ARG(to));
  get(shop.dev, to, soft, sizeof soft);
  int checked = 0, partly = 0;
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) {
      int own = shop.order.sample[y][x];
      if (!met(&v, own)) {
        assert_true(soft[own] == sun[own]);
        continue;
      }
      vec3 d = {(double)v.rays[RAY_DX][own], (double)v.rays[RAY_DY][own],
                (double)v.rays[RAY_DZ][own]};
      double eye = fmax(fabs(vec3_dot(normal_of(&v, own), d)) / sqrt(vec3_dot(d, d)), 0.02);
      double along = 2 / (double)v.camera.fx * sqrt(fmax(1 - eye * eye, 0)) / eye;
      double close = (0.01 + along) * (double)v.surface[own][3] + 0.02, sum = 0, weight = 0;
      bool clear = true;
      for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
          int i = shop.order.sample[held(y + dy, H - 1)][held(x + dx, W - 1)];
          double apart = fabs((double)v.surface[i][3] - (double)v.surface[own][3]);
          double facing = vec3_dot(normal_of(&v, i), normal_of(&v, own));
          clear &= fabs(apart - close) > 1e-5 * (1 + close) && fabs(facing - 0.9) > 1e-5;
          double same = (dx ? 1 : 2) * (dy ? 1 : 2) * (apart < close && facing > 0.9);
          sum += same * (double)sun[i];
          weight += same;
        }
      if (!clear)
        continue;
      near("sun of sample", own, soft[own], sum / weight, 1e-5, 0);
      checked++;
      partly += soft[own] > 0 && soft[own] < 1;
    }
  assert_true(checked > SAMPLES / 3 && partly > SAMPLES / 20);
  clReleaseMemObject(from);
  clReleaseMemObject(to);
  drop_view(&v);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(camera_rays_pass_through_pixel_centres),
      cmocka_unit_test(camera_rays_pass_through_given_positions),
      cmocka_unit_test(surfaces_face_the_ray_where_things_are),
      cmocka_unit_test(sun_rays_leave_lit_sides_for_the_disc),
      cmocka_unit_test(ambient_rays_of_4x4_quads_spread_over_the_hemisphere),
      cmocka_unit_test(ambient_is_the_mean_over_quads_of_the_same_surface),
      cmocka_unit_test(ambient_has_no_blocks),
      cmocka_unit_test(the_sun_is_softened_along_surfaces),
  };
  return cmocka_run_group_tests(tests, open_all, close_all);
}
