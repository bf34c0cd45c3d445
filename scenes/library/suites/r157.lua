-- SPDX-License-Identifier: Apache-2.0
-- UN Regulation 157, automated lane keeping: cut-in, cut-out and braking on a motorway (annex 4,
-- appendix 3), over grids of speeds, gaps and lateral speeds: 222 cases.
local suite = require "suite"

return suite.of {
  { "r157_cut_in", require "r157_cut_in", seconds = 12, ego_kmh = { 40, 60, 80, 100, 120, 130 },
    slower_kmh = { 10, 20, 40 }, gap_m = { 10, 25, 60 }, lateral_mps = { 0.6, 1.2, 1.8 } },
  { "r157_cut_out", require "r157_cut_out", seconds = 12, ego_kmh = { 20, 40, 60 },
    headway_s = { 1.2, 2 }, bare_s = { 2, 4 }, lateral_mps = { 1, 1.8 } },
  { "r157_braking", require "r157_braking", seconds = 14, ego_kmh = { 20, 40, 60 },
    headway_s = { 1.2, 1.6, 2 }, decel_mps2 = { 2, 4.5, 6, 7 } },
}
