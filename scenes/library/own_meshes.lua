-- SPDX-License-Identifier: Apache-2.0
-- Meshes of one's own: a plain figure on the sidewalk and among the people, benches of one's own,
-- and one that somebody left in the lane. Put your .glb files beside a copy of this script.

local figure = asset("figure.glb", { class = "pedestrian" })
local bench = asset("oak_bench.glb", { class = "bench" })

return scene {
  duration_s = 4,
  frame_hz = 5,
  time_of_day_h = uniform(9, 17),

  road = straight { length_m = 200, sidewalk_m = 3 },
  actors = {
    actor { body = figure, at = ahead(ego, { gap_m = 7, lane = "sidewalk" }) },
  },
  props = {
    prop { body = bench, at = ahead(ego, { gap_m = 10, lane = "sidewalk", facing = "across" }) },
    prop { body = bench, at = ahead(ego, { gap_m = 24, lane = "sidewalk", facing = "across" }) },
    prop { body = bench, at = ahead(ego, { gap_m = 60 }) },
  },
  traffic = { vehicles_per_km = uniform(5, 10) },
  pedestrians = { per_km = 30, bodies = { figure } },
  weather = clear {},
  ego = { speed_mps = 5, rig = rigs.minimal },
}
