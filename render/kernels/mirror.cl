// SPDX-License-Identifier: Apache-2.0
// Which samples mirror enough to be worth a ray, and that ray.
#include "light.cl"
#include "surface_point.cl"

__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
mirror_rays(__global const gpu_instance *instances, __global const gpu_vertex *vertices,
            __global const gpu_triangle *triangles, __global const gpu_material *materials,
            __constant const gpu_weather *weather, __global const gpu_camera *camera,
            __global const float2 *positions, int use_positions, int count,
            __global const float *hit_t, __global const uint *hit_primitive,
            __global const uint *hit_instance, __global const float *hit_u,
            __global const float *hit_v, __global float4 *origins, __global float4 *directions) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  uint primitive = hit_primitive[i];
  float4 origin4 = (float4)(0.0f), direction4 = (float4)(0.0f);
  if (primitive < HIT_SKIP) {
    __global const gpu_material *m = materials + triangles[primitive].material;
    bool ground = shader_is_ground(m->shader);
    float t = hit_t[i];
    if (ground ? weather->wetness > 0.25f && t < 90.0f
               : shader_is_glossy(m->shader) && t < 160.0f) {
      float2 xy;
      if (use_positions) {
        xy = positions[i];
      } else {
        int2 pixel = tile_pixel(i, (camera->width + 3) / 4);
        xy = (float2)((float)pixel.x, (float)pixel.y) + 0.5f;
      }
      float3 origin, direction;
      float time;
      pixel_ray(camera, xy, &origin, &direction, &time);
      scene_view view = {instances, vertices, triangles, materials};
      surface_point at;
      surface_meet(view, primitive, hit_instance[i], hit_u[i], hit_v[i], t, origin, direction, time,
                   1.0f / camera->fx, &at);
      float2 water = ground ? ground_water(&at, 1.0f, weather) : (float2)(1.0f, 0.0f);
      float share = ground ? max(water.x, 0.55f * water.y) : 1.0f;
      uint dice = (uint)i * 2u + weather->frame * 0x9e3779b1u;
      float3 n = mirror_normal(&at, m->shader, water, dice, weather);
      float3 r = at.view * -1.0f + n * (2.0f * dot(n, at.view));
      float f = fresnel(ground ? 0.02f : 0.045f, dot(n, at.view));
      // A ray that goes steeply up meets the sky, which needs no tracing.
      bool worth = share * f > (ground ? 0.045f : 0.02f) && r.z < 0.80f && dot(r, at.face) > 0.01f;
      if (worth) {
        origin4 = (float4)(at.world + at.face * (0.002f + 2e-5f * at.distance), 0.0f);
        direction4 = (float4)(r, 0.0f);
      }
    }
  }
  origins[i] = origin4;
  directions[i] = direction4;
}
