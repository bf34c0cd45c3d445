// SPDX-License-Identifier: Apache-2.0
// labels: unit
// links: embree
// The lidar's kernels, mirror rays and amodal coverage against their slow twins.
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "render/lidar.h"
#include "with_sense_twin.h"

// Rings no multiple of 4, columns none either: packets have gaps.
enum { RINGS = 10, STEPS = 363, BEAMS = 3 * 91 * 16, GROUP = 32 };

static workshop shop;
static lidar_tools lidars;

static int open_all(void **state) {
  (void)state;
  trouble why = {0};
  if (workshop_open(&shop))
    return -1;
  if (lidar_tools_create(&lidars, shop.dev, &why)) {
    print_error("%s\n", why.text);
    return -1;
  }
  return 0;
}

static int close_all(void **state) {
  (void)state;
  lidar_tools_destroy(&lidars);
  workshop_close(&shop);
  return 0;
}

#define RUN_LIDAR(kernel, ...)                                                                     \
  do {                                                                                             \
    trouble why_ = {0};                                                                            \
    if (LAUNCH(shop.dev, lidars.kernel, #kernel, BEAMS, GROUP, &why_, __VA_ARGS__))                \
      fail_msg("%s", why_.text);                                                                   \
  } while (0)

// Which beam a ring fires in a column: packets of 4 columns by 4 rings.
static void beam_order(int beam[STEPS][RINGS]) {
  int next = 0;
  for (int column_0 = 0; column_0 < STEPS; column_0 += 4)
    for (int ring_0 = 0; ring_0 < RINGS; ring_0 += 4)
      for (int column = column_0; column < column_0 + 4; column++)
        for (int ring = ring_0; ring < ring_0 + 4; ring++, next++)
          if (column < STEPS && ring < RINGS)
            beam[column][ring] = next;
  assert_int_equal(next, BEAMS);
}

static gpu_lidar dry_lidar(void) {
  gpu_camera eye = view_camera(true); // where there is something to see
  gpu_lidar l = {.rings = RINGS, .steps = STEPS, .turn_share = 0.8f, .range_min = 1};
  l.range_max = 120, l.divergence = 0.003f, l.power_min = 1.1e-5f;
  l.scene = 5, l.frame = 9, l.drop_slope = 1e-3f;
  l.key[0] = 0x12345678u, l.key[1] = 0x9abcdef0u;
  memcpy(l.begin_p, eye.begin_p, sizeof l.begin_p);
  memcpy(l.end_p, eye.end_p, sizeof l.end_p);
  const quat turn[2] = {quat_from_ypr(0.75, 0.03, 0.01), quat_from_ypr(0.82, 0.02, -0.01)};
  for (int k = 0; k < 2; k++) {
    float *q = k ? l.end_q : l.begin_q;
    q[0] = (float)turn[k].x, q[1] = (float)turn[k].y, q[2] = (float)turn[k].z;
    q[3] = (float)turn[k].w;
  }
  return l;
}

// One scan up to its hits, on triangles of all materials.
typedef struct scan {
  int beam[STEPS][RINGS];
  float elevation[RINGS], rays[RAY_PLANES][BEAMS], t[BEAMS];
  uint32_t primitive[BEAMS], instance[BEAMS];
  gpu_triangle *triangles;
  gpu_instance *instances;
  cl_mem rays_buffer, triangle_buffer, instance_buffer;
  shade_hits hits;
} scan;

static void paint(scan *s) {
  const geometry_mesh *last =
      geometry_about(shop.place.shapes, geometry_count(shop.place.shapes) - 1);
  size_t triangles = last->triangle_first + (size_t)last->triangle_count;
  size_t instances = (size_t)shop.place.top.count;
  s->triangles = calloc(triangles, sizeof *s->triangles);
  s->instances = malloc(sizeof *s->instances * instances);
  assert_true(s->triangles && s->instances);
  for (size_t i = 0; i < triangles; i++) // by its hash, so that neighbours differ and all come by
    s->triangles[i].material = ((uint32_t)i * 2654435761u >> 16) % MATERIAL_COUNT;
  rng r = rng_at(1, RNG_TEST, 0, 0, 0);
  memcpy(s->instances, shop.place.top.instances, sizeof *s->instances * instances);
  for (size_t i = 0; i < instances; i++)
    for (int k = 0; k < 4; k++)
      s->instances[i].palette[k] = rng_u32(&r);
  s->triangle_buffer = put(shop.dev, s->triangles, sizeof *s->triangles * triangles);
  s->instance_buffer = put(shop.dev, s->instances, sizeof *s->instances * instances);
}

static void scan_town(scan *s, const gpu_lidar *l) {
  trouble why = {0};
  beam_order(s->beam);
  paint(s);
  for (int i = 0; i < RINGS; i++)
    s->elevation[i] = -0.4f + 0.06f * (float)i + 0.002f * (float)(i * i);
  int count = BEAMS;
  cl_mem state = put(shop.dev, l, sizeof *l);
  cl_mem elevation = put(shop.dev, s->elevation, sizeof s->elevation);
  s->rays_buffer = put(shop.dev, NULL, sizeof s->rays);
  RUN_LIDAR(rays, ARG(state), ARG(elevation), ARG(count), ARG(s->rays_buffer));
  get(shop.dev, s->rays_buffer, s->rays, sizeof s->rays);
  cl_mem *hits[] = {&s->hits.t, &s->hits.primitive, &s->hits.instance, &s->hits.u, &s->hits.v};
  for (int i = 0; i < 5; i++)
    *hits[i] = put(shop.dev, NULL, sizeof s->t);
  if (tracer_closest(shop.tracing, &shop.place.where, s->rays_buffer, count, count, true, &s->hits,
                     &why))
    fail_msg("%s", why.text);
  get(shop.dev, s->hits.t, s->t, sizeof s->t);
  get(shop.dev, s->hits.primitive, s->primitive, sizeof s->primitive);
  get(shop.dev, s->hits.instance, s->instance, sizeof s->instance);
  clReleaseMemObject(state);
  clReleaseMemObject(elevation);
}

static void drop_scan(scan *s) {
  cl_mem all[] = {s->rays_buffer,    s->triangle_buffer, s->instance_buffer, s->hits.t,
                  s->hits.primitive, s->hits.instance,   s->hits.u,          s->hits.v};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    clReleaseMemObject(all[i]);
  free(s->triangles);
  free(s->instances);
}

static void lidar_rays_turn_with_the_sensor(void **state) {
  (void)state;
  static scan s;
  gpu_lidar l = dry_lidar();
  scan_town(&s, &l);
  int idle = 0;
  for (int i = 0; i < BEAMS; i++)
    idle += s.rays[RAY_LIMIT][i] == -1;
  assert_int_equal(idle, BEAMS - STEPS * RINGS);
  for (int column = 0; column < STEPS; column++)
    for (int ring = 0; ring < RINGS; ring++) {
      int i = s.beam[column][ring];
      // A turn begins and ends behind and runs clockwise seen from above.
      double heading = M_PI - 2 * M_PI * (column + 0.5) / STEPS, rise = (double)s.elevation[ring];
      double u = (column + (double)ring / RINGS) / STEPS * (double)l.turn_share;
      pose at = twin_pose(l.begin_p, l.begin_q, l.end_p, l.end_q, u);
      vec3 d = {cos(rise) * cos(heading), cos(rise) * sin(heading), sin(rise)};
      d = quat_rotate(at.q, d);
      double should[RAY_PLANES] = {at.p_m.x, at.p_m.y, at.p_m.z, d.x, d.y, d.z, u, 120};
      for (int plane = 0; plane < RAY_PLANES; plane++)
        near("ray", i, s.rays[plane][i], should[plane], 0, plane < RAY_DX ? 4e-5 : 2e-6);
    }
  drop_scan(&s);
}

enum { FOG_COUNT = 1201 }; // every 10 cm up to the range

// The strongest return of fog up to each range, and where it seems to be: a 20 ns pulse
// peaks 3 m before its end.
static void fill_fog(float (*fog)[2], double visibility_m, double extinction) {
  float best = 0, distance = 0;
  for (int i = 0; i < FOG_COUNT; i++) {
    float power = (float)lidar_fog_power(i / 10.0, visibility_m, extinction);
    if (power > best) {
      best = power;
      distance = (float)fmax(i / 10.0 - 3, 0.1);
    }
    fog[i][0] = best, fog[i][1] = distance;
  }
}

typedef struct lidar_return {
  bool any;
  double x, y, z, intensity;
  uint32_t id, class, echo;
} lidar_return;

static double twin_reflectance(uint32_t material_number, const gpu_instance *it, double wetness) {
  const gpu_material *m = twin_material(material_number);
  double mean = 0;
  for (int c = 0; c < 3; c++) {
    double paint_ = 1;
    if (m->palette >= 0)
      paint_ = pow((it->palette[m->palette] >> (8 * c) & 255) / 255.0, 2);
    mean += (double)m->albedo[c] * paint_ / 3;
  }
  switch (m->shader) {
  case SHADER_LEAF:
  case SHADER_GRASS:
  case SHADER_FIELD:
    return 0.45;
  case SHADER_ROAD_MARK:
    return 0.75;
  case SHADER_SIGN_FACE:
  case SHADER_REFLECTOR:
  case SHADER_PLATE:
  case SHADER_TAIL_LAMP:
    return 1;
  case SHADER_CAR_GLASS:
  case SHADER_WINDOW:
  case SHADER_SHOP_WINDOW:
    return 0.03;
  case SHADER_CAR_PAINT:
    return 0.08 + 0.5 * mean;
  case SHADER_ASPHALT:
  case SHADER_PAVING:
  case SHADER_CONCRETE:
    return mean * (1 - 0.6 * wetness);
  default:
    return mean;
  }
}

static bool sends_back(uint32_t material_number) {
  uint32_t shader_ = twin_material(material_number)->shader;
  return shader_ == SHADER_SIGN_FACE || shader_ == SHADER_REFLECTOR || shader_ == SHADER_PLATE ||
         shader_ == SHADER_TAIL_LAMP;
}

static void draws(const gpu_lidar *l, uint32_t firing, uint32_t block, double out[4]) {
  uint32_t counter[4] = {l->scene, firing, l->frame, block}, bits[4];
  rng_philox(counter, l->key, bits);
  for (int k = 0; k < 4; k++)
    out[k] = (bits[k] >> 8) / 16777216.0;
}

// a > b; notes when rounding decides.
static bool above(double a, double b, bool *doubtful) {
  *doubtful |= fabs(a - b) <= 1e-4 * fmax(fabs(a), fabs(b));
  return a > b;
}

typedef struct echo {
  double range, power;
  uint32_t id, class, kind;
} echo;

static echo surface_echo(const scan *s, const gpu_lidar *l, int i, vec3 d) {
  echo out = {.range = (double)l->range_max};
  if (s->primitive[i] == HIT_NONE)
    return out;
  const gpu_instance *it = &s->instances[s->instance[i]];
  uint32_t material_number = s->triangles[s->primitive[i]].material;
  vec3 n = twin_normal(&shop.place, s->instance[i], s->primitive[i], (double)s->rays[RAY_TIME][i]);
  double back = fabs(vec3_dot(n, d));
  if (sends_back(material_number))
    back = sqrt(back);
  out.range = (double)s->t[i];
  out.power = twin_reflectance(material_number, it, (double)l->wetness) * back *
              exp(-2 * (double)l->extinction * out.range) / pow(out.range, 2);
  out.id = it->id;
  out.class =
      twin_material(material_number)->class ? twin_material(material_number)->class : it->class;
  return out;
}

// The nearest drop in the beam's cone; power 0 when it is out of reach.
static echo drop_echo(const gpu_lidar *l, double u_near, double u_size, double reach,
                      bool *doubtful) {
  double spread = tan((double)l->divergence / 2), density = (double)l->drop_density;
  double near_m = cbrt(-log(1 - u_near) / (M_PI / 3 * spread * spread * density));
  double diameter_m = (0.5 - log(1 - u_size) / (double)l->drop_slope) / 1000;
  double share = fmin(pow(diameter_m / (0.012 + 2 * near_m * spread), 2), 1);
  echo out = {.range = near_m, .kind = l->snowing ? 3 : 2};
  out.power =
      M_PI * 0.0198 * share * exp(-2 * (double)l->extinction * near_m) / fmax(near_m * near_m, 1);
  bool past = above(near_m, reach, doubtful);
  bool far_enough = above(near_m, (double)l->range_min, doubtful);
  if (past || !far_enough)
    out.power = 0;
  return out;
}

static lidar_return twin_return(const scan *s, const gpu_lidar *l, const float (*fog)[2],
                                int column, int ring, bool *doubtful) {
  int i = s->beam[column][ring];
  double r0[4], r1[4];
  draws(l, (uint32_t)(column * RINGS + ring), 0, r0);
  draws(l, (uint32_t)(column * RINGS + ring), 1, r1);
  vec3 o = {s->rays[RAY_OX][i], s->rays[RAY_OY][i], s->rays[RAY_OZ][i]};
  vec3 d = {s->rays[RAY_DX][i], s->rays[RAY_DY][i], s->rays[RAY_DZ][i]};
  echo best = surface_echo(s, l, i, d);
  double reach = best.range;
  if (fog) {
    int at = (int)((float)reach * 10.0f);
    at = at < FOG_COUNT ? at : FOG_COUNT - 1;
    double power = (double)fog[at][0] * -log(1 - r0[2]);
    if (above(power, best.power, doubtful))
      best = (echo){(double)fog[at][1] + 1.5 * (r0[3] - 0.5), power, 0, 0, 1};
  }
  if (l->drop_density > 0) {
    echo drop = drop_echo(l, r1[0], r1[1], reach, doubtful);
    if (drop.power > 0 && above(drop.power, best.power, doubtful))
      best = drop;
  }
  bool strong = above(best.power, (double)l->power_min, doubtful);
  if (!strong || !above(best.range, (double)l->range_min, doubtful))
    return (lidar_return){.any = false};
  double sigma =
      sqrt(pow((double)l->range_noise, 2) +
           (l->weather_noise > 0 ? 0.09 * 0.09 / 2 * (double)l->power_min / best.power : 0));
  double range = best.range + sigma * sqrt(-2 * log(1 - r0[0])) * cos(2 * M_PI * r0[1]);
  pose begin = twin_pose(l->begin_p, l->begin_q, l->end_p, l->end_q, 0);
  vec3 p = pose_apply(pose_inverse(begin), vec3_add(o, vec3_scale(d, range)));
  double intensity = fmax(0, fmin(1, best.power * range * range));
  return (lidar_return){true, p.x, p.y, p.z, intensity, best.id, best.class, best.kind};
}

typedef struct tally {
  int returns, none, doubtful, echoes[4], retro;
} tally;

static void compare_returns(const gpu_lidar *l, double fog_visibility_m, tally *sum) {
  static scan s;
  static float fog[FOG_COUNT][2], point[BEAMS][4];
  static uint32_t label[BEAMS][4];
  memset(sum, 0, sizeof *sum);
  scan_town(&s, l);
  int fog_count = fog_visibility_m > 0 ? FOG_COUNT : 0, count = BEAMS;
  if (fog_count)
    fill_fog(fog, fog_visibility_m, (double)l->extinction);
  cl_mem state = put(shop.dev, l, sizeof *l), air = put(shop.dev, fog, sizeof fog);
  cl_mem points = put(shop.dev, NULL, sizeof point), labels = put(shop.dev, NULL, sizeof label);
  RUN_LIDAR(returns, ARG(state), ARG(s.instance_buffer), ARG(s.triangle_buffer),
            ARG(shop.place.buffers.facets), ARG(shop.place.buffers.materials), ARG(s.rays_buffer),
            ARG(count), ARG(s.hits.t), ARG(s.hits.primitive), ARG(s.hits.instance), ARG(air),
            ARG(fog_count), ARG(points), ARG(labels));
  get(shop.dev, points, point, sizeof point);
  get(shop.dev, labels, label, sizeof label);
  int given = 0;
  for (int i = 0; i < BEAMS; i++)
    given += label[i][0] != 0;
  for (int column = 0; column < STEPS; column++)
    for (int ring = 0; ring < RINGS; ring++) {
      int i = s.beam[column][ring];
      bool doubtful = false;
      lidar_return should =
          twin_return(&s, l, fog_count ? (const float(*)[2])fog : NULL, column, ring, &doubtful);
      given -= label[i][0] != 0;
      if (doubtful) {
        sum->doubtful++;
        continue;
      }
      if (label[i][0] != should.any)
        fail_msg("beam %d: kernel %u, twin %d", i, label[i][0], should.any);
      sum->none += !should.any;
      if (!should.any)
        continue;
      if (label[i][1] != should.id || label[i][2] != should.class || label[i][3] != should.echo)
        fail_msg("beam %d: kernel %u %u %u, twin %u %u %u", i, label[i][1], label[i][2],
                 label[i][3], should.id, should.class, should.echo);
      near("x of beam", i, point[i][0], should.x, 1e-5, 2e-4);
      near("y of beam", i, point[i][1], should.y, 1e-5, 2e-4);
      near("z of beam", i, point[i][2], should.z, 1e-5, 2e-4);
      near("intensity of beam", i, point[i][3], should.intensity, 1e-4, 1e-5);
      sum->returns++;
      sum->echoes[should.echo]++;
      sum->retro += should.echo == 0 && sends_back(s.triangles[s.primitive[i]].material);
    }
  assert_int_equal(given, 0); // none outside the rings and columns
  assert_true(sum->doubtful < BEAMS / 100);
  cl_mem all[] = {state, air, points, labels};
  for (int k = 0; k < 4; k++)
    clReleaseMemObject(all[k]);
  drop_scan(&s);
}

static void returns_in_clear_air_are_the_hits(void **state) {
  (void)state;
  tally sum;
  gpu_lidar l = dry_lidar();
  compare_returns(&l, 0, &sum);
  assert_true(sum.echoes[0] > 1000 && sum.none > 100 && sum.retro > 20);
  assert_int_equal(sum.returns, sum.echoes[0]);
}

static void range_noise_and_wet_ground_follow_their_formulas(void **state) {
  (void)state;
  tally sum;
  gpu_lidar l = dry_lidar();
  l.range_noise = 0.02f, l.wetness = 0.7f;
  compare_returns(&l, 0, &sum);
  assert_true(sum.echoes[0] > 1000);
}

static void fog_answers_where_it_is_stronger(void **state) {
  (void)state;
  tally sum;
  gpu_lidar l = dry_lidar();
  l.range_noise = 0.02f, l.extinction = 0.03f;
  compare_returns(&l, 100, &sum);
  assert_true(sum.echoes[0] > 100 && sum.echoes[1] > 100);
}

static void drops_answer_where_they_are_nearer_and_stronger(void **state) {
  (void)state;
  for (uint32_t snowing = 0; snowing < 2; snowing++) {
    tally sum;
    gpu_lidar l = dry_lidar();
    l.range_noise = 0.02f, l.extinction = 0.003f, l.weather_noise = 1;
    l.drop_density = snowing ? 6000 : 4000, l.drop_slope = 0.7f, l.snowing = snowing;
    l.wetness = 1;
    compare_returns(&l, snowing ? 300 : 0, &sum);
    assert_true(sum.echoes[0] > 100 && sum.echoes[snowing ? 3 : 2] > 30);
    assert_int_equal(sum.echoes[snowing ? 2 : 3], 0);
  }
}

static void mirror_rays_meet_what_every_triangle_says(void **state) {
  (void)state;
  static view v;
  static float origin[VIEW_SAMPLES][4], direction[VIEW_SAMPLES][4], t[VIEW_SAMPLES];
  static float tu[VIEW_SAMPLES], tv[VIEW_SAMPLES];
  static uint32_t primitive[VIEW_SAMPLES], instance[VIEW_SAMPLES];
  const float limit = 60;
  trouble why = {0};
  look(&shop, &v, true);
  int count = VIEW_SAMPLES - 5, tested = 0, traced = 0, doubtful = 0, moving = 0, beyond = 0;
  uint32_t skip = HIT_NONE;
  for (int i = 0; i < count; i++) {
    memset(direction[i], 0, sizeof direction[i]);
    if (!met(&v, i))
      continue;
    if (shop.place.top.instances[v.instance[i]].moving)
      skip = v.instance[i]; // as if the ego: its own mirror rays pass through it
    vec3 n = normal_of(&v, i), d = {v.rays[RAY_DX][i], v.rays[RAY_DY][i], v.rays[RAY_DZ][i]};
    vec3 r = vec3_unit(vec3_sub(d, vec3_scale(n, 2 * vec3_dot(n, d))));
    double away = (double)v.t[i] * 0.999;
    for (int k = 0; k < 3; k++)
      origin[i][k] = v.rays[RAY_OX + k][i] + (float)away * v.rays[RAY_DX + k][i];
    origin[i][3] = v.rays[RAY_TIME][i];
    direction[i][0] = (float)r.x, direction[i][1] = (float)r.y, direction[i][2] = (float)r.z;
  }
  assert_true(skip != HIT_NONE);
  trace_scene where = shop.place.where;
  where.skip = skip;
  cl_mem o = put(shop.dev, origin, sizeof origin), d = put(shop.dev, direction, sizeof direction);
  cl_mem out[5];
  for (int k = 0; k < 5; k++)
    out[k] = put(shop.dev, NULL, sizeof t);
  shade_hits hits = {out[0], out[1], out[2], out[3], out[4]};
  if (tracer_mirror(shop.tracing, &where, o, d, count, limit, &hits, &why))
    fail_msg("%s", why.text);
  void *to[5] = {t, primitive, instance, tu, tv};
  for (int k = 0; k < 5; k++)
    get(shop.dev, out[k], to[k], sizeof t);
  for (int i = 0; i < count; i++) {
    if (!met(&v, i)) {
      assert_true(primitive[i] == HIT_SKIP);
      continue;
    }
    traced++;
    if (i % 3)
      continue; // every triangle for every ray takes its time
    vec3 from = {origin[i][0], origin[i][1], origin[i][2]};
    vec3 along = {direction[i][0], direction[i][1], direction[i][2]};
    twin_hit should =
        twin_closest(&shop.place, from, along, (double)origin[i][3], (double)limit, skip);
    tested++;
    if (should.doubtful) {
      doubtful++;
      continue;
    }
    if (primitive[i] != should.primitive || instance[i] != should.instance)
      fail_msg("ray %d: kernel %u of %u at %g, twin %u of %u at %g", i, primitive[i], instance[i],
               (double)t[i], should.primitive, should.instance, should.t);
    near("distance of ray", i, t[i], should.t, 1e-4, 1e-4);
    near("u of ray", i, tu[i], should.u, 0, 2e-3);
    near("v of ray", i, tv[i], should.v, 0, 2e-3);
    beyond += primitive[i] == HIT_NONE;
    moving += primitive[i] != HIT_NONE && shop.place.top.instances[instance[i]].moving;
  }
  if (!(traced > 500 && doubtful < tested / 20 && moving > 5 && beyond > 50 &&
        tested - beyond > 100))
    fail_msg("%d rays, %d of %d doubtful, %d on moving things, %d on nothing", traced, doubtful,
             tested, moving, beyond);
  for (int k = 0; k < 5; k++)
    clReleaseMemObject(out[k]);
  clReleaseMemObject(o);
  clReleaseMemObject(d);
  drop_view(&v);
}

// {count, x0, y0, x1, y1} of pixels that an instance alone surely and possibly covers.
static void twin_amodal(const gpu_camera *c, uint32_t instance, int sure[5], int possible[5]) {
  const int empty[5] = {0, INT_MAX, INT_MAX, INT_MIN, INT_MIN};
  memcpy(sure, empty, sizeof empty);
  memcpy(possible, empty, sizeof empty);
  for (int y = 0; y < VIEW_HEIGHT; y++)
    for (int x = 0; x < VIEW_WIDTH; x++) {
      vec3 o;
      double time;
      vec3 d = twin_camera_ray(c, x + 0.5, y + 0.5, &o, &time);
      twin_hit hit = twin_closest_of(&shop.place, instance, o, d, time);
      for (int k = 0; k < 2; k++) {
        int *to = k ? possible : sure;
        if (hit.primitive == HIT_NONE && !(k && hit.doubtful))
          continue;
        to[0]++;
        to[1] = x < to[1] ? x : to[1], to[2] = y < to[2] ? y : to[2];
        to[3] = x > to[3] ? x : to[3], to[4] = y > to[4] ? y : to[4];
      }
    }
}

static void amodal_pixels_are_those_of_an_instance_alone(void **state) {
  (void)state;
  enum { TILES = VIEW_TILES_X * VIEW_TILES_Y };
  int instances = shop.place.top.count, slots = (instances - 1 + 4) / 5, covered = 0, moving = 0;
  cl_int4 *items = malloc(sizeof *items * (size_t)(slots * TILES));
  int *out = malloc(sizeof(int) * 5 * (size_t)slots), certain = 0, doubtful = 0;
  for (int rolling = 0; rolling < 2; rolling++) {
    static view v;
    look(&shop, &v, rolling);
    gpu_camera c = v.camera;
    const int empty[5] = {0, INT_MAX, INT_MAX, INT_MIN, INT_MIN};
    int count = 0;
    // Every fifth instance, all tiles, neighbours in the list in different slots.
    for (int tile = 0; tile < TILES; tile++)
      for (int slot = 0; slot < slots; slot++)
        items[count++] =
            (cl_int4){{1 + 5 * slot, tile % VIEW_TILES_X, tile / VIEW_TILES_X, slots - 1 - slot}};
    for (int slot = 0; slot < slots; slot++)
      memcpy(out + 5 * slot, empty, sizeof empty);
    cl_mem list = put(shop.dev, items, sizeof *items * (size_t)count);
    cl_mem to = put(shop.dev, out, sizeof(int) * 5 * (size_t)slots);
    trouble why = {0};
    cl_mem masks = put(shop.dev, NULL, sizeof(uint32_t) * (size_t)count);
    if (tracer_amodal(shop.tracing, &shop.place.where, v.camera_buffer, v.rays_buffer, VIEW_SAMPLES,
                      list, count, to, masks, &why))
      fail_msg("%s", why.text);
    get(shop.dev, to, out, sizeof(int) * 5 * (size_t)slots);
    for (int slot = 0; slot < slots; slot++) {
      int sure[5], possible[5], instance = 1 + 5 * slot;
      const int *is = out + 5 * (slots - 1 - slot);
      twin_amodal(&c, (uint32_t)instance, sure, possible);
      bool fits = is[0] >= sure[0] && is[0] <= possible[0];
      fits &= is[1] <= sure[1] && is[1] >= possible[1] && is[2] <= sure[2] && is[2] >= possible[2];
      fits &= is[3] >= sure[3] && is[3] <= possible[3] && is[4] >= sure[4] && is[4] <= possible[4];
      if (!fits)
        fail_msg("instance %d: kernel %d in %d %d %d %d, twin %d to %d in %d %d %d %d", instance,
                 is[0], is[1], is[2], is[3], is[4], sure[0], possible[0], sure[1], sure[2], sure[3],
                 sure[4]);
      certain += sure[0];
      doubtful += possible[0] - sure[0];
      covered += sure[0] > 0;
      moving += sure[0] > 0 && shop.place.top.instances[instance].moving;
    }
    clReleaseMemObject(list);
    clReleaseMemObject(to);
    clReleaseMemObject(masks);
    drop_view(&v);
  }
  if (!(covered > 20 && moving > 5 && covered < 2 * slots && doubtful < certain / 50))
    fail_msg("%d instances, %d moving, %d pixels, %d doubtful", covered, moving, certain, doubtful);
  free(items);
  free(out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lidar_rays_turn_with_the_sensor),
      cmocka_unit_test(returns_in_clear_air_are_the_hits),
      cmocka_unit_test(range_noise_and_wet_ground_follow_their_formulas),
      cmocka_unit_test(fog_answers_where_it_is_stronger),
      cmocka_unit_test(drops_answer_where_they_are_nearer_and_stronger),
      cmocka_unit_test(mirror_rays_meet_what_every_triangle_says),
      cmocka_unit_test(amodal_pixels_are_those_of_an_instance_alone),
  };
  return cmocka_run_group_tests(tests, open_all, close_all);
}
