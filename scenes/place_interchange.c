// SPDX-License-Identifier: Apache-2.0
// A motorway and a road that crosses it at another level, with ramps between them.
#include <string.h>

#include "scenes/interchange.h"
#include "scenes/land.h"

static const double WAVES_M = 0.5; // of the open land, so that it isn't a table

highway_def interchange_motorway(const interchange_def *def) {
  return (highway_def){.length_m = def->length_m,
                       .lanes = def->lanes,
                       .lane_width_m = def->lane_width_m,
                       .shoulder_m = def->shoulder_m,
                       .speed_limit_mps = def->speed_limit_mps,
                       .acceleration_m = def->acceleration_m,
                       .deceleration_m = def->deceleration_m,
                       .ramp_radius_m = def->ramp_radius_m};
}

bool interchange_motorway_over(const interchange_def *def) {
  return strcmp(def->over, "motorway") == 0;
}

status place_interchange(road_builder *b, const interchange_def *def, rng *r, trouble *why) {
  b->net.land.terrain = land_draw_terrain(r, WAVES_M);
  status got = STATUS_OK;
  if (strcmp(def->kind, "trumpet") == 0)
    got = interchange_trumpet(b, def, r, why);
  else if (strcmp(def->kind, "cloverleaf") == 0)
    got = interchange_cloverleaf(b, def, r, why);
  else
    got = interchange_diamond(b, def, r, why);
  return got == STATUS_OK && b->failed
             ? trouble_set(why, STATUS_MEMORY, "memory ran out while building the interchange")
             : got;
}
