-- SPDX-License-Identifier: Apache-2.0
-- Euro NCAP's AEB tests, car to car and vulnerable road users (protocols v4): 158 cases. Each goes on
-- for 4 s after the moment at which an ego that keeps its speed would hit.
local suite = require "suite"

local overlaps = { -0.5, -0.75, 1, 0.75, 0.5 }

return suite.of {
  { "ccrs", require "ccrs", seconds = 8, ego_kmh = suite.range(10, 80, 10), overlap = overlaps },
  { "ccrm", require "ccrm", seconds = 8, ego_kmh = suite.range(30, 80, 10), overlap = overlaps },
  { "ccrb", require "ccrb", seconds = 12, gap_m = { 12, 40 }, decel_mps2 = { 2, 6 } },
  { "ccftap", require "ccftap", seconds = 10, ego_kmh = { 10, 15, 20 }, target_kmh = { 30, 45, 60 } },
  { "cpna", require "cpna", seconds = 8, ego_kmh = suite.range(10, 60, 10), impact = { 0.25, 0.75 } },
  { "cpfa", require "cpfa", seconds = 8, ego_kmh = suite.range(10, 60, 10) },
  { "cpnco", require "cpnco", seconds = 8, ego_kmh = suite.range(10, 60, 10) },
  { "cpla", require "cpla", seconds = 8, ego_kmh = suite.range(20, 60, 5), impact = { 0.25, 0.5 } },
  { "cbna", require "cbna", seconds = 9, ego_kmh = suite.range(10, 60, 10) },
  { "cbla", require "cbla", seconds = 8, ego_kmh = suite.range(25, 75, 5), impact = { 0.25, 0.5 } },
  { "cpla_fast", require "cpla", seconds = 8, ego_kmh = { 65, 70, 75, 80 }, impact = { 0.25 } },
  { "cbla_fast", require "cbla", seconds = 8, ego_kmh = { 80 }, impact = { 0.25 } },
}
