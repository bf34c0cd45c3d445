// SPDX-License-Identifier: Apache-2.0
// Which samples mirror enough to be worth a ray, and that ray.
#include "light.cl"
#include "sample_list.cl"
#include "surface_point.cl"

__kernel __attribute__((reqd_work_group_size(BLOCK_GROUP, 1, 1))) void
mirror_rays(__global const gpu_instance *instances, __global const gpu_vertex *vertices,
            __global const gpu_triangle *triangles, __global const gpu_material *materials,
            __global const uint *texels, __constant const gpu_weather *weather,
            __global const gpu_camera *camera, __global const float2 *positions, int use_positions,
            int count, __global const float *rays, int stride, int first_sample, int turn,
            __global const uint *material, __global const float *hit_t,
            __global const uint *hit_primitive, __global const uint *hit_instance,
            __global const float *hit_u, __global const float *hit_v, __global float4 *origins,
            __global float4 *directions) {
  scene_view view = {instances, vertices, triangles, materials, texels};
  sample_list list =
      list_samples(camera, positions, use_positions, count, rays, stride, first_sample, turn);
  for (int k = 0; k < BLOCK; k++) {
    int n = (int)get_global_id(0) * BLOCK + k;
    if (n < count)
      directions[n] = (float4)(0.0f);
  }
#define SHADER_OF(n) (materials[material[n]].shader)
#define WORTH(n)                                                                                   \
  (shader_is_ground(SHADER_OF(n)) ? weather->wetness > 0.25f && hit_t[n] < 90.0f                   \
                                  : shader_is_glossy(SHADER_OF(n)) && hit_t[n] < 160.0f)
#define KEY_OF(n) (material[n] != MATERIAL_UNMET && WORTH(n) ? SHADER_OF(n) : KEY_NONE)
#define BODY(shader, i)                                                                            \
  {                                                                                                \
    real3 origin, direction;                                                                       \
    real time;                                                                                     \
    sample_rays(list, i, &origin, &direction, &time);                                              \
    surface_point at;                                                                              \
    surface_meet(view, GATHER(uint, hit_primitive, i), GATHER(uint, hit_instance, i),              \
                 GATHER(float, hit_u, i), GATHER(float, hit_v, i), GATHER(float, hit_t, i),        \
                 origin, direction, time, 1.0f / camera->fx, shader, &at);                         \
    if (shader_is_textured(shader))                                                                \
      texture_bumps(view, GATHER_OF(uint, triangles, GATHER(uint, hit_primitive, i), material),    \
                    &at);                                                                          \
    bool ground = shader_is_ground(shader);                                                        \
    real2 water = {REAL(1.0f), REAL(0.0f)};                                                        \
    if (ground)                                                                                    \
      water = ground_water(&at, REAL(1.0f), weather);                                              \
    real share = ground ? max(water.x, 0.55f * water.y) : REAL(1.0f);                              \
    real3 normal = mirror_normal(&at, shader, water, as_word(list.first + i), turn, weather);      \
    real cosine = dot3(normal, at.view);                                                           \
    real3 r = sub3(scale3(normal, 2.0f * cosine), at.view);                                        \
    real f = fresnel(REAL(ground ? 0.02f : 0.045f), cosine);                                       \
    /* A ray that goes steeply up meets the sky, which needs no tracing. */                        \
    whole worth = (share * f > REAL(ground ? 0.045f : 0.02f)) & (r.z < REAL(0.80f)) &              \
                  (dot3(r, at.face) > REAL(0.01f));                                                \
    real3 zero = rgb(0.0f, 0.0f, 0.0f);                                                            \
    real3 p = add3(at.world, scale3(at.face, 0.002f + 2e-5f * at.distance));                       \
    real4 from = {p.x, p.y, p.z, time};                                                            \
    scatter4(origins, i, from);                                                                    \
    store_samples(directions, i, choose3(zero, r, worth), 0.0f);                                   \
  }
  BLOCK_LOOP(count, KEY_OF, BODY)
}
