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

int weather_is_dark(const weather_state *weather) {
  return weather->sun_elevation_rad < 3 * RAD || weather->fog_visibility_m < 120;
}
