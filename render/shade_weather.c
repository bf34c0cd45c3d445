// SPDX-License-Identifier: Apache-2.0
// From the weather to light: which lamp the sky has, how strong, and what exposure a
// camera would choose.
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "render/shade.h"
#include "render/sky.h"

static const double PI = 3.14159265358979323846;
static const double LAMP_LUX = 10; // mean of lit streets
static const double MOON = 2.0e-5; // full moon, facing it

static double smooth(double lo, double hi, double x) {
  double u = fmax(0, fmin(1, (x - lo) / (hi - lo)));
  return u * u * (3 - 2 * u);
}

// Rain and snow fall from clouds, whatever the script says of them.
static double cover_of(const weather_state *w) {
  double least = 0.93 * smooth(0, 1.5, w->rain_mmh + 2 * w->snow_mmh);
  return fmax(0, fmin(1, fmax(w->cloud_cover, least)));
}

// Level light expected in the scene, for exposure: sun, dome, lamps.
static double expected_light(const weather_state *w, double cover, double night) {
  double sun[3], fog = sky_fog_share(weather_fog_beta_pm(w), w->sun_elevation_rad);
  sky_sun_transmittance(w->sun_elevation_rad, w->turbidity, sun);
  double clear = SKY_SUN * sun[1] * fmax(0, sin(w->sun_elevation_rad)) +
                 sky_dome_irradiance(w->sun_elevation_rad);
  return clear * sky_global_share(cover) * (0.68 + 0.32 * fog) + night * LAMP_LUX * 1e-4;
}

// A camera lifts dark scenes, but not all the way: overcast stays duller than sun, and
// night stays night.
static double exposure_of(double light) {
  double key = 1.62 * pow(light / 10, 0.41);
  return PI / light * fmin(1.6, fmax(0.56, key));
}

void shade_weather(const weather_state *weather, uint32_t seed, uint32_t frame, double time_s,
                   gpu_weather *out) {
  memset(out, 0, sizeof *out);
  double elevation = weather->sun_elevation_rad, azimuth = weather->sun_azimuth_rad;
  double cover = cover_of(weather), night = 1 - smooth(-6 * PI / 180, 3 * PI / 180, elevation);
  double fog = sky_fog_share(weather_fog_beta_pm(weather), elevation);
  double through[3], strength = SKY_SUN * sky_direct_share(cover) * fog;
  sky_sun_transmittance(elevation, weather->turbidity, through);
  double from = elevation, at = azimuth;
  if (elevation < SHADE_MOON_RAD) { // the moon, somewhere to the side of the set sun
    from = 38 * PI / 180;
    at = azimuth + 2.2;
    strength = MOON * sky_direct_share(cover) * fog;
    through[0] = 0.92, through[1] = 0.98, through[2] = 1.08;
  }
  out->sun_direction[0] = (float)(cos(from) * cos(at));
  out->sun_direction[1] = (float)(cos(from) * sin(at));
  out->sun_direction[2] = (float)sin(from);
  for (int c = 0; c < 3; c++)
    out->sun_color[c] = (float)(strength * through[c]);
  out->cloud_cover = (float)cover;
  out->rain_mmh = (float)weather->rain_mmh;
  out->snow_mmh = (float)weather->snow_mmh;
  out->fog_beta = (float)weather_fog_beta_pm(weather);
  out->wetness = (float)weather->wetness;
  out->water_film_mm = (float)weather->water_film_mm;
  out->snow_depth_mm = (float)weather->snow_depth_mm;
  out->wind[0] = (float)(weather->wind_mps * cos(weather->wind_heading_rad));
  out->wind[1] = (float)(weather->wind_mps * sin(weather->wind_heading_rad));
  out->turbidity = (float)weather->turbidity;
  out->night = (float)night;
  out->time_s = (float)time_s;
  out->sun_elevation = (float)elevation;
  out->temperature_c = (float)weather->temperature_c;
  out->seed = seed;
  out->frame = frame;
  // Fog and snow fill the picture with white, which meters hold down.
  double white = 0.22 * (1 - fog) + 0.25 * smooth(0, 15, weather->snow_depth_mm);
  out->exposure = (float)(exposure_of(expected_light(weather, cover, night)) * (1 - white));
}

void shade_lamp_street(const float p[3], uint32_t seed, gpu_light *out) {
  // Light-emitting diodes from warm to neutral; some streets still have sodium.
  static const float TINTS[4][3] = {
      {1.0f, 0.86f, 0.68f}, {1.0f, 0.80f, 0.56f}, {1.0f, 0.92f, 0.80f}, {1.0f, 0.60f, 0.24f}};
  rng r = rng_at(seed, RNG_ASSET, 0, 0, 0);
  const float *tint = TINTS[rng_below(&r, 4)];
  double intensity = rng_uniform(&r, 0.22, 0.30); // 2200..3000 cd
  memset(out, 0, sizeof *out);
  memcpy(out->p, p, sizeof out->p);
  out->direction[2] = -1;
  for (int c = 0; c < 3; c++)
    out->color[c] = (float)intensity * tint[c];
  out->cos_inner = 0.80f;
  out->cos_outer = 0.12f;
  out->range = 30;
}

void shade_lamp_blue(const float p[3], gpu_light *out) {
  // Some hundred candela in all directions while it flashes (ECE R65 asks for at least that).
  memset(out, 0, sizeof *out);
  memcpy(out->p, p, sizeof out->p);
  out->direction[2] = -1;
  out->color[0] = 0.004f, out->color[1] = 0.016f, out->color[2] = 0.12f;
  out->cos_inner = -0.2f;
  out->cos_outer = -0.9f;
  out->range = 25;
}

void shade_lamp_head(const float p[3], const float forward[3], uint32_t seed, bool left_hand,
                     gpu_light *out) {
  rng r = rng_at(seed, RNG_ASSET, 0, 1, 0);
  bool halogen = rng_chance(&r, 0.45);
  static const float DIODE[3] = {0.95f, 1.0f, 1.06f}, HALOGEN[3] = {1.0f, 0.83f, 0.60f};
  const float *tint = halogen ? HALOGEN : DIODE;
  memset(out, 0, sizeof *out);
  memcpy(out->p, p, sizeof out->p);
  // The cut-off is set 1 % down (UN R48).
  double down = atan(0.01), k = cos(down);
  for (int c = 0; c < 3; c++) {
    out->direction[c] = (float)(forward[c] * k);
    out->color[c] = (halogen ? 1.25f : 1.5f) * tint[c]; // 12,500 and 15,000 cd at its brightest
  }
  out->direction[2] -= (float)sin(down);
  out->cos_inner = left_hand ? 3 : 2; // no cone: light.cl has the pattern of a dipped beam
  out->cos_outer = 2;
  out->range = 60;
}
