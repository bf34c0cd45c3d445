// SPDX-License-Identifier: Apache-2.0
// A spinning lidar: rays by firing time, and what comes back through the weather.
#include "common.cl"
#include "philox.cl"

// Packets are 4 firings by 4 rings. The column's azimuth runs clockwise from behind.
inline int2 lidar_cell(int i, int ring_groups) {
  int packet = i >> 4, lane = i & 15;
  return (int2)((packet / ring_groups) * 4 + (lane >> 2), (packet % ring_groups) * 4 + (lane & 3));
}

__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
lidar_rays(__global const gpu_lidar *lidar, __global const float *elevations, int count,
           __global float *rays) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  int2 cell = lidar_cell(i, (lidar->rings + 3) / 4);
  bool inside = cell.x < lidar->steps && cell.y < lidar->rings;
  int ring = min(cell.y, lidar->rings - 1);
  // Rings fire one after the other within a column's time.
  float turn = ((float)cell.x + (float)ring / (float)lidar->rings) / (float)lidar->steps;
  float u = clamp(turn * lidar->turn_share, 0.0f, 1.0f);
  float azimuth = 3.14159265f - 6.28318531f * ((float)cell.x + 0.5f) / (float)lidar->steps;
  float elevation = elevations[ring];
  float3 d = (float3)(cos(elevation) * cos(azimuth), cos(elevation) * sin(azimuth), sin(elevation));
  d = rotate(quat_between(load4(lidar->begin_q), load4(lidar->end_q), u), d);
  float3 o = (1.0f - u) * load3(lidar->begin_p) + u * load3(lidar->end_p);
  rays[RAY_OX * count + i] = o.x;
  rays[RAY_OY * count + i] = o.y;
  rays[RAY_OZ * count + i] = o.z;
  rays[RAY_DX * count + i] = d.x;
  rays[RAY_DY * count + i] = d.y;
  rays[RAY_DZ * count + i] = d.z;
  rays[RAY_TIME * count + i] = u;
  rays[RAY_LIMIT * count + i] = inside ? lidar->range_max : -1.0f;
}

// Reflectance near 905 nm: visible albedo but for plants, glass and what is made to
// send light back.
inline float reflectance(__global const gpu_material *m, __global const gpu_instance *it,
                         float wetness) {
  float3 albedo = load3(m->albedo);
  if (m->palette >= 0) {
    uint c = it->palette[m->palette];
    float3 s =
        (float3)((float)(c & 255u), (float)((c >> 8) & 255u), (float)((c >> 16) & 255u)) / 255.0f;
    albedo *= s * s;
  }
  float rho = (albedo.x + albedo.y + albedo.z) / 3.0f;
  switch (m->shader) {
  case SHADER_LEAF:
  case SHADER_GRASS:
  case SHADER_FIELD:
    rho = 0.45f;
    break;
  case SHADER_ROAD_MARK:
    rho = 0.75f;
    break;
  case SHADER_SIGN_FACE:
  case SHADER_REFLECTOR:
  case SHADER_PLATE:
  case SHADER_TAIL_LAMP:
    rho = 1.0f;
    break;
  case SHADER_CAR_GLASS:
  case SHADER_WINDOW:
  case SHADER_SHOP_WINDOW:
    rho = 0.03f;
    break;
  case SHADER_CAR_PAINT:
    rho = 0.08f + 0.5f * rho;
    break;
  case SHADER_ASPHALT:
  case SHADER_PAVING:
  case SHADER_CONCRETE:
    rho *= 1.0f - 0.6f * wetness; // a film sends the beam on
    break;
  default:
    break;
  }
  return rho;
}

// Beams are this wide where they leave: near drops fill little of one.
#define LIDAR_APERTURE_M 0.012f

// Return powers are in units of a unit-albedo Lambertian target at 1 m. Fog: Hahner et al.
// 2021, its soft return's peak tabulated by range on the host as {power, distance}.
// Rain: the nearest drop of LISA's distribution (Kilic et al. 2021).
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
lidar_returns(__global const gpu_lidar *lidar, __global const gpu_instance *instances,
              __global const gpu_triangle *triangles, __global const gpu_facet *facets,
              __global const gpu_material *materials, __global const float *rays, int count,
              __global const float *t, __global const uint *primitive,
              __global const uint *instance, __global const float2 *fog, int fog_count,
              __global float4 *point, __global uint4 *label) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  int2 cell = lidar_cell(i, (lidar->rings + 3) / 4);
  label[i] = (uint4)(0u);
  if (cell.x >= lidar->steps || cell.y >= lidar->rings)
    return;
  uint firing = (uint)(cell.x * lidar->rings + cell.y);
  uint2 key = (uint2)(lidar->key[0], lidar->key[1]);
  float4 r0 = philox_unit((uint4)(lidar->scene, firing, lidar->frame, 0u), key);
  float4 r1 = philox_unit((uint4)(lidar->scene, firing, lidar->frame, 1u), key);
  float3 o = (float3)(rays[RAY_OX * count + i], rays[RAY_OY * count + i], rays[RAY_OZ * count + i]);
  float3 d = (float3)(rays[RAY_DX * count + i], rays[RAY_DY * count + i], rays[RAY_DZ * count + i]);
  float u = rays[RAY_TIME * count + i];
  float range = lidar->range_max, power = 0.0f;
  uint id = 0u, class = 0u, echo = 0u, p = primitive[i];
  if (p < HIT_SKIP) {
    __global const gpu_instance *it = &instances[instance[i]];
    __global const gpu_material *m = &materials[triangles[p].material];
    float3 n = instance_normal(it, cross(load3(facets[p].e1), load3(facets[p].e2)), u);
    range = t[i];
    float back = fabs(dot(n, d));
    if (m->shader == SHADER_SIGN_FACE || m->shader == SHADER_REFLECTOR ||
        m->shader == SHADER_PLATE || m->shader == SHADER_TAIL_LAMP)
      back = sqrt(back);
    power = reflectance(m, it, lidar->wetness) * back * exp(-2.0f * lidar->extinction * range) /
            (range * range);
    id = it->id;
    class = m->class && it->class != CLASS_EGO ? m->class : it->class;
  }
  float seen = range;
  // Fog in front of the target: speckle makes its return vary from beam to beam.
  if (fog_count > 0) {
    int at = clamp((int)(seen * 10.0f), 0, fog_count - 1);
    float2 soft = fog[at];
    soft.x *= -log(1.0f - r0.z);
    if (soft.x > power) {
      power = soft.x;
      range = soft.y + 1.5f * (r0.w - 0.5f);
      id = class = 0u;
      echo = 1u;
    }
  }
  if (lidar->drop_density > 0.0f) {
    float spread = tan(0.5f * lidar->divergence);
    float volume = 1.04719755f * spread * spread * lidar->drop_density;
    float near = cbrt(-log(1.0f - r1.x) / max(volume, 1e-12f));
    float diameter = (0.5f - log(1.0f - r1.y) / lidar->drop_slope) * 1e-3f;
    float beam = LIDAR_APERTURE_M + 2.0f * near * spread;
    float share = min(diameter * diameter / (beam * beam), 1.0f);
    float drop = 0.0198f * 3.14159265f * share * exp(-2.0f * lidar->extinction * near) /
                 max(near * near, 1.0f);
    if (near < seen && near > lidar->range_min && drop > power) {
      power = drop;
      range = near;
      id = class = 0u;
      echo = lidar->snowing ? 3u : 2u;
    }
  }
  if (power < lidar->power_min || range < lidar->range_min)
    return;
  float sigma = sqrt(lidar->range_noise * lidar->range_noise +
                     0.0081f * 0.5f * lidar->power_min / power * lidar->weather_noise);
  range += sigma * sqrt(-2.0f * log(1.0f - r0.x)) * cos(6.28318531f * r0.y);
  // To the sensor's frame at the frame's timestamp.
  float4 q = load4(lidar->begin_q);
  q.xyz = -q.xyz;
  float3 at = rotate(q, o + range * d - load3(lidar->begin_p));
  float intensity = clamp(power * range * range, 0.0f, 1.0f);
  point[i] = (float4)(at, intensity);
  label[i] = (uint4)(1u, id, class, echo);
}
