// SPDX-License-Identifier: Apache-2.0
// From hits to pixels: surfaces, light, sky, weather, then the camera's electronics.
// Pixels only; nothing here feeds a label. For files of render/ alone.
#ifndef RENDER_SHADE_H
#define RENDER_SHADE_H

#include "render/device_cl.h"
#include "render/kernels/types.h"
#include "scenes/weather.h"

/// How low the sun stands, rad, when the moon lights in its place.
#define SHADE_MOON_RAD (-0.15707963267948966)

typedef struct shade shade;

/// Hits of `count` rays: distance in units of the ray's direction, primitive (global
/// triangle number, HIT_NONE, HIT_SKIP), instance index, barycentrics of vertices 1 and 2.
typedef struct shade_hits {
  cl_mem t, primitive, instance, u, v;
} shade_hits;

/// What a frame's cameras share. Buffers belong to the caller.
typedef struct shade_scene {
  cl_mem instances, vertices, triangles, materials, texels, lights;
  int light_count;
  gpu_weather weather;
  cl_mem weather_buffer; // one gpu_weather, the same content
} shade_scene;

/// `count` samples of one camera. `positions` holds float2 pixel positions, or is NULL:
/// pixel centres of the whole image in tile order (kernels/common.cl). `rays`, planes of
/// `stride` floats, say where samples look and when; NULL: through a pinhole, each at its
/// row's time.
typedef struct shade_samples {
  gpu_camera camera;
  cl_mem camera_buffer; // one gpu_camera, the same content
  int count;
  int first; // number of the first: which pixel it is, without positions, and its dice
  int turn;  // of pixels with several samples, which one these are: other dice
  cl_mem positions;
  cl_mem rays;
  int stride;
  shade_hits hits;
  cl_mem material;   // (count) uint, the material of each hit, MATERIAL_UNMET where nothing was met
  cl_mem sun;        // (count) float, share of the sun seen, 0..1
  cl_mem ambient;    // (count) float, share of the sky seen by short rays, 0..1
  shade_hits mirror; // reflection rays; primitive HIT_SKIP where none was traced
  cl_mem albedo;     // (count) float4, written by shade_radiance: linear reflectance; or NULL
  cl_mem light;      // (count) float4, light of sky and street by paths_take; NULL: by `ambient`
} shade_samples;

status shade_create(shade **out, device *dev, trouble *why);
void shade_destroy(shade *s);

/// Enqueues: for each sample whose surface mirrors enough (car paint, glass, windows,
/// wet ground) a reflection ray, world origin and unit direction; others get
/// direction 0. `origins`, `directions`: (count) float4, written.
status shade_mirror_rays(shade *s, const shade_scene *scene, const shade_samples *samples,
                         cl_mem origins, cl_mem directions, trouble *why);
/// Enqueues: linear scene radiance of each sample with fog, rain and sky in it.
/// `radiance`: (count) float4, written.
status shade_radiance(shade *s, const shade_scene *scene, const shade_samples *samples,
                      cl_mem radiance, trouble *why);
/// Enqueues the camera: lens effects of the weather, exposure, noise, tone curve, sRGB.
/// `image`: (H, W) float4 linear radiance, row-major; `rgb`: (H, W, 3) bytes, written.
status shade_develop(shade *s, const shade_scene *scene, const gpu_camera *camera,
                     cl_mem camera_buffer, cl_mem image, cl_mem rgb, trouble *why);
/// Enqueues what shade_radiance finds for itself: the sky, and the lamps by the grid around the
/// camera. Valid until the next call for another camera.
typedef struct shade_lights {
  cl_mem sky, lamps, cells; // lamps: one at least, whatever lamp_count says
  int lamp_count;
  float open[3]; // mean radiance of the whole sky
} shade_lights;
status shade_light(shade *s, const shade_scene *scene, cl_mem camera_buffer, shade_lights *out,
                   trouble *why);
/// What that weather's white balance multiplies linear sRGB by.
status shade_white(shade *s, const shade_scene *scene, double gains[3], trouble *why);
/// Sun, sky, exposure and the rest from the weather; pure host arithmetic. Seed and frame
/// make noise repeatable. Used by lidar too.
void shade_weather(const weather_state *weather, uint32_t seed, uint32_t frame, double time_s,
                   gpu_weather *out);

/// Local lamps in the renderer's unit of light: 1 is 10,000 lux (irradiance), or 10,000
/// cd/m2 (radiance). A gpu_light's colour is its intensity: what falls on a surface
/// facing it one metre away.
/// A street lamp at p, shining down; the seed chooses lantern and colour temperature.
void shade_lamp_street(const float p[3], uint32_t seed, gpu_light *out);
/// A blue flash at p, all round.
void shade_lamp_blue(const float p[3], gpu_light *out);
/// A car's dipped beam (one lamp) at p; `forward` is the car's unit x axis. `left_hand`: its
/// cut-off rises to the left.
void shade_lamp_head(const float p[3], const float forward[3], uint32_t seed, bool left_hand,
                     gpu_light *out);

#endif
