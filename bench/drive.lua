-- SPDX-License-Identifier: Apache-2.0
-- 64 agents in a small town, the ego among them: what bench/drive.c drives in.
return scene {
  duration_s = 20,
  step_s = 0.1,
  road = grid_city { blocks = { 3, 3 } },
  traffic = { vehicles = 53 },
  pedestrians = { count = 10, prams = 0, dogs = 0 },
}
