// SPDX-License-Identifier: Apache-2.0
// From hits to points of surfaces: attributes of the triangles met, in the world and in
// the thing's own frame. All lanes of a call are hits.
#ifndef SURFACE_HIT_CL
#define SURFACE_HIT_CL
#include "surface.cl"

// Buffers of the scene that every kernel here reads.
typedef struct scene_view {
  __global const gpu_instance *instances;
  __global const gpu_vertex *vertices;
  __global const gpu_triangle *triangles;
  __global const gpu_material *materials;
  __global const uint *texels; // of textures, see render/texture.h
} scene_view;

// Hits of the same rays as other buffers of a sample list; see render/shade.h.
typedef struct hit_list {
  __global const float *t;
  __global const uint *primitive, *instance;
  __global const float *u, *v;
} hit_list;

// A vertex's eight numbers, or differences of such: position, normal, uv.
typedef struct attributes {
  real x, y, z, nx, ny, nz, u, v;
} attributes;

#if LANES == 8
// Rows of one lane each to columns of one number each.
inline attributes attributes_of(const float8 *r) {
  float8 a0 = PAIRS_LOW(r[0], r[1]), a1 = PAIRS_HIGH(r[0], r[1]), b0 = PAIRS_LOW(r[2], r[3]),
         b1 = PAIRS_HIGH(r[2], r[3]);
  float8 c0 = PAIRS_LOW(r[4], r[5]), c1 = PAIRS_HIGH(r[4], r[5]), d0 = PAIRS_LOW(r[6], r[7]),
         d1 = PAIRS_HIGH(r[6], r[7]);
  float8 e0 = HALVES_LOW(a0, b0), e1 = HALVES_HIGH(a0, b0), e2 = HALVES_LOW(a1, b1),
         e3 = HALVES_HIGH(a1, b1);
  float8 f0 = HALVES_LOW(c0, d0), f1 = HALVES_HIGH(c0, d0), f2 = HALVES_LOW(c1, d1),
         f3 = HALVES_HIGH(c1, d1);
  attributes out = {
      (float8)(e0.lo, f0.lo), (float8)(e1.lo, f1.lo), (float8)(e2.lo, f2.lo),
      (float8)(e3.lo, f3.lo), (float8)(e0.hi, f0.hi), (float8)(e1.hi, f1.hi),
      (float8)(e2.hi, f2.hi), (float8)(e3.hi, f3.hi),
  };
  return out;
}
#endif

// Attributes at barycentrics u, v of the triangles met, and along their two edges.
inline void triangle_attributes(scene_view view, word primitive, real u, real v, attributes *at,
                                attributes *edge1, attributes *edge2) {
  __global const float *vertices = (__global const float *)view.vertices;
#if LANES == 8
  float8 rows[8], rows1[8], rows2[8];
  float us[8], vs[8];
  uint primitives[8];
  vstore8(u, 0, us);
  vstore8(v, 0, vs);
  vstore8(primitive, 0, primitives);
  for (int k = 0; k < 8; k++) {
    __global const gpu_triangle *t = view.triangles + primitives[k];
    float8 a = vload8(t->v[0], vertices);
    rows1[k] = vload8(t->v[1], vertices) - a;
    rows2[k] = vload8(t->v[2], vertices) - a;
    rows[k] = a + rows1[k] * us[k] + rows2[k] * vs[k];
  }
  *at = attributes_of(rows);
  *edge1 = attributes_of(rows1);
  *edge2 = attributes_of(rows2);
#else
  __global const gpu_triangle *t = view.triangles + primitive;
  float8 a = vload8(t->v[0], vertices), e = vload8(t->v[1], vertices) - a;
  float8 f = vload8(t->v[2], vertices) - a, p = a + e * u + f * v;
  attributes one = {p.s0, p.s1, p.s2, p.s3, p.s4, p.s5, p.s6, p.s7};
  attributes two = {e.s0, e.s1, e.s2, e.s3, e.s4, e.s5, e.s6, e.s7};
  attributes three = {f.s0, f.s1, f.s2, f.s3, f.s4, f.s5, f.s6, f.s7};
  *at = one;
  *edge1 = two;
  *edge2 = three;
#endif
}

// What shading needs of the things met. Most lanes meet the same thing.
typedef struct thing_view {
  real4 q; // at the sample's time
  real3 scale;
  word seed, flags, signal, kind, triangle_first;
} thing_view;

#define ONE_QUAT(p, name)                                                                          \
  { REAL((p)->name[0]), REAL((p)->name[1]), REAL((p)->name[2]), REAL((p)->name[3]) }
inline thing_view thing_look(scene_view view, word instance, real time) {
  thing_view out;
  __global const gpu_instance *all = view.instances;
  out.q = things_rotation(all, instance, time, &out.scale);
  if (same_lanes(instance)) {
    __global const gpu_instance *it = all + FIRST_LANE(instance);
    out.seed = WORD(it->seed);
    out.flags = WORD(it->flags);
    out.signal = WORD(it->signal);
    out.kind = WORD(it->kind);
    out.triangle_first = WORD(it->triangle_first);
    return out;
  }
  out.seed = GATHER_OF(uint, all, instance, seed);
  out.flags = GATHER_OF(uint, all, instance, flags);
  out.signal = GATHER_OF(uint, all, instance, signal);
  out.kind = GATHER_OF(uint, all, instance, kind);
  out.triangle_first = GATHER_OF(uint, all, instance, triangle_first);
  return out;
}

inline real3 divide3(real3 a, real3 b) {
  return triple(a.x / b.x, a.y / b.y, a.z / b.z);
}

// The axes of a pane's uv in the thing's frame, and the pane's number: where uv is 0 names
// the pane, whichever of its triangles was hit.
inline void pane_axes(const thing_view *it, const attributes *a, const attributes *e1,
                      const attributes *e2, real3 ray, surface_point *at) {
  real4 back = {-it->q.x, -it->q.y, -it->q.z, it->q.w};
  at->view_object = turn(back, ray);
  real det = e1->u * e2->v - e2->u * e1->v;
  real k = 1.0f / select(det, REAL(1e-8f), fabs(det) < REAL(1e-8f));
  real3 p1 = mul3(triple(e1->x, e1->y, e1->z), it->scale);
  real3 p2 = mul3(triple(e2->x, e2->y, e2->z), it->scale);
  real3 du = scale3(sub3(scale3(p1, e2->v), scale3(p2, e1->v)), k);
  real3 dv = scale3(sub3(scale3(p2, e1->u), scale3(p1, e2->u)), k);
  real3 zero = sub3(at->object, add3(scale3(du, a->u), scale3(dv, a->v)));
  at->du = unit3(du);
  at->dv = unit3(dv);
  word z = cell_of(floor(zero.z * 4.0f + 0.137f));
  at->pane = hash_cell(cell_of(floor(zero.x * 4.0f + 0.137f)),
                       cell_of(floor(zero.y * 4.0f + 0.137f)), hash_word(at->seed + z));
}

inline bool shader_sees_through(uint shader) {
  return shader == SHADER_WINDOW || shader == SHADER_SHOP_WINDOW || shader == SHADER_CAR_GLASS;
}

inline bool shader_is_textured(uint shader) {
  return shader == SHADER_TEXTURE || shader == SHADER_TEXTURE_PAINT;
}

// Fills `at` for rays origin + t direction (not normalised). `pixel` is a pixel's size at
// distance 1; what only panes, boards or textures need is there for such shaders alone.
inline void surface_meet(scene_view view, word primitive, word instance, real u, real v, real t,
                         real3 origin, real3 direction, real time, float pixel, uint shader,
                         surface_point *at) {
  attributes a, e1, e2;
  triangle_attributes(view, primitive, u, v, &a, &e1, &e2);
  thing_view it = thing_look(view, instance, time);
  at->object = mul3(triple(a.x, a.y, a.z), it.scale);
  at->world = add3(origin, scale3(direction, t));
  real length2 = dot3(direction, direction), inverse = 1.0f / sqrt(length2);
  at->distance = t * length2 * inverse;
  real3 ray = scale3(direction, inverse);
  at->view = neg3(ray);
  at->object_normal = unit3(divide3(triple(a.nx, a.ny, a.nz), it.scale));
  real3 normal = turn(it.q, at->object_normal);
  real3 side1 = mul3(triple(e1.x, e1.y, e1.z), it.scale);
  real3 side2 = mul3(triple(e2.x, e2.y, e2.z), it.scale);
  real3 face = turn(it.q, unit3(cross3(side1, side2)));
  real towards = dot3(face, ray);
  face = choose3(face, neg3(face), towards > REAL(0.0f));
  normal = choose3(normal, neg3(normal), dot3(normal, face) < REAL(0.0f));
  // A normal that points away from the viewer at a silhouette is bent back.
  real back = dot3(normal, ray);
  real3 bent = unit3(sub3(normal, scale3(ray, back + 0.02f)));
  at->face = face;
  at->normal = choose3(normal, bent, back > REAL(-0.02f));
  at->uv = pair(a.u, a.v);
  // A pixel's size along and across the surface in one number: their geometric mean.
  at->footprint = t * pixel / sqrt(max(fabs(towards), 0.06f));
  at->seed = it.seed;
  at->flags = it.flags;
  at->signal = it.signal;
  at->kind = it.kind;
  at->triangle = primitive - it.triangle_first;
  if (shader == SHADER_CLOTH)
    at->material = GATHER_OF(uint, view.triangles, primitive, material);
  if (shader_sees_through(shader) || shader == SHADER_SHOP_SIGN)
    pane_axes(&it, &a, &e1, &e2, ray, at);
  if (shader_is_textured(shader)) {
    real3 area = cross3(side1, side2);
    real of_picture = fabs(e1.u * e2.v - e2.u * e1.v);
    at->uv_per_m = sqrt(of_picture / max(sqrt(dot3(area, area)), 1e-12f));
    real det = e1.u * e2.v - e2.u * e1.v,
         turned = select(REAL(1.0f), REAL(-1.0f), det < REAL(0.0f));
    at->along = turn(it.q, scale3(sub3(scale3(side1, e2.v), scale3(side2, e1.v)), turned));
    at->down = turn(it.q, scale3(sub3(scale3(side2, e1.u), scale3(side1, e2.u)), turned));
  }
}

// Materials of the lanes; their shader is the same.
typedef struct material_view {
  real3 albedo, glow; // glow: of textured shaders, else black
  real roughness, metallic;
} material_view;

inline material_view material_look(scene_view view, word primitive, word instance) {
  material_view out;
  out.glow = rgb(0.0f, 0.0f, 0.0f);
  word number = GATHER_OF(uint, view.triangles, primitive, material);
  whole slot;
  if (same_lanes(number)) {
    __global const gpu_material *m = view.materials + FIRST_LANE(number);
    out.albedo = rgb(m->albedo[0], m->albedo[1], m->albedo[2]);
    out.roughness = REAL(m->roughness);
    out.metallic = REAL(m->metallic);
    slot = WHOLE(m->palette);
  } else {
    out.albedo = triple(GATHER_OF(float, view.materials, number, albedo[0]),
                        GATHER_OF(float, view.materials, number, albedo[1]),
                        GATHER_OF(float, view.materials, number, albedo[2]));
    out.roughness = GATHER_OF(float, view.materials, number, roughness);
    out.metallic = GATHER_OF(float, view.materials, number, metallic);
    slot = GATHER_OF(int, view.materials, number, palette);
  }
  whole painted = slot >= 0;
  if (any_lane(painted)) {
    slot &= 3;
#define PALETTE(s) view.instances[AT(instance, s)].palette[AT(slot, s)]
    word color = EACH_LANE(uint, PALETTE);
#undef PALETTE
    out.albedo = choose3(out.albedo, mul3(out.albedo, palette_color(color)), painted);
  }
  return out;
}

// camera_ray through pixel positions, with a short way for a global shutter.
inline void pixel_ray(__global const gpu_camera *c, real2 xy, real3 *origin, real3 *direction,
                      real *time) {
  real4 q = ONE_QUAT(c, begin_q);
  real3 p = rgb(c->begin_p[0], c->begin_p[1], c->begin_p[2]);
  real u = REAL(0.0f);
  if (c->readout > 0.0f) {
    u = c->readout * clamp(xy.y * (1.0f / (float)c->height), 0.0f, 1.0f);
    real4 end = ONE_QUAT(c, end_q);
    q = between4(q, end, u);
    p = mix3(p, rgb(c->end_p[0], c->end_p[1], c->end_p[2]), u);
  }
  *time = u;
  *origin = p;
  *direction = turn(q, triple((xy.x - c->cx) / c->fx, (xy.y - c->cy) / c->fy, REAL(1.0f)));
}

// Rays as they were traced, from planes of `stride` floats.
inline void traced_ray(__global const float *rays, int stride, whole i, real3 *origin,
                       real3 *direction, real *time) {
#define PLANE(plane) GATHER(float, rays + (plane)*stride, i)
  *origin = triple(PLANE(RAY_OX), PLANE(RAY_OY), PLANE(RAY_OZ));
  *direction = triple(PLANE(RAY_DX), PLANE(RAY_DY), PLANE(RAY_DZ));
  *time = PLANE(RAY_TIME);
#undef PLANE
}

inline bool shader_is_ground(uint shader) {
  return shader == SHADER_ASPHALT || shader == SHADER_ROAD_MARK || shader == SHADER_PAVING;
}

inline bool shader_is_glossy(uint shader) {
  return shader == SHADER_CAR_PAINT || shader == SHADER_TEXTURE_PAINT ||
         shader_sees_through(shader);
}

#endif
