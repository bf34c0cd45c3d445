-- SPDX-License-Identifier: Apache-2.0
-- Scenes on the streets of an OpenStreetMap extract. Put your own beside a copy of this script:
-- the XML that openstreetmap.org exports, or that Overpass or osmium give.
-- Look at it first:  roadloom road scenes/library/village.lua --svg roads.svg

return scene {
  duration_s = 4,
  frame_hz = 5,
  time_of_day_h = uniform(8, 18),
  latitude_deg = 51,

  road = osm {
    file = "village.osm",
    building_height_m = uniform(6, 11), -- of buildings whose height the extract doesn't say
    trees_per_km = uniform(10, 50),     -- besides its own
    parked_per_km = uniform(10, 60),
  },
  traffic = { vehicles_per_km = uniform(8, 20) },
  pedestrians = { per_km = uniform(10, 50) },
  weather = choose {
    { weight = 3, clear {} },
    { weight = 2, cloudy {} },
    { weight = 1, rain { rate_mmh = log_uniform(1, 20) } },
  },
  ego = { rig = rigs.minimal, driver = "idm" },
}
