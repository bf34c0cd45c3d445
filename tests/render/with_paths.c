// SPDX-License-Identifier: Apache-2.0
#include "with_paths.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const double PI = 3.14159265358979323846;

#define TRY(call)                                                                                  \
  do {                                                                                             \
    trouble why = {0};                                                                             \
    if (call)                                                                                      \
      fail_msg("%s", why.text);                                                                    \
  } while (0)

static void new_scene(room *r) {
  TRY(geometry_create(&r->shapes, r->dev, &why));
  memset(&r->top, 0, sizeof r->top);
}

int room_open(room *r) {
  trouble why = {0};
  memset(r, 0, sizeof *r);
  if (device_open(&r->dev, NULL, &why) || tracer_create(&r->tracing, r->dev, &why) ||
      sense_create(&r->tools, r->dev, &why) || shade_create(&r->paint, r->dev, &why) ||
      path_tools_create(&r->walker, r->dev, &why)) {
    print_error("%s\n", why.text);
    return -1;
  }
  new_scene(r);
  return 0;
}

void room_close(room *r) {
  geometry_destroy(r->shapes);
  path_tools_destroy(r->walker);
  shade_destroy(r->paint);
  sense_destroy(&r->tools);
  tracer_destroy(r->tracing);
  device_close(r->dev);
}

int room_material(room *r, float red, float green, float blue) {
  return room_material_of(r, SHADER_PLAIN, red, green, blue);
}

int room_material_of(room *r, shader what, float red, float green, float blue) {
  gpu_material m = {
      .albedo = {red, green, blue}, .roughness = 1, .shader = (u32)what, .palette = -1, .class = 1};
  int number;
  TRY(geometry_add_material(r->shapes, &m, &number, &why));
  return number;
}

void room_add(room *r, mesh *m) {
  int number;
  TRY(mesh_check(m, "thing", &why));
  TRY(geometry_add(r->shapes, m, &number, &why));
  const geometry_mesh *about = geometry_about(r->shapes, number);
  gpu_instance it = {.root = about->node_first,
                     .triangle_first = about->triangle_first,
                     .vertex_first = about->vertex_first,
                     .id = (uint32_t)r->top.count + 1};
  const float one[3] = {1, 1, 1};
  trace_place(&it, pose_identity(), pose_identity(), one);
  assert_true(trace_top_add(&r->top, &it, &about->bounds));
  mesh_free(m);
}

static cl_mem put(room *r, size_t size, const void *bytes) {
  cl_mem out;
  TRY(device_buffer(r->dev, size, bytes, &out, &why));
  return out;
}

static void get(room *r, cl_mem from, size_t size, void *to) {
  assert_int_equal(
      clEnqueueReadBuffer(device_queue(r->dev), from, CL_TRUE, 0, size, to, 0, NULL, NULL), 0);
}

static gpu_sky sky_of(const room_sky *s) {
  gpu_sky out = {.sun_axis = {1, 0}, .lamp_cap = 100};
  for (int i = 0; i < SKY_ELEVATIONS; i++)
    for (int j = 0; j < SKY_AZIMUTHS; j++)
      for (int c = 0; c < 3; c++)
        out.table[i][j][c] =
            s->low[c] + (s->high[c] - s->low[c]) * (float)i / (float)(SKY_ELEVATIONS - 1);
  for (int c = 0; c < 3; c++)
    out.ground[c] = s->ground[c];
  return out;
}

static void set_light(room *r) {
  shade_scene *l = &r->light;
  *l = (shade_scene){.instances = r->top.on_device,
                     .vertices = r->buffers.vertices,
                     .triangles = r->buffers.triangles,
                     .materials = r->buffers.materials,
                     .texels = r->buffers.texels,
                     .light_count = r->lamp_count};
  l->weather = (gpu_weather){.exposure = 1, .turbidity = 3, .seed = 5, .frame = 3};
  for (int c = 0; c < 3; c++) {
    l->weather.sun_direction[c] = r->sky.sun_direction[c];
    l->weather.sun_color[c] = r->sky.sun[c];
  }
  l->weather_buffer = put(r, sizeof l->weather, &l->weather);
  l->lights = put(r, sizeof r->lamps, r->lamps);
}

void room_look(room *r, int width, int height, const float p[3], float fx, bool down) {
  TRY(geometry_upload(r->shapes, &r->buffers, &why));
  TRY(trace_top_build(&r->top, r->dev, &why));
  r->where = (trace_scene){r->buffers.nodes, r->buffers.facets, r->top.on_device,
                           r->top.nodes,     r->top.order,      HIT_NONE};
  gpu_camera *c = &r->camera;
  *c = (gpu_camera){.fx = fx, .fy = fx, .cx = (float)width / 2, .cy = (float)height / 2};
  c->width = width, c->height = height;
  for (int k = 0; k < 3; k++)
    c->begin_p[k] = c->end_p[k] = p[k];
  // x right, y down, z forward; to look along x: columns -y, -z, x of the world.
  const float ahead[4] = {-0.5f, 0.5f, -0.5f, 0.5f}, below[4] = {1, 0, 0, 0};
  memcpy(c->begin_q, down ? below : ahead, sizeof ahead);
  memcpy(c->end_q, down ? below : ahead, sizeof ahead);
  int n = r->samples = (width + 3) / 4 * ((height + 3) / 4) * 16, no = 0;
  size_t bytes = 4 * (size_t)n;
  paths_frame *f = &r->frame;
  set_light(r);
  r->surface = put(r, 4 * bytes, NULL);
  *f = (paths_frame){.scene = &r->light,
                     .traced = &r->where,
                     .facets = r->where.facets,
                     .camera = put(r, sizeof *c, c),
                     .count = n,
                     .rows = height,
                     .rays = put(r, RAY_PLANES * bytes, NULL),
                     .material = put(r, bytes, NULL),
                     .hits = {put(r, bytes, NULL), put(r, bytes, NULL), put(r, bytes, NULL),
                              put(r, bytes, NULL), put(r, bytes, NULL)},
                     .sun = r->sky.sun[0] + r->sky.sun[1] > 0,
                     .purpose = 7};
  TRY(shade_light(r->paint, &r->light, f->camera, &f->lights, &why));
  gpu_sky sky = sky_of(&r->sky);
  f->lights.sky = put(r, sizeof sky, &sky);
  float limit = 1e6f;
  TRY(LAUNCH(r->dev, r->tools.camera_rays, "camera_rays", launch_lanes(r->dev, n), 32, &why,
             ARG(f->camera), ARG(f->camera), ARG(no), ARG(n), ARG(n), ARG(limit), ARG(f->rays)));
  TRY(tracer_closest(r->tracing, &r->where, f->rays, n, n, true, &f->hits, &why));
  TRY(LAUNCH(r->dev, r->tools.hit_surfaces, "hit_surfaces", launch_lanes(r->dev, n), 32, &why,
             ARG(r->where.facets), ARG(r->buffers.triangles), ARG(r->where.instances), ARG(f->rays),
             ARG(n), ARG(n), ARG(f->hits.t), ARG(f->hits.primitive), ARG(f->hits.instance),
             ARG(r->surface), ARG(f->material)));
  r->rays = malloc(RAY_PLANES * bytes);
  r->t = malloc(bytes);
  r->primitive = malloc(bytes);
  r->instance = malloc(bytes);
  get(r, f->rays, RAY_PLANES * bytes, r->rays);
  get(r, f->hits.t, bytes, r->t);
  get(r, f->hits.primitive, bytes, r->primitive);
  get(r, f->hits.instance, bytes, r->instance);
}

void room_empty(room *r) {
  paths_frame *f = &r->frame;
  cl_mem all[] = {f->camera,
                  f->rays,
                  r->surface,
                  f->material,
                  f->hits.t,
                  f->hits.u,
                  f->hits.v,
                  f->hits.primitive,
                  f->hits.instance,
                  f->lights.sky,
                  r->light.weather_buffer,
                  r->light.lights};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    clReleaseMemObject(all[i]);
  free(r->rays);
  free(r->t);
  free(r->primitive);
  free(r->instance);
  trace_top_free(&r->top);
  geometry_destroy(r->shapes);
  r->lamp_count = 0;
  memset(&r->sky, 0, sizeof r->sky);
  new_scene(r);
}

paths *room_walk(room *r, int bounces, int per_pixel, float *light) {
  path_helpers helpers = {r->tools.hit_surfaces, r->tools.sun_rays};
  paths *p;
  TRY(paths_create(&p, r->walker, r->tracing, helpers, r->camera.width, r->camera.height, bounces,
                   per_pixel, &why));
  TRY(paths_trace(p, &r->frame, &why));
  get(r, paths_mean(p), 16 * (size_t)r->samples, light);
  return p;
}

void room_smooth(room *r, paths *p, float *light) {
  TRY(paths_filter(p, &r->frame, &why));
  cl_mem out = put(r, 16 * (size_t)r->samples, NULL);
  const paths_samples all = {.first = 0,
                             .count = r->samples,
                             .stride = r->samples,
                             .rays = r->frame.rays,
                             .surface = r->surface,
                             .material = r->frame.material,
                             .instance = r->frame.hits.instance};
  TRY(paths_take(p, &r->frame, &all, (cl_float4){{-1, -1, -1, -1}}, out, &why));
  get(r, out, 16 * (size_t)r->samples, light);
  clReleaseMemObject(out);
}

bool room_pixel(const room *r, int sample, int *x, int *y) {
  int across = (r->camera.width + 3) / 4, tile = sample / 16, in = sample % 16;
  *x = tile % across * 4 + in % 4;
  *y = tile / across * 4 + in / 4;
  return *x < r->camera.width && *y < r->camera.height;
}

bool room_met(const room *r, int sample) {
  int x, y;
  return room_pixel(r, sample, &x, &y) && r->primitive[sample] < HIT_SKIP;
}

// The slow twin ---------------------------------------------------------------------------

static vec3 of(const float v[3]) {
  return (vec3){v[0], v[1], v[2]};
}

// The nearest triangle along a ray (Moeller and Trumbore 1997); its number, or -1.
static int64_t nearest(const room *r, vec3 o, vec3 d, double *t) {
  const gpu_triangle *triangles = geometry_triangles(r->shapes);
  const gpu_vertex *vertices = geometry_vertices(r->shapes);
  int64_t best = -1;
  for (int m = 0; m < geometry_count(r->shapes); m++) {
    const geometry_mesh *about = geometry_about(r->shapes, m);
    for (int k = 0; k < about->triangle_count; k++) {
      const gpu_triangle *it = triangles + about->triangle_first + k;
      vec3 a = of(vertices[it->v[0]].p), e1 = vec3_sub(of(vertices[it->v[1]].p), a),
           e2 = vec3_sub(of(vertices[it->v[2]].p), a), q = vec3_cross(d, e2);
      double det = vec3_dot(e1, q);
      if (fabs(det) < 1e-14)
        continue;
      vec3 s = vec3_sub(o, a), w = vec3_cross(s, e1);
      double u = vec3_dot(s, q) / det, v = vec3_dot(d, w) / det, at = vec3_dot(e2, w) / det;
      if (u >= 0 && v >= 0 && u + v <= 1 && at > 1e-4 && at < *t) {
        *t = at;
        best = (int64_t)about->triangle_first + k;
      }
    }
  }
  return best;
}

static bool is_free(const room *r, vec3 o, vec3 d, double limit) {
  return nearest(r, o, d, &limit) < 0;
}

static vec3 normal_to(const room *r, int64_t triangle, vec3 d) {
  const gpu_triangle *it = geometry_triangles(r->shapes) + triangle;
  const gpu_vertex *v = geometry_vertices(r->shapes);
  vec3 a = of(v[it->v[0]].p);
  vec3 n = vec3_unit(vec3_cross(vec3_sub(of(v[it->v[1]].p), a), vec3_sub(of(v[it->v[2]].p), a)));
  return vec3_dot(n, d) > 0 ? vec3_scale(n, -1) : n;
}

static vec3 by_cosine(vec3 n, rng *dice) {
  double u = rng_unit(dice), angle = 2 * PI * rng_unit(dice), s = sqrt(u);
  vec3 away = fabs(n.x) < 0.5 ? (vec3){1, 0, 0} : (vec3){0, 1, 0};
  vec3 a = vec3_unit(vec3_cross(n, away)), b = vec3_cross(n, a);
  return vec3_add(vec3_add(vec3_scale(a, s * cos(angle)), vec3_scale(b, s * sin(angle))),
                  vec3_scale(n, sqrt(1 - u)));
}

static double sky_at(const room_sky *s, vec3 d, int c) {
  double l = (double)s->low[c] + (double)(s->high[c] - s->low[c]) * sqrt(fmax(0, d.z));
  return l + ((double)s->ground[c] - l) * fmin(1, fmax(0, -8 * d.z));
}

// Irradiance by lamp `i` at p, and whether it gets there.
static double lamp_at(const room *r, int i, vec3 p, vec3 n, double out[3], bool *free) {
  const gpu_light *lamp = &r->lamps[i];
  vec3 gap = vec3_sub(of(lamp->p), p), to = vec3_unit(gap);
  double d2 = vec3_dot(gap, gap), range2 = (double)lamp->range * (double)lamp->range;
  double window = fmax(0, 1 - d2 * d2 / (range2 * range2)), sum = 0;
  for (int c = 0; c < 3; c++)
    sum += out[c] = (double)lamp->color[c] * window * window / d2 * fmax(0, vec3_dot(n, to));
  *free = sum > 0 && is_free(r, vec3_add(p, vec3_scale(n, 0.002)), to, sqrt(d2) - 0.6);
  return sum;
}

void twin_path(const room *r, int sample, int bounces, rng *dice, double light[3], double *lamps) {
  int n = r->samples;
  vec3 o = {r->rays[RAY_OX * n + sample], r->rays[RAY_OY * n + sample],
            r->rays[RAY_OZ * n + sample]};
  vec3 d = {r->rays[RAY_DX * n + sample], r->rays[RAY_DY * n + sample],
            r->rays[RAY_DZ * n + sample]};
  vec3 p = vec3_add(o, vec3_scale(d, r->t[sample]));
  vec3 normal = normal_to(r, r->primitive[sample], d);
  double all = 0, seen = 0, e[3], weight[3] = {1, 1, 1};
  bool is;
  for (int i = 0; i < r->lamp_count; i++) {
    double sum = lamp_at(r, i, p, normal, e, &is);
    all += sum;
    seen += is ? sum : 0;
  }
  *lamps = all > 0 ? seen / all : 1;
  light[0] = light[1] = light[2] = 0;
  vec3 sun = of(r->sky.sun_direction);
  for (int step = 0;; step++) {
    p = vec3_add(p, vec3_scale(normal, 0.002));
    d = by_cosine(normal, dice);
    double t = 1e6;
    int64_t hit = nearest(r, p, d, &t);
    if (hit < 0)
      for (int c = 0; c < 3; c++)
        light[c] += weight[c] * sky_at(&r->sky, d, c);
    if (hit < 0 || step == bounces)
      return;
    int count;
    const gpu_material *m = geometry_materials(r->shapes, &count);
    m += geometry_triangles(r->shapes)[hit].material;
    p = vec3_add(p, vec3_scale(d, t));
    normal = normal_to(r, hit, d);
    double nl = fmax(0, vec3_dot(normal, sun));
    bool sunny = nl > 0 && is_free(r, vec3_add(p, vec3_scale(normal, 0.002)), sun, 3000);
    for (int c = 0; c < 3; c++) {
      weight[c] *= (double)m->albedo[c];
      light[c] += sunny ? weight[c] * (double)r->sky.sun[c] * nl / PI : 0;
    }
    for (int i = 0; i < r->lamp_count; i++) {
      lamp_at(r, i, p, normal, e, &is);
      for (int c = 0; c < 3; c++)
        light[c] += is ? weight[c] * e[c] / PI : 0;
    }
  }
}
