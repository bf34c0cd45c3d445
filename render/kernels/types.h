// SPDX-License-Identifier: Apache-2.0
// Records that host and kernels share: only 4-byte members, so that both lay them
// out alike. Quaternions here are x, y, z, w.
#ifndef RENDER_KERNELS_TYPES_H
#define RENDER_KERNELS_TYPES_H

#ifdef __OPENCL_VERSION__
typedef uint u32;
#else
#include <stdint.h>
typedef uint32_t u32;
#endif

#define HIT_NONE 0xffffffffu // primitive of a ray that met nothing
#define CLASS_EGO 29u        // SEMANTIC_EGO: all of the ego, whoever rides it
#define HIT_SKIP 0xfffffffeu // primitive of a ray that wasn't traced

// One thing in a frame. World = translate(p) * rotate(q) * scale; between begin and
// end the position is linear and the rotation a normalised linear interpolation.
// A wheel also turns about its own y axis, by `spin` radians over the interval: more than two
// poses can tell. Its x and z scales are one.
// Seed, not address: shading that varies reads `seed` and the local triangle
// number (primitive - triangle_first), both the same in every run.
typedef struct gpu_instance {
  float begin_p[3], end_p[3];
  float begin_q[4], end_q[4];
  float scale[3];
  u32 root;           // first node of its geometry tree
  u32 triangle_first; // its geometry's first triangle in the shared arrays
  u32 vertex_first;
  u32 id, class; // label id; semantic of materials that have none
  u32 flags;     // ACTOR_… lights
  u32 signal;    // signal_color of a signal head
  u32 seed;
  u32 palette[4];    // 0x00BBGGRR sRGB
  u32 moving;        // begin != end
  u32 at_home;       // its own frame is the world's, as the ground's
  u32 kind;          // thing_kind
  u32 mesh;          // number of its geometry
  float spin;        // rad about its own y over the interval, of a wheel
  u32 parts;         // instances right behind this one that are parts of the same thing
  float inverse[12]; // world -> own frame at the begin, 3 rows of 4
} gpu_instance;

typedef struct gpu_vertex {
  float p[3], n[3], uv[2];
} gpu_vertex;

// Vertices are indices into the shared vertex array.
typedef struct gpu_triangle {
  u32 v[3];
  u32 material;
} gpu_triangle;

typedef struct gpu_material {
  float albedo[3]; // a texture's mean
  float roughness, metallic;
  u32 shader;
  int palette; // slot or -1
  u32 class;   // semantic or 0
  // Of SHADER_TEXTURE and SHADER_TEXTURE_PAINT: the first words of textures of colour and of
  // roughness (green) and metal (blue), 0 for none, and what the colour is multiplied by.
  u32 color_texture, surface_texture;
  float tint[3];
  // Likewise of normals in the picture's frame, whose slopes count `bump` times, and of light.
  u32 normal_texture, glow_texture;
  float bump;
  float glow[3]; // radiance of its own, times the texture's
} gpu_material;

// Words at a texture's beginning, see render/texture.h; levels begin so many words from there.
enum {
  TEXTURE_WIDTH,
  TEXTURE_HEIGHT,
  TEXTURE_LEVELS,
  TEXTURE_WRAP_U, // texture_wrap of scenes/gltf_read.h
  TEXTURE_WRAP_V,
  TEXTURE_LEVEL_FIRST,
  TEXTURE_HEAD = TEXTURE_LEVEL_FIRST + 16
};

// Eight children with their boxes. A child is a node's index, or NODE_LEAF with
// count - 1 in bits 27..30 and the first item below. Unused slots have empty boxes.
#define NODE_LEAF 0x80000000u
#define NODE_FIRST 0x07ffffffu
#define NODE_COUNT(child) ((((child) >> 27) & 15u) + 1u)
typedef struct gpu_node {
  float lo_x[8], lo_y[8], lo_z[8], hi_x[8], hi_y[8], hi_z[8];
  u32 child[8];
  u32 pad[8];
} gpu_node;

// A triangle as rays meet it: one corner, the two edges from it and n = e1 x e2.
typedef struct gpu_facet {
  float v0[3], nx, e1[3], ny, e2[3], nz;
} gpu_facet;

// Ray buffers are 8 planes of `count` floats in this order. A limit <= 0 makes an
// idle ray. Time is the share of the frame's interval, 0..1.
enum { RAY_OX, RAY_OY, RAY_OZ, RAY_DX, RAY_DY, RAY_DZ, RAY_TIME, RAY_LIMIT, RAY_PLANES };

// How a camera's lens maps directions (kernels/lens.cl).
#define CAMERA_PINHOLE 0
#define CAMERA_BROWN 1
#define CAMERA_RADIAL 2 // Kannala-Brandt and f-theta
#define CAMERA_PANORAMA 3

// A camera for one frame, poses of the camera frame (x right, y down, z forward) in the
// world at the interval's begin and end.
typedef struct gpu_camera {
  float begin_p[3], end_p[3];
  float begin_q[4], end_q[4];
  float fx, fy, cx, cy;
  int width, height;
  float readout;  // share of the interval from first to last row, 0 global
  float exposure; // share of the interval that a row is exposed, from its own time on
  int lens;
  float field;             // brown: most of sqrt(a^2 + b^2); radial: largest angle off the axis
  float edge;              // radial: |m| there
  float k[9];              // brown: k1 k2 p1 p2 k3 k4 k5 k6; radial: |m| = k[0] t + k[1] t^2 + …
  float middle[2], corner; // the sensor's middle in the image, 4 / its squared diagonal or 0
  // Samples may be of a band of rows alone (render/camera_band.c); all 0: of the whole image.
  int band_row;               // its first, a multiple of 32
  int band_rest;              // rows of the image after its last
  int band_above, band_below; // rows at its ends that are there for their neighbours' sake
} gpu_camera;

// Where something is over an interval, as in gpu_instance.
typedef struct gpu_path {
  float begin_p[3], end_p[3];
  float begin_q[4], end_q[4];
  float spin;
} gpu_path;

// Something that moves: over this frame's interval, and over the next or the last one's.
// Positions are from an origin near the ego, so that floats are fine enough for labels.
typedef struct gpu_mover {
  gpu_path now, then;
} gpu_mover;

// A spinning lidar for one frame and the air between it and things.
typedef struct gpu_lidar {
  float begin_p[3], end_p[3];
  float begin_q[4], end_q[4];
  int rings, steps;
  float turn_share; // a turn's time over the frame's interval, <= 1
  float range_min, range_max, range_noise, divergence;
  float power_min;  // least return power, unit albedo at 1 m = 1
  float extinction; // 1/m, fog and rain
  float wetness;
  float drop_density;  // drops over 0.5 mm a m3, 0 dry
  float drop_slope;    // 1/mm of their sizes
  float weather_noise; // 1 when rain or snow blurs ranges
  u32 snowing;
  u32 key[2], scene, frame; // philox
} gpu_lidar;

// Linear light to sRGB bytes: floats from 2^-13 to 1 in cells of the same first bits, in each of
// which one byte ends at most. SRGB_FIRST: the first cell's bits.
#define SRGB_SHIFT 16
#define SRGB_FIRST (114 << 7)
#define SRGB_CELLS (13 * 128 + 1)
typedef struct gpu_step {
  u32 byte;   // of the cell's first float
  float next; // from where on it is the next byte; beyond the cell: nowhere in it
} gpu_step;

// The light and the air, the same for every sensor of a frame.
typedef struct gpu_weather {
  float sun_direction[3]; // to the sun (or the moon at night), world
  float sun_color[3];     // linear radiance-like, after air and clouds
  float cloud_cover, rain_mmh, snow_mmh;
  float fog_beta; // extinction, 1/m
  float wetness, water_film_mm, snow_depth_mm;
  float wind[2];
  float turbidity;
  float night;         // 0 day .. 1 night: lamps and lit windows
  float time_s;        // since the scene began
  float sun_elevation; // rad
  u32 seed, frame;
  float exposure;      // linear scale before the tone curve
  float temperature_c; // of the air
  float lamp_reach;    // how much brighter lamps may be than simple cameras show them; 0 as 1
} gpu_weather;

// A local lamp: street lamp, headlight. cos_outer < -1: no cone.
typedef struct gpu_light {
  float p[3], direction[3], color[3];
  float cos_inner, cos_outer, range;
} gpu_light;

#endif
