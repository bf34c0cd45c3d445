-- SPDX-License-Identifier: Apache-2.0
-- What the suites of this folder share. A suite is a script whose scenes go through cases, one after
-- the other: scene 0 is the first case, and after the last one the first comes again, with other
-- draws of what no grid gives.
--
--   return suite.of {
--     { "ccrs", require "ccrs", seconds = 8, ego_kmh = suite.range(10, 80, 5), overlap = { 1, 0.5 } },
--     …
--   }
--
-- An entry is a scenario's name, the scenario (a function of its parameters, as the modules of the
-- folder scenarios are), how long its scenes last, and lists of values of its parameters: all
-- combinations are cases. Results of `roadloom drive` are told apart by the name.
local suite = {}

-- lo, lo + step, … hi.
function suite.range(lo, hi, step)
  local list = {}
  for i = 0, (hi - lo) // step do list[i + 1] = lo + i * step end
  return list
end

local function parameters_of(entry)
  local names = {}
  for key in pairs(entry) do
    if type(key) == "string" and key ~= "seconds" and key ~= "scene" then names[#names + 1] = key end
  end
  return names -- pairs goes in the order of names
end

local function count(entry)
  local cases = 1
  for _, name in ipairs(parameters_of(entry)) do cases = cases * #entry[name] end
  return cases
end

-- How many cases there are.
function suite.count(entries)
  local cases = 0
  for _, entry in ipairs(entries) do cases = cases + count(entry) end
  return cases
end

-- The scene of this number: its case's.
function suite.of(entries)
  local at = scene_number() % suite.count(entries)
  local number = 1
  while at >= count(entries[number]) do
    at = at - count(entries[number])
    number = number + 1
  end
  local entry, given = entries[number], { scene = { scenario = entries[number][1] } }
  for key, value in pairs(entry.scene or {}) do given.scene[key] = value end
  given.scene.duration_s = entry.seconds
  for _, name in ipairs(parameters_of(entry)) do
    local list = entry[name]
    given[name] = list[1 + at % #list]
    at = at // #list
  end
  return entry[2](given)
end

return suite
