// SPDX-License-Identifier: Apache-2.0
// Rays a second beside Embree 3 on the same two-level scene: the demo's town with its
// traffic. Both trace the same rays with the same two threads; ours from device
// buffers, Embree's rtcIntersect16 (coherent) or rtcIntersect1 (incoherent) from
// arrays in the order it likes. The bars are 1.2 of the former and 0.9 of the latter.
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "bench.h"
#include "render/stage.h"
#include "scenes/script.h"
#include "sim/world.h"
#include "with_embree.h"

enum { WIDTH = 640, HEIGHT = 384, CAMERA_RAYS = WIDTH * HEIGHT, THREADS = 2, CHUNK = 4096 };
enum { STEPS = 2048, RINGS = 64, LIDAR_RAYS = STEPS * RINGS, WARM_FRAMES = 10 };

typedef struct town {
  device *dev;
  tracer *rays;
  stage *st;
  script *s;
  scene *built;
  sim_world *world;
  sim_snapshot now;
  embree_town embree;
} town;

typedef struct batch {
  int count;
  float *planes; // (RAY_PLANES, count)
  int across;    // as tracer_closest has it
  RTCScene scene;
  struct RTCRayHit16 *packets; // (count / 16) refilled before each run
  struct RTCRayHit *singles;   // (count)
} batch;

static void die(const trouble *why) {
  fprintf(stderr, "bench_rays: %s\n", why->text);
  exit(1);
}

static void town_open(town *t) {
  trouble why = {0};
  if (device_open(&t->dev, NULL, &why) || tracer_create(&t->rays, t->dev, &why) ||
      stage_create(&t->st, t->dev, &why) ||
      script_open(&t->s, BENCH_DIR "/town.lua", LIBRARY_DIR, NULL, 0, &why) ||
      script_build(t->s, 1, 0, &t->built, &why) || sim_world_create(&t->world, t->built, &why) ||
      stage_set_scene(t->st, t->built, &why))
    die(&why);
  for (int i = 0; i < WARM_FRAMES; i++)
    if (sim_world_next_frame(t->world, &t->now, &why))
      die(&why);
  if (stage_set_frame(t->st, &t->now, &why))
    die(&why);
  embree_create(&t->embree, stage_geometry(t->st), stage_top(t->st), false);
}

static void town_close(town *t) {
  embree_destroy(&t->embree);
  sim_snapshot_free(&t->now);
  sim_world_destroy(t->world);
  scene_destroy(t->built);
  script_close(t->s);
  stage_destroy(t->st);
  tracer_destroy(t->rays);
  device_close(t->dev);
}

static void set_ray(batch *b, int i, vec3 o, vec3 d) {
  const double value[RAY_PLANES] = {o.x, o.y, o.z, d.x, d.y, d.z, 0, 1e6};
  for (int k = 0; k < RAY_PLANES; k++)
    b->planes[k * b->count + i] = (float)value[k];
}

static batch batch_new(const town *t, int count, int across) {
  batch b = {.count = count, .across = across, .scene = t->embree.top};
  b.planes = calloc((size_t)count * RAY_PLANES, sizeof *b.planes);
  b.packets = aligned_alloc(64, sizeof *b.packets * (size_t)(count / 16));
  b.singles = aligned_alloc(64, sizeof *b.singles * (size_t)count);
  if (!b.planes || !b.packets || !b.singles)
    exit(1);
  return b;
}

static void batch_free(batch *b) {
  free(b->planes);
  free(b->packets);
  free(b->singles);
}

// The ego's front camera, 70 degrees wide, over 4x4 tiles.
static batch camera_batch(const town *t) {
  batch b = batch_new(t, CAMERA_RAYS, WIDTH / 4);
  pose ego = t->now.actors[t->now.ego].begin;
  double f = WIDTH / 2.0 / tan(35 * 3.14159265358979 / 180);
  for (int i = 0; i < b.count; i++) {
    int tile = i / 16, in = i % 16;
    int x = tile % (WIDTH / 4) * 4 + in % 4, y = tile / (WIDTH / 4) * 4 + in / 4;
    vec3 d = {1, -(x + 0.5 - WIDTH / 2.0) / f, -(y + 0.5 - HEIGHT / 2.0) / f};
    set_ray(&b, i, pose_apply(ego, (vec3){4.5, 0, 1.51}), quat_rotate(ego.q, d));
  }
  return b;
}

// A roof lidar of 64 rings, packets of 4 firings by 4 rings.
static batch lidar_batch(const town *t) {
  batch b = batch_new(t, LIDAR_RAYS, RINGS / 4);
  pose ego = t->now.actors[t->now.ego].begin;
  for (int i = 0; i < b.count; i++) {
    int packet = i / 16, in = i % 16;
    int column = packet / (RINGS / 4) * 4 + in / 4, ring = packet % (RINGS / 4) * 4 + in % 4;
    double a = 6.283185307 * (column + 0.5) / STEPS, e = -0.4346 + 0.47 * ring / RINGS;
    vec3 d = {cos(e) * cos(a), cos(e) * sin(a), sin(e)};
    set_ray(&b, i, pose_apply(ego, (vec3){0.95, 0, 2.4}), quat_rotate(ego.q, d));
  }
  return b;
}

// A cosine-weighted ray from what each camera pixel sees, in tile order.
static batch diffuse_batch(const town *t, const batch *camera, const shade_hits *h) {
  batch b = batch_new(t, CAMERA_RAYS, 0);
  size_t bytes = sizeof(float) * CAMERA_RAYS;
  float *distance = malloc(bytes);
  uint32_t *primitive = malloc(bytes), *instance = malloc(bytes);
  cl_command_queue queue = device_queue(t->dev);
  clEnqueueReadBuffer(queue, h->t, CL_TRUE, 0, bytes, distance, 0, NULL, NULL);
  clEnqueueReadBuffer(queue, h->primitive, CL_TRUE, 0, bytes, primitive, 0, NULL, NULL);
  clEnqueueReadBuffer(queue, h->instance, CL_TRUE, 0, bytes, instance, 0, NULL, NULL);
  rng r = rng_at(11, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < b.count; i++) {
    const float *p = camera->planes;
    vec3 o = {p[i], p[b.count + i], p[2 * b.count + i]};
    vec3 d = {p[3 * b.count + i], p[4 * b.count + i], p[5 * b.count + i]};
    vec3 n = {0, 0, 1};
    double range = 30;
    if (primitive[i] != HIT_NONE) {
      const gpu_facet *f = &geometry_facets(stage_geometry(t->st))[primitive[i]];
      const gpu_instance *it = &stage_top(t->st)->instances[instance[i]];
      vec3 e1 = {f->e1[0], f->e1[1], f->e1[2]}, e2 = {f->e2[0], f->e2[1], f->e2[2]};
      quat q = {it->begin_q[3], it->begin_q[0], it->begin_q[1], it->begin_q[2]};
      n = vec3_unit(quat_rotate(q, vec3_cross(e1, e2)));
      range = distance[i];
    }
    n = vec3_dot(n, d) > 0 ? vec3_scale(n, -1) : n;
    vec3 at = vec3_add(vec3_add(o, vec3_scale(d, range)), vec3_scale(n, 0.005));
    vec3 side = vec3_unit(fabs(n.z) < 0.7 ? (vec3){-n.y, n.x, 0} : (vec3){0, -n.z, n.y});
    double a = rng_uniform(&r, 0, 6.283185307), v = rng_unit(&r), s = sqrt(v);
    vec3 out = vec3_add(
        vec3_add(vec3_scale(side, s * cos(a)), vec3_scale(vec3_cross(n, side), s * sin(a))),
        vec3_scale(n, sqrt(1 - v)));
    set_ray(&b, i, at, out);
  }
  free(distance);
  free(primitive);
  free(instance);
  return b;
}

static void fill_embree(batch *b) {
  const float *p = b->planes;
  size_t n = (size_t)b->count;
  for (size_t i = 0; i < n; i++) {
    struct RTCRayHit16 *k = &b->packets[i / 16];
    struct RTCRayHit *s = &b->singles[i];
    size_t lane = i % 16;
    memset(s, 0, sizeof *s);
    k->ray.org_x[lane] = s->ray.org_x = p[i], k->ray.org_y[lane] = s->ray.org_y = p[n + i];
    k->ray.org_z[lane] = s->ray.org_z = p[2 * n + i],
    k->ray.dir_x[lane] = s->ray.dir_x = p[3 * n + i];
    k->ray.dir_y[lane] = s->ray.dir_y = p[4 * n + i],
    k->ray.dir_z[lane] = s->ray.dir_z = p[5 * n + i];
    k->ray.tnear[lane] = k->ray.time[lane] = 0;
    k->ray.tfar[lane] = s->ray.tfar = p[RAY_LIMIT * n + i];
    k->ray.mask[lane] = s->ray.mask = ~0u;
    k->ray.flags[lane] = 0;
    k->hit.geomID[lane] = s->hit.geomID = RTC_INVALID_GEOMETRY_ID;
    k->hit.instID[0][lane] = s->hit.instID[0] = RTC_INVALID_GEOMETRY_ID;
  }
}

typedef struct worker {
  batch *b;
  int first;
} worker;

static void *trace_embree(void *argument) {
  const worker *w = argument;
  batch *b = w->b;
  struct RTCIntersectContext context;
  rtcInitIntersectContext(&context);
  context.flags =
      b->across ? RTC_INTERSECT_CONTEXT_FLAG_COHERENT : RTC_INTERSECT_CONTEXT_FLAG_INCOHERENT;
  int valid[16] __attribute__((aligned(64)));
  memset(valid, 0xff, sizeof valid);
  for (int chunk = w->first; chunk < b->count; chunk += THREADS * CHUNK)
    for (int i = chunk; i < chunk + CHUNK && i < b->count; i += b->across ? 16 : 1) {
      if (b->across)
        rtcIntersect16(valid, b->scene, &context, &b->packets[i / 16]);
      else
        rtcIntersect1(b->scene, &context, &b->singles[i]);
    }
  return NULL;
}

static double run_embree(batch *b) {
  fill_embree(b);
  pthread_t threads[THREADS];
  worker work[THREADS];
  double begin_s = bench_now_s();
  for (int i = 0; i < THREADS; i++) {
    work[i] = (worker){b, i * CHUNK};
    if (pthread_create(&threads[i], NULL, trace_embree, &work[i]))
      exit(1);
  }
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
  return bench_now_s() - begin_s;
}

static double run_ours(const town *t, const batch *b, cl_mem rays, const shade_hits *out) {
  trouble why = {0};
  trace_scene all = *stage_traced(t->st);
  all.skip = HIT_NONE; // Embree's scene has the ego too
  double begin_s = bench_now_s();
  if (tracer_closest(t->rays, &all, rays, b->count, b->count, b->across, out, &why))
    die(&why);
  clFinish(device_queue(t->dev));
  return bench_now_s() - begin_s;
}

// The two agree on what is hit, or the figures mean nothing.
static void check_equal(const town *t, const batch *b, const shade_hits *h, const char *name) {
  size_t bytes = sizeof(uint32_t) * (size_t)b->count;
  uint32_t *instance = malloc(bytes), *primitive = malloc(bytes);
  cl_command_queue queue = device_queue(t->dev);
  clEnqueueReadBuffer(queue, h->instance, CL_TRUE, 0, bytes, instance, 0, NULL, NULL);
  clEnqueueReadBuffer(queue, h->primitive, CL_TRUE, 0, bytes, primitive, 0, NULL, NULL);
  int differences = 0;
  for (int i = 0; i < b->count; i++) {
    uint32_t mine = primitive[i] == HIT_NONE ? RTC_INVALID_GEOMETRY_ID : instance[i];
    uint32_t theirs =
        b->across ? b->packets[i / 16].hit.instID[0][i % 16] : b->singles[i].hit.instID[0];
    differences += mine != theirs;
  }
  if (differences > b->count / 500) {
    fprintf(stderr, "bench_rays: %s: %d of %d rays hit another instance than Embree's\n", name,
            differences, b->count);
    exit(1);
  }
  free(instance);
  free(primitive);
}

static void measure(const town *t, batch *b, const char *name, shade_hits *h) {
  trouble why = {0};
  cl_mem rays, *all[] = {&h->t, &h->primitive, &h->instance, &h->u, &h->v};
  if (device_buffer(t->dev, sizeof(float) * RAY_PLANES * (size_t)b->count, b->planes, &rays, &why))
    die(&why);
  for (int i = 0; i < 5; i++)
    if (device_buffer(t->dev, 4 * (size_t)b->count, NULL, all[i], &why))
      die(&why);
  bench_samples ours = {0}, peer = {0};
  run_ours(t, b, rays, h); // compile, touch memory
  run_embree(b);
  check_equal(t, b, h, name);
  for (int i = 0; i < 2 * BENCH_REPEATS + 1; i++) {
    bench_add(&ours, b->count / run_ours(t, b, rays, h) * 1e-6);
    bench_add(&peer, b->count / run_embree(b) * 1e-6);
  }
  bench_report("rays", name, "Mrays/s", BENCH_MORE, &ours,
               b->across ? "rtcIntersect16" : "rtcIntersect1", &peer);
  clReleaseMemObject(rays);
}

static void release(shade_hits *h) {
  cl_mem all[] = {h->t, h->primitive, h->instance, h->u, h->v};
  for (int i = 0; i < 5; i++)
    clReleaseMemObject(all[i]);
}

int main(void) {
  town t = {0};
  town_open(&t);
  shade_hits camera_hits, hits;
  batch camera = camera_batch(&t), lidar = lidar_batch(&t);
  measure(&t, &camera, "camera_coherent", &camera_hits);
  measure(&t, &lidar, "lidar_coherent", &hits);
  release(&hits);
  batch diffuse = diffuse_batch(&t, &camera, &camera_hits);
  measure(&t, &diffuse, "diffuse_incoherent", &hits);
  release(&hits);
  release(&camera_hits);
  batch_free(&camera);
  batch_free(&lidar);
  batch_free(&diffuse);
  town_close(&t);
  return 0;
}
