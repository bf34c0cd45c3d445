// SPDX-License-Identifier: Apache-2.0
// What the air does to a pulse, in closed forms and one integral.
#include <math.h>

#include "render/lidar.h"

static const double PI = 3.14159265358979323846;

double lidar_extinction_pm(const weather_state *weather) {
  double fog = weather->fog_visibility_m < WEATHER_CLEAR_MOR_M ? weather_fog_beta_pm(weather) : 0;
  // LISA's Marshall-Palmer rain: 0.0016 /m at 10 mm/h, 0.0028 at 25, a power law between.
  double rain = weather->rain_mmh > 0 ? 0.0016 * pow(weather->rain_mmh / 10, 0.611) : 0;
  // Flakes are larger and slower: for the same water about three times the extinction.
  double snow = weather->snow_mmh > 0 ? 0.0048 * pow(weather->snow_mmh / 10, 0.611) : 0;
  return fog + rain + snow;
}

double lidar_fog_power(double range_m, double fog_visibility_m, double extinction_pm) {
  enum { STEPS = 64 };
  static const double C = 299792458.0, TAU_S = 20e-9;
  double backscatter = 0.046 / fog_visibility_m, sum = 0;
  for (int i = 0; i < STEPS; i++) {
    double t = (i + 0.5) * 2 * TAU_S / STEPS, at = range_m - C * t / 2;
    if (at <= 0.9)
      continue;
    double crossover = at < 1 ? (at - 0.9) / 0.1 : 1;
    double pulse = sin(PI * t / (2 * TAU_S));
    sum += pulse * pulse * exp(-2 * extinction_pm * at) * crossover / (at * at);
  }
  // A Lambertian target sends albedo / pi into a steradian; in its units the fog's
  // backscatter is worth pi times as much.
  return PI * backscatter * sum * (C / 2) * (2 * TAU_S / STEPS);
}
