// SPDX-License-Identifier: Apache-2.0
#include "scenes/weather.h"

#include <math.h>

static const double RAD = 3.14159265358979323846 / 180;

weather_state weather_state_default(void) {
  weather_state w = {.cloud_cover = 0.2,
                     .fog_visibility_m = WEATHER_CLEAR_MOR_M,
                     .wind_mps = 2,
                     .temperature_c = 18,
                     .turbidity = 3};
  weather_place_sun(&w, 14, 50, 172);
  return w;
}

void weather_place_sun(weather_state *weather, double time_of_day_h, double latitude_deg,
                       int day_of_year) {
  double declination = 23.45 * RAD * sin(2 * 180 * RAD * (284 + day_of_year) / 365.0);
  double hour_angle = (time_of_day_h - 12) * 15 * RAD;
  double latitude = latitude_deg * RAD;
  double sin_elevation =
      sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(hour_angle);
  weather->sun_elevation_rad = asin(fmax(-1, fmin(1, sin_elevation)));
  // East and north parts of the sun's direction.
  double east = -cos(declination) * sin(hour_angle);
  double north =
      sin(declination) * cos(latitude) - cos(declination) * cos(hour_angle) * sin(latitude);
  weather->sun_azimuth_rad = atan2(north, east);
}

double weather_fog_beta_pm(const weather_state *weather) {
  return 2.995732273553991 / fmax(weather->fog_visibility_m, 1.0);
}

static double between(double from, double to, double u) {
  return from + u * (to - from);
}

void weather_change_at(const weather_change *change, const weather_state *from, double time_s,
                       weather_state *weather) {
  if (!change->given)
    return;
  double u = fmax(0, fmin(1, (time_s - change->at_s) / change->over_s));
  const weather_state *to = &change->to;
  weather->cloud_cover = between(from->cloud_cover, to->cloud_cover, u);
  weather->rain_mmh = between(from->rain_mmh, to->rain_mmh, u);
  weather->snow_mmh = between(from->snow_mmh, to->snow_mmh, u);
  weather->fog_visibility_m =
      from->fog_visibility_m * pow(to->fog_visibility_m / from->fog_visibility_m, u);
  weather->wind_mps = between(from->wind_mps, to->wind_mps, u);
  weather->wind_heading_rad =
      from->wind_heading_rad +
      u * remainder(to->wind_heading_rad - from->wind_heading_rad, 2 * 180 * RAD);
  weather->temperature_c = between(from->temperature_c, to->temperature_c, u);
  weather->turbidity = between(from->turbidity, to->turbidity, u);
}

int weather_is_dark(const weather_state *weather) {
  return weather->sun_elevation_rad < 3 * RAD || weather->fog_visibility_m < 120;
}
