-- SPDX-License-Identifier: Apache-2.0
-- A car stands ahead; who doesn't brake hits it where the gap is small and the speed high.
local gap_m = uniform(60, 160)
local speed_mps = uniform(4, 14)
local hue = uniform(0, 1) -- what has no part in it

return scene {
  duration_s = 8, frame_hz = 5,
  road = straight { length_m = 400, lanes = 1 },
  actors = { actor { kind = "car", at = ahead(ego, gap_m), speed_mps = 0 } },
  traffic = { vehicles = 0 }, pedestrians = { count = 0 },
  weather = clear { cloud_cover = hue },
  ego = { speed_mps = speed_mps },
}
