// SPDX-License-Identifier: Apache-2.0
// Work zones: a lane, or a strip beside the lanes, that is closed for a stretch of a road. The road
// becomes several that continue each other, and what is closed a lane of type LANE_WORKS.
#ifndef SCENES_ROAD_WORKS_H
#define SCENES_ROAD_WORKS_H

#include "scenes/road_builder.h"

/// What closes a lane of one road. Distances run in driving direction from where the lane begins.
typedef struct road_closing {
  int road, lane;   // ids; the lane's type says what is closed
  double lead_m;    // the limit holds from here
  double taper_m;   // the lane narrows from here
  double work_m;    // and is gone from here
  double reopen_m;  // it comes back from here
  double end_m;     // and is whole from here; the limit ends
  double limit_mps; // of the lanes that stay, at most
} road_closing;

/// Draws up to `count` closings and carries them out one by one: as many as the roads have room
/// for. Comes when links are set and junctions filled; gives roads new ids. A road's outermost or
/// innermost driving lane is closed where others stay beside it, else its bays or its shoulder.
void road_works_add(road_builder *b, int count, rng *r);
/// Draws one, or returns false where there is no room. Roads that have works are left alone.
bool road_works_draw(const road_builder *b, rng *r, road_closing *out);
/// Carries one out.
void road_works_close(road_builder *b, const road_closing *closing);

#endif
