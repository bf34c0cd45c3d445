// SPDX-License-Identifier: Apache-2.0
// labels: unit
// links: embree
// Kernels of labels on demand against slow twins in double precision, and runs of masks.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "render/amodal.h"
#include "with_sense_twin.h"

enum { W = VIEW_WIDTH, H = VIEW_HEIGHT, SAMPLES = VIEW_SAMPLES, GROUP = 32 };

static workshop shop;
static label_tools *tools;

static int open_all(void **state) {
  (void)state;
  trouble why = {0};
  if (workshop_open(&shop))
    return -1;
  return label_tools_create(&tools, shop.dev, &why) ? -1 : 0;
}

static int close_all(void **state) {
  (void)state;
  label_tools_destroy(tools);
  workshop_close(&shop);
  return 0;
}

#define RUN_LABEL(kernel, items, ...)                                                              \
  do {                                                                                             \
    trouble why_ = {0};                                                                            \
    if (LAUNCH(shop.dev, tools->kernel, #kernel, items, GROUP, &why_, __VA_ARGS__))                \
      fail_msg("%s", why_.text);                                                                   \
  } while (0)

// What a mark's material is for, written out.
static uint8_t twin_mark(uint32_t what) {
  const struct {
    uint32_t material, mark;
  } all[] = {{MATERIAL_MARK_WHITE, FRAME_MARK_SOLID},
             {MATERIAL_MARK_YELLOW, FRAME_MARK_SOLID + FRAME_MARK_YELLOW},
             {MATERIAL_MARK_BROKEN_WHITE, FRAME_MARK_BROKEN},
             {MATERIAL_MARK_BROKEN_YELLOW, FRAME_MARK_BROKEN + FRAME_MARK_YELLOW},
             {MATERIAL_MARK_DOUBLE_WHITE, FRAME_MARK_DOUBLE},
             {MATERIAL_MARK_DOUBLE_YELLOW, FRAME_MARK_DOUBLE + FRAME_MARK_YELLOW},
             {MATERIAL_MARK_STOP, FRAME_MARK_STOP},
             {MATERIAL_MARK_CROSSING, FRAME_MARK_CROSSING},
             {MATERIAL_MARK_SYMBOL, FRAME_MARK_SYMBOL},
             {MATERIAL_MARK_AREA, FRAME_MARK_AREA},
             {MATERIAL_MARK_BAY, FRAME_MARK_BAY}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i].material == what)
      return (uint8_t)all[i].mark;
  return FRAME_MARK_NONE;
}

// Every hit gets another material so that all marks come up.
static void paint_marks(view *v) {
  for (int i = 0; i < SAMPLES; i++)
    if (met(v, i) && i % 3)
      v->material[i] = MATERIAL_MARK_WHITE + (uint32_t)i % 13;
  assert_int_equal(clEnqueueWriteBuffer(device_queue(shop.dev), v->material_buffer, CL_TRUE, 0,
                                        sizeof v->material, v->material, 0, NULL, NULL),
                   CL_SUCCESS);
}

static void range_normals_and_marks_are_those_of_the_hits(void **state) {
  (void)state;
  static view v;
  static float range[H][W];
  static int16_t normal[H][W][3];
  static uint8_t mark[H][W];
  for (int rolling = 0; rolling < 2; rolling++) {
    look(&shop, &v, rolling);
    paint_marks(&v);
    cl_mem a = put(shop.dev, NULL, sizeof range), b = put(shop.dev, NULL, sizeof normal);
    cl_mem c = put(shop.dev, NULL, sizeof mark);
    int count = SAMPLES;
    uint32_t wanted = 7;
    RUN_LABEL(shape, count, ARG(v.camera_buffer), ARG(v.rays_buffer), ARG(count),
              ARG(v.surface_buffer), ARG(v.material_buffer), ARG(count), ARG(wanted), ARG(a),
              ARG(b), ARG(c));
    get(shop.dev, a, range, sizeof range);
    get(shop.dev, b, normal, sizeof normal);
    get(shop.dev, c, mark, sizeof mark);
    int seen = 0, marks = 0;
    for (int y = 0; y < H; y++)
      for (int x = 0; x < W; x++) {
        int i = shop.order.sample[y][x];
        double time;
        vec3 o, d = twin_camera_ray(&v.camera, x + 0.5, y + 0.5, &o, &time), n = {0, 0, 0};
        pose eye =
            twin_pose(v.camera.begin_p, v.camera.begin_q, v.camera.end_p, v.camera.end_q, time);
        if (met(&v, i))
          n = quat_rotate(quat_conjugate(eye.q), normal_of(&v, i));
        const double own[3] = {n.x, n.y, n.z};
        for (int k = 0; k < 3; k++)
          near("normal of sample", i, (double)normal[y][x][k] / NORMAL_STEPS, own[k], 0, 1e-4);
        near("range of sample", i, (double)range[y][x],
             met(&v, i) ? (double)v.t[i] * vec3_length(d) : 0, 1e-5, 0);
        uint8_t wants = met(&v, i) ? twin_mark(v.material[i]) : 0;
        assert_int_equal(mark[y][x], wants);
        if (met(&v, i) && vec3_dot(quat_rotate(eye.q, n), d) > 1e-3)
          fail_msg("sample %d: its normal looks away", i);
        seen += met(&v, i);
        marks |= wants < 16 ? 1 << wants : 1 << (16 + wants % 16);
      }
    assert_true(seen > SAMPLES / 3);
    assert_int_equal(marks, 0x1ff | 7 << 17);
    clReleaseMemObject(a);
    clReleaseMemObject(b);
    clReleaseMemObject(c);
    drop_view(&v);
  }
}

static void albedo_is_coded_as_srgb(void **state) {
  (void)state;
  static float linear[SAMPLES][4];
  static uint8_t rgb[H][W][3];
  rng r = rng_at(3, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < SAMPLES; i++)
    for (int k = 0; k < 4; k++)
      linear[i][k] = (float)(i % 5 ? rng_uniform(&r, -0.1, 1.1) : rng_uniform(&r, 0, 0.005));
  gpu_camera c = view_camera(false);
  cl_mem eye = put(shop.dev, &c, sizeof c), from = put(shop.dev, linear, sizeof linear);
  cl_mem to = put(shop.dev, NULL, sizeof rgb);
  int count = SAMPLES;
  RUN_LABEL(albedo, count, ARG(eye), ARG(from), ARG(count), ARG(tools->steps), ARG(to));
  get(shop.dev, to, rgb, sizeof rgb);
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
      for (int k = 0; k < 3; k++) {
        double is = fmin(1, fmax(0, (double)linear[shop.order.sample[y][x]][k]));
        double code = is < 0.0031308 ? 12.92 * is : 1.055 * pow(is, 1 / 2.4) - 0.055;
        near("sRGB of sample", shop.order.sample[y][x], rgb[y][x][k], 255 * code, 0, 0.500001);
      }
  clReleaseMemObject(eye);
  clReleaseMemObject(from);
  clReleaseMemObject(to);
}

// Flow --------------------------------------------------------------------------

static pose path_at(const gpu_path *p, double u) {
  pose at = twin_pose(p->begin_p, p->begin_q, p->end_p, p->end_q, u);
  double half = (double)p->spin * u / 2;
  return (pose){at.p_m, quat_multiply(at.q, (quat){cos(half), 0, sin(half), 0})};
}

// Every instance but the ground moves: as it does in the town now, and farther on then.
static gpu_mover *make_movers(vec3 origin, int count) {
  gpu_mover *movers = calloc((size_t)count, sizeof *movers);
  assert_non_null(movers);
  rng r = rng_at(5, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < count; i++) {
    const gpu_instance *it = &shop.place.top.instances[i + 1];
    gpu_path *now = &movers[i].now, *then = &movers[i].then;
    memcpy(now->begin_p, it->begin_p, sizeof it->begin_p);
    memcpy(now->end_p, it->end_p, sizeof it->end_p);
    memcpy(now->begin_q, it->begin_q, sizeof it->begin_q);
    memcpy(now->end_q, it->end_q, sizeof it->end_q);
    now->spin = it->spin;
    then->spin = 0.4f * it->spin;
    const double from[3] = {origin.x, origin.y, origin.z};
    for (int k = 0; k < 3; k++) {
      now->begin_p[k] = (float)((double)now->begin_p[k] - from[k]);
      now->end_p[k] = (float)((double)now->end_p[k] - from[k]);
      then->begin_p[k] = now->end_p[k];
      then->end_p[k] = now->end_p[k] + (float)rng_uniform(&r, -1, 1);
    }
    quat turned = quat_multiply(quat_from_ypr(rng_uniform(&r, -0.2, 0.2), 0.02, 0),
                                (quat){(double)now->end_q[3], (double)now->end_q[0],
                                       (double)now->end_q[1], (double)now->end_q[2]});
    memcpy(then->begin_q, now->end_q, sizeof now->end_q);
    then->end_q[0] = (float)turned.x, then->end_q[1] = (float)turned.y;
    then->end_q[2] = (float)turned.z, then->end_q[3] = (float)turned.w;
  }
  return movers;
}

static gpu_camera moved_from(gpu_camera c, vec3 origin) {
  const double from[3] = {origin.x, origin.y, origin.z};
  for (int k = 0; k < 3; k++) {
    c.begin_p[k] = (float)((double)c.begin_p[k] - from[k]);
    c.end_p[k] = (float)((double)c.end_p[k] - from[k]);
  }
  return c;
}

// The image point of a point in the other frame's camera, whose row says when; its way into
// the camera's frame in *own. `world_at` gives the point at a share of the other interval.
static bool twin_project(const gpu_camera *then, const gpu_mover *mover, vec3 point, bool far,
                         double xy[2], vec3 *own) {
  double u = 0;
  for (int round = 0; round < 60; round++) {
    pose eye = twin_pose(then->begin_p, then->begin_q, then->end_p, then->end_q, u);
    vec3 p = mover ? pose_apply(path_at(&mover->then, u), point) : point;
    p = far ? quat_rotate(quat_conjugate(eye.q), p) : pose_apply(pose_inverse(eye), p);
    if (p.z <= 1e-3 * vec3_length(p))
      return false;
    xy[0] = (double)then->fx * p.x / p.z + (double)then->cx;
    xy[1] = (double)then->fy * p.y / p.z + (double)then->cy;
    *own = p;
    u = (double)then->readout * fmax(0, fmin(1, xy[1] / then->height));
  }
  return true;
}

// Whether a ray from the other frame's camera meets something well before the point; *doubtful
// when it meets something about there.
static bool twin_hidden(const town *then, const gpu_camera *eye, const double xy[2], double far_m,
                        bool *doubtful) {
  vec3 o;
  double time;
  vec3 d = twin_camera_ray(eye, xy[0], xy[1], &o, &time);
  double limit = far_m / vec3_length(d);
  twin_hit hit = twin_closest(then, o, d, time, 1e7, HIT_NONE);
  double apart = (limit - hit.t) * vec3_length(d);
  *doubtful = hit.doubtful || (apart > 0 && apart < 0.003 * far_m + 0.03);
  return hit.t < limit * 0.999;
}

typedef struct flow_tally {
  int still, moving, sky, none, hidden, outside, asked, doubtful;
} flow_tally;

static void check_flow(const view *v, const gpu_camera cameras[3], const gpu_mover *movers,
                       const town *then, int x, int y, const int16_t flow[2], uint8_t occlusion,
                       flow_tally *tally) {
  int i = shop.order.sample[y][x];
  bool hit = met(v, i), moves = hit && v->instance[i] > 0;
  const gpu_mover *mover = moves ? &movers[v->instance[i] - 1] : NULL;
  vec3 o, own;
  double time, xy[2] = {0};
  vec3 d = twin_camera_ray(&cameras[0], x + 0.5, y + 0.5, &o, &time), p = d;
  if (hit)
    p = vec3_add(o, vec3_scale(d, (double)v->t[i]));
  if (moves)
    p = pose_apply(pose_inverse(path_at(&mover->now, time)), p);
  bool seen = twin_project(&cameras[1], mover, p, !hit, xy, &own);
  double right = xy[0] - x - 0.5, down = xy[1] - y - 0.5;
  bool inside = seen && xy[0] >= 0 && xy[1] >= 0 && xy[0] < W && xy[1] < H;
  if (!seen || fabs(right) > 511 || fabs(down) > 511) {
    assert_true(flow[0] == FLOW_NONE && flow[1] == FLOW_NONE);
    tally->none++;
  } else {
    near("flow right of sample", i, (double)flow[0] / FLOW_STEPS, right, 2e-5, 0.012);
    near("flow down of sample", i, (double)flow[1] / FLOW_STEPS, down, 2e-5, 0.012);
    tally->sky += !hit, tally->moving += moves, tally->still += hit && !moves;
  }
  double edge = fmin(fmin(fabs(xy[0]), fabs(xy[0] - W)), fmin(fabs(xy[1]), fabs(xy[1] - H)));
  if (edge < 0.01)
    return; // rounding decides
  assert_int_equal((occlusion & OCCLUSION_OUTSIDE) != 0, !inside);
  tally->outside += !inside;
  if (!inside || (x + y) % 3)
    return;
  bool doubtful,
      hidden = twin_hidden(then, &cameras[2], xy, hit ? vec3_length(own) : 1e7, &doubtful);
  tally->asked++;
  tally->doubtful += doubtful;
  if (!doubtful && (occlusion & OCCLUSION_HIDDEN) != hidden)
    fail_msg("pixel %d %d: hidden %d, twin %d", x, y, occlusion & OCCLUSION_HIDDEN, hidden);
  tally->hidden += hidden && !doubtful;
}

// The town with its movers where they are then.
static town move_town(const gpu_mover *movers, vec3 origin) {
  town then = shop.place;
  trouble why = {0};
  memset(&then.top, 0, sizeof then.top);
  for (int i = 0; i < shop.place.top.count; i++) {
    gpu_instance it = shop.place.top.instances[i];
    if (i > 0) {
      gpu_path way = movers[i - 1].then;
      it.spin = way.spin;
      way.spin = 0;
      pose begin = path_at(&way, 0), end = path_at(&way, 1);
      begin.p_m = vec3_add(begin.p_m, origin);
      end.p_m = vec3_add(end.p_m, origin);
      trace_place(&it, begin, end, shop.place.top.instances[i].scale);
    }
    int number = 0;
    while (geometry_about(then.shapes, number)->node_first != it.root)
      number++;
    const bvh_box *own = &geometry_about(then.shapes, number)->bounds;
    assert_true(trace_top_add(&then.top, &it, own));
    if (it.spin != 0)
      then.top.boxes[i] = spun_bounds(&it, own);
  }
  assert_int_equal(trace_top_build(&then.top, shop.dev, &why), STATUS_OK);
  then.where.instances = then.top.on_device;
  then.where.top_nodes = then.top.nodes, then.where.top_order = then.top.order;
  return then;
}

static void flow_and_occlusion_are_those_of_the_points(void **state) {
  (void)state;
  static view v;
  static int16_t flow[H][W][2];
  static uint8_t occlusion[H][W];
  trouble why = {0};
  flow_tally tally = {0};
  for (int rolling = 0; rolling < 2; rolling++) {
    look(&shop, &v, rolling);
    vec3 origin = {(double)v.camera.begin_p[0] + 1.7, (double)v.camera.begin_p[1], 0.5};
    int movers_count = shop.place.top.count - 1, count = SAMPLES, use_rays = 1, shift = 0;
    gpu_mover *movers = make_movers(origin, movers_count);
    town then = move_town(movers, origin);
    gpu_camera world = v.camera; // goes on, and turns
    memcpy(world.begin_p, v.camera.end_p, sizeof world.begin_p);
    memcpy(world.begin_q, v.camera.end_q, sizeof world.begin_q);
    for (int k = 0; k < 3; k++)
      world.end_p[k] += v.camera.end_p[k] - v.camera.begin_p[k] + 0.05f;
    const gpu_camera cameras[3] = {moved_from(v.camera, origin), moved_from(world, origin), world};
    cl_mem at[3], list = put(shop.dev, movers, sizeof *movers * (size_t)movers_count);
    for (int k = 0; k < 3; k++)
      at[k] = put(shop.dev, &cameras[k], sizeof cameras[k]);
    cl_mem to = put(shop.dev, NULL, sizeof flow), bits = put(shop.dev, NULL, sizeof occlusion);
    cl_mem rays = put(shop.dev, NULL, sizeof(float) * RAY_PLANES * SAMPLES);
    cl_mem is_free = put(shop.dev, NULL, sizeof(float) * SAMPLES);
    uint32_t fixed = 1;
    RUN_LABEL(flow, count, ARG(at[0]), ARG(at[1]), ARG(at[2]), ARG(list), ARG(fixed), ARG(v.hits.t),
              ARG(v.material_buffer), ARG(v.hits.instance), ARG(count), ARG(to), ARG(use_rays),
              ARG(rays), ARG(count));
    assert_int_equal(
        tracer_visible(shop.tracing, &then.where, rays, count, count, true, is_free, &why), 0);
    RUN_LABEL(hidden, count, ARG(v.camera_buffer), ARG(rays), ARG(count), ARG(is_free), ARG(count),
              ARG(shift), ARG(bits));
    get(shop.dev, to, flow, sizeof flow);
    get(shop.dev, bits, occlusion, sizeof occlusion);
    for (int y = 0; y < H; y++)
      for (int x = 0; x < W; x++)
        check_flow(&v, cameras, movers, &then, x, y, flow[y][x], occlusion[y][x], &tally);
    cl_mem all[] = {at[0], at[1], at[2], list, to, bits, rays, is_free};
    for (int k = 0; k < 8; k++)
      clReleaseMemObject(all[k]);
    trace_top_free(&then.top);
    free(movers);
    drop_view(&v);
  }
  print_message("%d still, %d moving, %d sky, %d none; %d outside, %d hidden of %d, %d doubtful\n",
                tally.still, tally.moving, tally.sky, tally.none, tally.outside, tally.hidden,
                tally.asked, tally.doubtful);
  assert_true(tally.still > 200 && tally.moving > 200 && tally.sky > 50);
  assert_true(tally.outside > 20 && tally.hidden > 20 && tally.doubtful < tally.asked / 3);
}

// Masks ---------------------------------------------------------------------------

static void runs_give_back_the_mask(void **state) {
  (void)state;
  rng r = rng_at(11, RNG_TEST, 0, 0, 0);
  amodal_runs runs = {0};
  static uint8_t mask[64][64], back[64][64];
  uint32_t covered[256];
  for (int n = 0; n < 2000; n++) {
    int w = 1 + rng_below(&r, 40), h = 1 + rng_below(&r, 40), first = runs.count;
    int tiles_x = (w + 3) / 4, tiles_y = (h + 3) / 4;
    amodal_tiles where = {.x = rng_below(&r, tiles_x), .y = rng_below(&r, tiles_y)};
    if (rng_chance(&r, 0.3))
      where.y = 0;
    where.across = 1 + rng_below(&r, tiles_x - where.x);
    where.down = rng_chance(&r, 0.3) ? tiles_y - where.y : 1 + rng_below(&r, tiles_y - where.y);
    memset(mask, 0, sizeof mask);
    memset(covered, 0, sizeof covered);
    double full = rng_unit(&r) < 0.2 ? 1 : rng_unit(&r);
    for (int y = 4 * where.y; y < 4 * (where.y + where.down) && y < h; y++)
      for (int x = 4 * where.x; x < 4 * (where.x + where.across) && x < w; x++)
        if (rng_chance(&r, full)) {
          mask[y][x] = 1;
          covered[(y / 4 - where.y) * where.across + x / 4 - where.x] |= 1u << (y % 4 * 4 + x % 4);
        }
    assert_true(amodal_append(&runs, w, h, where, covered));
    memset(back, 0, sizeof back);
    uint32_t at = 0;
    for (int k = first; k < runs.count; at += runs.runs[k++])
      for (uint32_t i = at; i < at + runs.runs[k]; i++)
        back[i % (uint32_t)h][i / (uint32_t)h] = (k - first) & 1;
    assert_int_equal(at, w * h);
    assert_memory_equal(mask, back, sizeof mask);
    for (int k = first + 1; k < runs.count; k++)
      assert_true(runs.runs[k] > 0); // only the first may be empty
  }
  amodal_runs_free(&runs);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(range_normals_and_marks_are_those_of_the_hits),
      cmocka_unit_test(albedo_is_coded_as_srgb),
      cmocka_unit_test(flow_and_occlusion_are_those_of_the_points),
      cmocka_unit_test(runs_give_back_the_mask),
  };
  return cmocka_run_group_tests(tests, open_all, close_all);
}
