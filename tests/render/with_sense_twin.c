// SPDX-License-Identifier: Apache-2.0
#include "with_sense_twin.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static vec3 load(const float p[3]) {
  return (vec3){(double)p[0], (double)p[1], (double)p[2]};
}

static void store(pose p, float position[3], float rotation[4]) {
  position[0] = (float)p.p_m.x, position[1] = (float)p.p_m.y, position[2] = (float)p.p_m.z;
  rotation[0] = (float)p.q.x, rotation[1] = (float)p.q.y, rotation[2] = (float)p.q.z;
  rotation[3] = (float)p.q.w;
}

gpu_camera view_camera(bool rolling) {
  const quat ahead = {0.5, -0.5, 0.5, -0.5}; // camera z along world x
  gpu_camera c = {.fx = 30, .fy = 31, .cx = 25.7f, .cy = 16.9f};
  pose begin = {{-150, 40, 2.2}, quat_multiply(quat_from_ypr(0.75, 0.05, 0.01), ahead)};
  pose end = {{-149.2, 40.7, 2.25}, quat_multiply(quat_from_ypr(0.8, 0.04, 0), ahead)};
  store(begin, c.begin_p, c.begin_q);
  store(end, c.end_p, c.end_q);
  c.width = VIEW_WIDTH, c.height = VIEW_HEIGHT;
  c.readout = rolling ? 0.7f : 0;
  return c;
}

void twin_order(view_order *out) {
  memset(out, 0xff, sizeof *out);
  int next = 0;
  for (int tile_y = 0; tile_y < VIEW_TILES_Y; tile_y++)
    for (int tile_x = 0; tile_x < VIEW_TILES_X; tile_x++)
      for (int y = 4 * tile_y; y < 4 * tile_y + 4; y++)
        for (int x = 4 * tile_x; x < 4 * tile_x + 4; x++, next++)
          if (x < VIEW_WIDTH && y < VIEW_HEIGHT) {
            out->sample[y][x] = next;
            out->pixel_x[next] = x, out->pixel_y[next] = y;
          }
  assert_int_equal(next, VIEW_SAMPLES);
  next = 0;
  for (int block_y = 0; block_y < QUADS_Y; block_y += 16)
    for (int block_x = 0; block_x < QUADS_X; block_x += 16)
      for (int in = 0; in < 16; in++)
        for (int y = block_y + in / 4; y < block_y + 16; y += 4)
          for (int x = block_x + in % 4; x < block_x + 16; x += 4, next++)
            if (x < QUADS_X && y < QUADS_Y)
              out->slot[y][x] = next;
  assert_int_equal(next, VIEW_SLOTS);
  // Chosen pixels wander so that a row of quads isn't a row of pixels.
  for (int y = 0; y < QUADS_Y; y++)
    for (int x = 0; x < QUADS_X; x++) {
      int px = 2 * x + (y % 2 == 1), py = 2 * y + (x % 2 == 1);
      out->quad_x[y][x] = px < VIEW_WIDTH ? px : VIEW_WIDTH - 1;
      out->quad_y[y][x] = py < VIEW_HEIGHT ? py : VIEW_HEIGHT - 1;
    }
}

cl_mem put(device *dev, const void *bytes, size_t size) {
  trouble why = {0};
  cl_mem out = NULL;
  if (device_buffer(dev, size, bytes, &out, &why))
    fail_msg("%s", why.text);
  return out;
}

void get(device *dev, cl_mem buffer, void *to, size_t size) {
  assert_int_equal(
      clEnqueueReadBuffer(device_queue(dev), buffer, CL_TRUE, 0, size, to, 0, NULL, NULL),
      CL_SUCCESS);
}

void near(const char *what, int i, double is, double should, double relative, double absolute) {
  if (!(fabs(is - should) <= absolute + relative * fabs(should)))
    fail_msg("%s %d: kernel %.9g, twin %.9g", what, i, is, should);
}

gpu_triangle *view_triangles(const town *t) {
  int count = 0;
  for (int i = 0; i < geometry_count(t->shapes); i++)
    count += geometry_about(t->shapes, i)->triangle_count;
  gpu_triangle *out = malloc(sizeof *out * (size_t)count);
  assert_non_null(out);
  memcpy(out, geometry_triangles(t->shapes), sizeof *out * (size_t)count);
  for (int i = 0; i < count; i += 4)
    switch (out[i].material) {
    case MATERIAL_ASPHALT:
      out[i].material = MATERIAL_MARK_WHITE;
      break;
    case MATERIAL_WALL_BRICK:
      out[i].material = MATERIAL_WINDOW;
      break;
    case MATERIAL_CAR_PAINT:
      out[i].material = MATERIAL_CAR_GLASS;
      break;
    default:
      out[i].material = MATERIAL_BARK;
    }
  return out;
}

const gpu_material *twin_material(uint32_t number) {
  static const gpu_material table[MATERIAL_COUNT] = {
#define X(NAME, shader_, palette_, class_, r, g, b, roughness_, metallic_)                         \
  {{r, g, b}, roughness_, metallic_, SHADER_##shader_, palette_, class_, 0, 0, {0}, 0, 0, 0, {0}},
      MATERIALS(X)
#undef X
  };
  assert_true(number < MATERIAL_COUNT);
  return &table[number];
}

pose twin_pose(const float p0[3], const float q0[4], const float p1[3], const float q1[4],
               double u) {
  pose begin = {load(p0), {(double)q0[3], (double)q0[0], (double)q0[1], (double)q0[2]}};
  pose end = {load(p1), {(double)q1[3], (double)q1[0], (double)q1[1], (double)q1[2]}};
  return pose_between(begin, end, u);
}

pose twin_instance_pose(const gpu_instance *it, double u) {
  pose at = twin_pose(it->begin_p, it->begin_q, it->end_p, it->end_q, u);
  double half = (double)it->spin * u / 2;
  return (pose){at.p_m, quat_multiply(at.q, (quat){cos(half), 0, sin(half), 0})};
}

vec3 twin_camera_ray(const gpu_camera *c, double x, double y, vec3 *origin, double *time) {
  *time = (double)c->readout * fmax(0, fmin(1, y / c->height));
  pose at = twin_pose(c->begin_p, c->begin_q, c->end_p, c->end_q, *time);
  *origin = at.p_m;
  vec3 own = {(x - (double)c->cx) / (double)c->fx, (y - (double)c->cy) / (double)c->fy, 1};
  return quat_rotate(at.q, own);
}

static vec3 corner(const town *t, uint32_t primitive, int k) {
  const gpu_triangle *triangle = &geometry_triangles(t->shapes)[primitive];
  return load(geometry_vertices(t->shapes)[triangle->v[k]].p);
}

vec3 twin_normal(const town *t, uint32_t instance, uint32_t primitive, double u) {
  const gpu_instance *it = &t->top.instances[instance];
  pose at = twin_instance_pose(it, u);
  vec3 world[3];
  for (int k = 0; k < 3; k++) {
    vec3 p = corner(t, primitive, k);
    p.x *= (double)it->scale[0], p.y *= (double)it->scale[1], p.z *= (double)it->scale[2];
    world[k] = pose_apply(at, p);
  }
  return vec3_unit(vec3_cross(vec3_sub(world[1], world[0]), vec3_sub(world[2], world[0])));
}

// A hit is sure inside its triangle's border by this share of its edges, possible
// outside by as much.
static const double BORDER = 1e-3;

typedef struct nearest {
  twin_hit sure, possible;
} nearest;

static void meet(const town *t, uint32_t primitive, uint32_t instance, vec3 o, vec3 d,
                 nearest *best) {
  vec3 p0 = corner(t, primitive, 0);
  vec3 e1 = vec3_sub(corner(t, primitive, 1), p0), e2 = vec3_sub(corner(t, primitive, 2), p0);
  vec3 n = vec3_cross(e1, e2);
  double hit = vec3_dot(n, vec3_sub(p0, o)) / vec3_dot(n, d);
  if (!(hit > 0 && (hit < best->sure.t || hit < best->possible.t)))
    return;
  // Shares of the triangle's area across from its corners.
  vec3 x = vec3_sub(vec3_add(o, vec3_scale(d, hit)), p0);
  double u = vec3_dot(vec3_cross(x, e2), n) / vec3_dot(n, n);
  double v = vec3_dot(vec3_cross(e1, x), n) / vec3_dot(n, n);
  double inside = fmin(fmin(u, v), 1 - u - v);
  twin_hit found = {hit, u, v, primitive, instance, false};
  if (inside > BORDER && hit < best->sure.t)
    best->sure = found;
  if (inside > -BORDER && hit < best->possible.t)
    best->possible = found;
}

static void meet_all_of(const town *t, uint32_t instance, vec3 o, vec3 d, double time,
                        nearest *best) {
  const gpu_instance *it = &t->top.instances[instance];
  const geometry_mesh *about = NULL;
  for (int n = 0; n < geometry_count(t->shapes); n++)
    if (geometry_about(t->shapes, n)->triangle_first == it->triangle_first)
      about = geometry_about(t->shapes, n);
  assert_non_null(about);
  pose to_own = pose_inverse(twin_instance_pose(it, time));
  o = pose_apply(to_own, o);
  d = quat_rotate(to_own.q, d);
  o.x /= (double)it->scale[0], o.y /= (double)it->scale[1], o.z /= (double)it->scale[2];
  d.x /= (double)it->scale[0], d.y /= (double)it->scale[1], d.z /= (double)it->scale[2];
  // Past the ball around the mesh there is nothing to ask.
  vec3 lo = load(about->bounds.lo), hi = load(about->bounds.hi);
  vec3 to_middle = vec3_sub(vec3_scale(vec3_add(lo, hi), 0.5), o);
  double radius = 0.5 * vec3_length(vec3_sub(hi, lo)) * 1.01 + 0.01;
  if (vec3_length(vec3_cross(to_middle, d)) > radius * vec3_length(d))
    return;
  for (int f = 0; f < about->triangle_count; f++)
    meet(t, about->triangle_first + (uint32_t)f, instance, o, d, best);
}

static nearest nothing(double limit) {
  twin_hit none = {limit, 0, 0, HIT_NONE, HIT_NONE, false};
  return (nearest){none, none};
}

static twin_hit settle(const nearest *best) {
  twin_hit out = best->sure;
  out.doubtful = out.primitive != best->possible.primitive;
  return out;
}

twin_hit twin_closest(const town *t, vec3 o, vec3 d, double time, double limit, uint32_t skip) {
  nearest best = nothing(limit);
  for (int k = 0; k < t->top.count; k++)
    if ((uint32_t)k != skip)
      meet_all_of(t, (uint32_t)k, o, d, time, &best);
  return settle(&best);
}

twin_hit twin_closest_of(const town *t, uint32_t instance, vec3 o, vec3 d, double time) {
  nearest best = nothing(1e9);
  meet_all_of(t, instance, o, d, time, &best);
  return settle(&best);
}

int workshop_open(workshop *s) {
  trouble why = {0};
  memset(s, 0, sizeof *s);
  if (device_open(&s->dev, NULL, &why) || tracer_create(&s->tracing, s->dev, &why) ||
      sense_create(&s->tools, s->dev, &why)) {
    print_error("%s\n", why.text);
    return -1;
  }
  town_create(&s->place, s->dev, true);
  twin_order(&s->order);
  s->triangles = view_triangles(&s->place);
  const geometry_mesh *last = geometry_about(s->place.shapes, geometry_count(s->place.shapes) - 1);
  size_t count = last->triangle_first + (size_t)last->triangle_count;
  s->triangle_buffer = put(s->dev, s->triangles, sizeof *s->triangles * count);
  return 0;
}

void workshop_close(workshop *s) {
  clReleaseMemObject(s->triangle_buffer);
  free(s->triangles);
  town_destroy(&s->place);
  sense_destroy(&s->tools);
  tracer_destroy(s->tracing);
  device_close(s->dev);
}

void drop_view(view *v) {
  cl_mem all[] = {v->camera_buffer,  v->rays_buffer,     v->surface_buffer,
                  v->hits.t,         v->material_buffer, v->hits.u,
                  v->hits.primitive, v->hits.instance,   v->hits.v};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    clReleaseMemObject(all[i]);
}

void look(workshop *s, view *v, bool rolling) {
  trouble why = {0};
  v->camera = view_camera(rolling);
  v->camera_buffer = put(s->dev, &v->camera, sizeof v->camera);
  v->rays_buffer = put(s->dev, NULL, sizeof v->rays);
  v->surface_buffer = put(s->dev, NULL, sizeof v->surface);
  v->material_buffer = put(s->dev, NULL, sizeof v->material);
  cl_mem *hits[] = {&v->hits.t, &v->hits.primitive, &v->hits.instance, &v->hits.u, &v->hits.v};
  for (int i = 0; i < 5; i++)
    *hits[i] = put(s->dev, NULL, sizeof v->t);
  int no = 0, count = VIEW_SAMPLES;
  float limit = 1e7f;
  RUN(s, camera_rays, count, 32, ARG(v->camera_buffer), ARG(v->camera_buffer), ARG(no), ARG(count),
      ARG(count), ARG(limit), ARG(v->rays_buffer));
  get(s->dev, v->rays_buffer, v->rays, sizeof v->rays);
  if (tracer_closest(s->tracing, &s->place.where, v->rays_buffer, count, count, true, &v->hits,
                     &why))
    fail_msg("%s", why.text);
  get(s->dev, v->hits.t, v->t, sizeof v->t);
  get(s->dev, v->hits.instance, v->instance, sizeof v->instance);
  get(s->dev, v->hits.primitive, v->primitive, sizeof v->primitive);
  for (int i = 11; i < VIEW_SAMPLES; i += 97)
    v->primitive[i] = HIT_SKIP;
  assert_int_equal(clEnqueueWriteBuffer(device_queue(s->dev), v->hits.primitive, CL_TRUE, 0,
                                        sizeof v->primitive, v->primitive, 0, NULL, NULL),
                   CL_SUCCESS);
  RUN(s, hit_surfaces, count, 32, ARG(s->place.where.facets), ARG(s->triangle_buffer),
      ARG(s->place.where.instances), ARG(v->rays_buffer), ARG(count), ARG(count), ARG(v->hits.t),
      ARG(v->hits.primitive), ARG(v->hits.instance), ARG(v->surface_buffer),
      ARG(v->material_buffer));
  get(s->dev, v->surface_buffer, v->surface, sizeof v->surface);
  get(s->dev, v->material_buffer, v->material, sizeof v->material);
}

bool met(const view *v, int i) {
  return v->primitive[i] != HIT_NONE && v->primitive[i] != HIT_SKIP;
}

const gpu_material *material_of(const workshop *s, const view *v, int i) {
  return twin_material(s->triangles[v->primitive[i]].material);
}

vec3 normal_of(const view *v, int i) {
  return (vec3){v->surface[i][0], v->surface[i][1], v->surface[i][2]};
}
