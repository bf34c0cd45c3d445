-- SPDX-License-Identifier: Apache-2.0
-- Short episodes with traffic all around.
return scene {
  duration_s = 3,
  step_s = 0.1,
  road = grid_city { blocks = { 2, 2 } },
  traffic = { vehicles = 15 },
  pedestrians = { count = 4 },
  street_furniture = 0,
}
