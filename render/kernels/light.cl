// SPDX-License-Identifier: Apache-2.0
// How surfaces answer light: GGX with Smith's visibility over a Lambert base, and the
// local lamps, found through a grid so that a pixel meets only those near it.
#ifndef LIGHT_CL
#define LIGHT_CL
#include "noise.cl"

// The grid: LIGHT_CELLS² columns of LIGHT_CELL_M around the camera; each holds a count
// and the strongest LIGHT_PER_CELL lamps there.
#define LIGHT_CELLS 64
#define LIGHT_CELL_M 6.0f
#define LIGHT_PER_CELL 11
#define LIGHT_STRIDE (LIGHT_PER_CELL + 1)

// m^5, the weight of Schlick's approximation.
inline real fifth(real m) {
  real m2 = m * m;
  return m2 * m2 * m;
}

inline real fresnel(real f0, real cosine) {
  return f0 + (1.0f - f0) * fifth(1.0f - clamp(cosine, 0.0f, 1.0f));
}

// Distribution times visibility, D V: the specular lobe is this times Fresnel.
inline real ggx(real roughness, real nl, real nv, real nh) {
  real a = max(roughness * roughness, 0.002f), a2 = a * a;
  real d = nh * nh * (a2 - 1.0f) + 1.0f;
  real reach = nl * sqrt(nv * nv * (1.0f - a2) + a2) + nv * sqrt(nl * nl * (1.0f - a2) + a2);
  return a2 * 0.5f / (3.14159265f * d * d * max(reach, 1e-5f));
}

// f0 rising to at most 1 - roughness at grazing angles: a rough coat mirrors little there.
inline real rough_fresnel(real f0, real roughness, real weight) {
  return f0 + (max(1.0f - roughness, f0) - f0) * weight;
}

inline real3 rough_fresnel3(real3 f0, real roughness, real weight) {
  return triple(rough_fresnel(f0.x, roughness, weight), rough_fresnel(f0.y, roughness, weight),
                rough_fresnel(f0.z, roughness, weight));
}

// Mean reflectance of the lobe over the hemisphere, about.
inline real3 ggx_albedo(real3 f0, real roughness, real nv) {
  return rough_fresnel3(f0, roughness, fifth(1.0f - clamp(nv, 0.0f, 1.0f)));
}

typedef struct lobe {
  real3 diffuse; // albedo of the base, over pi already taken out by the caller
  real3 f0;
  real roughness;
} lobe;

// Reflected share of light from l for a viewer at v: diffuse/pi + specular, without
// the cosine. What the coat mirrors, the base doesn't get.
inline real3 reflect_share(const lobe *s, real3 n, real3 l, real3 v) {
  real3 h = unit3(add3(l, v));
  real nl = max(dot3(n, l), 1e-4f), nv = max(dot3(n, v), 1e-4f);
  real nh = clamp(dot3(n, h), 0.0f, 1.0f), lh = clamp(dot3(l, h), 0.0f, 1.0f);
  real met = fifth(1.0f - lh), shine = ggx(s->roughness, nl, nv, nh);
  real3 lost = rough_fresnel3(s->f0, s->roughness, fifth(1.0f - min(nl, nv)));
  real3 f = mix3(s->f0, rgb(1.0f, 1.0f, 1.0f), met);
  return triple(s->diffuse.x * (1.0f - lost.x) * 0.318309886f + f.x * shine,
                s->diffuse.y * (1.0f - lost.y) * 0.318309886f + f.y * shine,
                s->diffuse.z * (1.0f - lost.z) * 0.318309886f + f.z * shine);
}

// How much brighter retro-reflecting sheeting is than a matt surface to a viewer at v, for light
// from l: glass beads throw it back within a degree or two (EN 12899-1, class RA1, has some 50
// to 70 cd/lx/m2 at 0.33 degrees and 5 at 2 degrees; matt white has a quarter).
inline real retro_gain(real3 l, real3 v) {
  real off2 = max(2.0f - 2.0f * dot3(l, v), 0.0f); // squared angle in radians, nearly
  return 60.0f / (1.0f + off2 * 6000.0f);
}

// A dipped beam by UN R112, class B, as a share of its brightest. `out` leaves the lamp along the
// unit vector; `aim`, its axis, is where the cut-off lies: level, but rising by 15 degrees towards
// the kerb, which is to the right where kerb is 1 and to the left where it is -1. Below it light
// thins out towards the car, above it what glass scatters is left. `blur`: its mean over so many
// radians to both sides of the cut-off, about, by formulas that keep each part's own sum.
inline real dipped_beam(real3 out, real3 aim, real kerb, real blur) {
  real ahead = dot3(out, aim), up = out.z - aim.z; // radians, nearly
  real side = (out.x * aim.y - out.y * aim.x) * kerb;
  real over = up - clamp(0.268f * side, 0.0f, 0.02f), under = square(min(over, 0.0f));
  real cut = clamp((0.010f + blur - over) / (0.013f + 2.0f * blur), 0.0f, 1.0f);
  real sharp = 1.0f + square(blur) * (1.0f / square(0.045f));
  real plain = 1.0f + square(blur) * (1.0f / square(0.15f));
  real core = 1.0f / (sqrt(sharp) * square(1.0f + under * (1.0f / square(0.045f)) / sharp));
  real near = 1.0f / (sqrt(plain) * (1.0f + under * (1.0f / square(0.15f)) / plain));
  real wide = 1.0f / (1.0f + square((side - 0.02f) * (1.0f / 0.16f)));
  return (0.02f + cut * (0.91f * core + 0.07f * near)) * wide * ramp(0.2f, 0.6f, ahead);
}

typedef struct lamp_view {
  real3 p, axis, color;
  real inner, outer, range;
} lamp_view;

// Each lane's lamp; neighbours mostly have the same.
inline lamp_view lamp_look(__global const gpu_light *lights, word lamp) {
  lamp_view out;
  if (same_lanes(lamp)) {
    __global const gpu_light *it = lights + FIRST_LANE(lamp);
    out.p = rgb(it->p[0], it->p[1], it->p[2]);
    out.axis = rgb(it->direction[0], it->direction[1], it->direction[2]);
    out.color = rgb(it->color[0], it->color[1], it->color[2]);
    out.inner = REAL(it->cos_inner);
    out.outer = REAL(it->cos_outer);
    out.range = REAL(it->range);
    return out;
  }
  out.p = triple(GATHER_OF(float, lights, lamp, p[0]), GATHER_OF(float, lights, lamp, p[1]),
                 GATHER_OF(float, lights, lamp, p[2]));
  out.axis = triple(GATHER_OF(float, lights, lamp, direction[0]),
                    GATHER_OF(float, lights, lamp, direction[1]),
                    GATHER_OF(float, lights, lamp, direction[2]));
  out.color =
      triple(GATHER_OF(float, lights, lamp, color[0]), GATHER_OF(float, lights, lamp, color[1]),
             GATHER_OF(float, lights, lamp, color[2]));
  out.inner = GATHER_OF(float, lights, lamp, cos_inner);
  out.outer = GATHER_OF(float, lights, lamp, cos_outer);
  out.range = GATHER_OF(float, lights, lamp, range);
  return out;
}

// Light of each lane's lamp at its point, or its mean over the `step` metres around: irradiance on
// a surface facing it, the way to it and the distance's square. cos_outer above 1 stands for a
// dipped beam, cos_inner of 3 for one that rises to the left. Of a step only what it means for a
// beam's cut-off counts: half of the angle up or down, seen from the lamp.
inline real3 lamp_mean(__global const gpu_light *lights, word lamp, real3 at, real3 step, real3 *to,
                       real *square_m) {
  lamp_view it = lamp_look(lights, lamp);
  real3 gap = sub3(it.p, at);
  real d2 = max(dot3(gap, gap), 0.04f);
  *square_m = d2;
  *to = scale3(gap, 1.0f / sqrt(d2));
  real window = max(1.0f - square(d2 / (it.range * it.range)), 0.0f);
  real along = -dot3(*to, it.axis);
  real cone = square(clamp((along - it.outer) / (it.inner - it.outer), 0.0f, 1.0f));
  real share = select(REAL(1.0f), cone, it.outer >= REAL(-1.0f));
  whole dipped = it.outer > REAL(1.0f);
  if (any_lane(dipped)) {
    real kerb = select(REAL(1.0f), REAL(-1.0f), it.inner > REAL(2.5f));
    real turn = fabs(step.z - to->z * dot3(*to, step)) / sqrt(d2);
    share = select(share, dipped_beam(neg3(*to), it.axis, kerb, min(0.5f * turn, 0.5f)), dipped);
  }
  return scale3(it.color, share * window * window / d2);
}

inline real3 lamp_light(__global const gpu_light *lights, word lamp, real3 at, real3 *to,
                        real *square_m) {
  return lamp_mean(lights, lamp, at, rgb(0.0f, 0.0f, 0.0f), to, square_m);
}

// The grid's cell under each point, -1 outside.
inline whole light_cell(real2 at, float2 middle) {
  float2 first = (floor(middle / LIGHT_CELL_M) - 0.5f * (float)LIGHT_CELLS) * LIGHT_CELL_M;
  real x = floor((at.x - first.x) * (1.0f / LIGHT_CELL_M));
  real y = floor((at.y - first.y) * (1.0f / LIGHT_CELL_M));
  whole inside = (x >= REAL(0.0f)) & (y >= REAL(0.0f)) & (x < REAL((float)LIGHT_CELLS)) &
                 (y < REAL((float)LIGHT_CELLS));
  return select(WHOLE(-1), to_whole(y) * LIGHT_CELLS + to_whole(x), inside);
}

// How many lamps are near points, in lanes `on`, and where the grid has them: from *row + 1 on.
inline word lamps_near(__global const uint *cells, real2 at, float2 middle, whole on, whole *row) {
  whole cell = light_cell(at, middle), inside = on & (cell >= 0);
  *row = select(WHOLE(0), cell, inside) * LIGHT_STRIDE;
  return min(select(WORD(0u), GATHER(uint, cells, *row), inside), WORD(LIGHT_PER_CELL));
}

#endif
