-- SPDX-License-Identifier: Apache-2.0
-- What the scenarios of this folder share: parameters with their grids, test tracks, targets.
--
-- A scenario's file is a script of its own, which draws its parameters from the grids of its
-- protocol; and a module, whose parameters another script may give:
--
--   return require "ccrs" { ego_kmh = 50, overlap = 0.5 }
--
-- Every scenario takes `scene`, too, fields of scene { … } that are put over its own:
--
--   return require "ccrs" { scene = { weather = rain { rate_mmh = 8 }, time_of_day_h = 21 } }
local scenario = {}

-- lo, lo + step, … hi.
function scenario.range(lo, hi, step)
  local list = {}
  for i = 0, (hi - lo) // step do list[i + 1] = lo + i * step end
  return list
end

-- A number between lo and hi.
function scenario.between(lo, hi)
  return { lo = lo, hi = hi }
end

local function draw(grid)
  if type(grid) ~= "table" then return grid end
  if grid.lo then return uniform(grid.lo, grid.hi) end
  return pick(grid)
end

-- All are drawn, given or not, so that giving one leaves the others as they are.
local function parameters(name, grids, given)
  local p = {}
  for key, grid in pairs(grids) do p[key] = draw(grid) end
  for key, value in pairs(given) do
    if grids[key] == nil and key ~= "scene" then
      local known = {}
      for other in pairs(grids) do known[#known + 1] = other end
      error(name .. ": there is no parameter " .. tostring(key) .. "; it has " ..
        table.concat(known, ", ") .. " and scene", 4)
    end
    p[key] = value
  end
  return p
end

-- `required`: the file's `...`, the name that require gives a module. `grids`: of each parameter a
-- list to pick from, between(lo, hi), or its value. `make`: from the parameters to the fields of
-- the scene. Returns the scene, or to who requires it the function that takes parameters.
function scenario.of(required, grids, make)
  local function run(given)
    local p = parameters(required or "scenario", grids, given or {})
    local fields = make(p)
    for key, value in pairs(p.scene or {}) do fields[key] = value end
    return scene(fields)
  end
  return required and run or run()
end

function scenario.mps(kmh)
  return kmh / 3.6
end

-- A straight track without other traffic on it; `more` are fields of straight or the scene.
function scenario.track(fields)
  fields.road = fields.road or straight { length_m = 1000, lanes = 1, lane_width_m = 3.5,
    speed_limit_mps = 27.8, trees_per_km = uniform(0, 60), parked_per_km = 0,
    sidewalk_m = pick { 0, 2 } }
  fields.traffic = fields.traffic or { vehicles = 0 }
  fields.pedestrians = fields.pedestrians or { count = 0 }
  return fields
end

-- Euro NCAP's Global Vehicle Target: its size (ISO 19206-3).
function scenario.vehicle_target(fields)
  fields.kind = "car"
  fields.length_m, fields.width_m, fields.height_m = 4.02, 1.71, 1.43
  return actor(fields)
end

-- Euro NCAP's pedestrian targets, an adult and a child of seven (ISO 19206-2), and its bicyclist
-- target (ISO 19206-4).
function scenario.adult_target(fields)
  fields.kind, fields.height_m = "pedestrian", 1.8
  return actor(fields)
end

function scenario.child_target(fields)
  fields.kind, fields.age, fields.height_m = "pedestrian", "child", 1.154
  return actor(fields)
end

function scenario.bicyclist_target(fields)
  fields.kind, fields.length_m, fields.height_m = "bicycle", 1.89, 1.86
  return actor(fields)
end

-- A street of two lanes a direction: who stands at the kerb leaves the inner lane free.
function scenario.wide_street()
  return straight { length_m = 1000, lanes = 2, lane_width_m = 3.5, speed_limit_mps = 13.9,
    trees_per_km = uniform(0, 60), parked_per_km = 0, sidewalk_m = 2.5 }
end

-- Vehicles one behind the other, all at o.mps, each_m apart from middle to middle and the first one
-- first_m ahead of the ego, the others farther on (each_m > 0) or back. `o`: count, kind, driver, and `at`, more
-- fields of their places, such as lane = "oncoming"; appended to `actors`.
function scenario.row(actors, o)
  for k = 0, o.count - 1 do
    local at = { ahead_m = o.first_m + k * o.each_m }
    for key, value in pairs(o.at) do at[key] = value end
    actors[#actors + 1] = actor { kind = o.kind or "car", driver = o.driver or "idm", speed_mps = o.mps,
      at = beside(ego, at) }
  end
  return actors
end

local function open_road()
  return straight { length_m = 1000, lanes = 1, lane_width_m = 3.5, speed_limit_mps = 27.8,
    trees_per_km = 0, parked_per_km = 0, sidewalk_m = 0 }
end

-- A target that crosses at `kmh` from kerb_m to the kerb's side (negative: from the other one) and
-- is impact of the way across the ego's width when its front arrives, contact_s after the beginning.
-- `o`: p (parameters), target, kmh, kerb_m, others, longer_m: what half its length is more than half
-- its width.
function scenario.crossing(o)
  local speed = scenario.mps(o.p.ego_kmh)
  local actors = o.others or {}
  actors[#actors + 1] = o.target {
    at = ahead(ego, { gap_m = speed * o.p.contact_s - (o.longer_m or 0), kerb_m = o.kerb_m, facing = "across" }),
    behaviour = function(self)
      self:cross_road { speed_mps = scenario.mps(o.kmh), accel_mps2 = 3, meet = ego,
        impact = o.p.impact }
    end }
  return scenario.track {
    road = open_road(),
    duration_s = o.p.contact_s - 0.1,
    ego = { speed_mps = speed, driver = o.p.driver, start_m = 100 },
    actors = actors,
  }
end

-- The ego's width as the protocols' impact points count it: that of a middling car.
local EGO_WIDTH_M = 1.8

-- A target that goes on ahead of the ego at `kmh`, at impact of the ego's width from its kerb's side.
function scenario.ahead(o)
  local speed, slower = scenario.mps(o.p.ego_kmh), scenario.mps(o.kmh)
  return scenario.track {
    road = open_road(),
    duration_s = o.p.contact_s - 0.1,
    ego = { speed_mps = speed, driver = o.p.driver, start_m = 100 },
    actors = {
      o.target { speed_mps = slower,
        at = ahead(ego, { gap_m = (speed - slower) * o.p.contact_s,
          kerb_m = (0.5 - o.p.impact) * EGO_WIDTH_M }),
        behaviour = function(self) self:go_along { speed_mps = slower, accel_mps2 = 20, distance_m = 200 } end },
    },
  }
end

-- Seconds until a gap is used up that closes at `closing` m/s, while the one ahead brakes from
-- speed to a stop with decel, both from now on.
function scenario.contact_s(gap, closing, speed, decel)
  if not decel or decel == 0 then return gap / closing end
  local stop_s = speed / decel
  -- closing t + decel t^2 / 2 = gap
  local t = (-closing + math.sqrt(closing * closing + 2 * decel * gap)) / decel
  if t <= stop_s then return t end
  return (gap + speed * stop_s / 2) / (closing + speed)
end

-- For a behaviour: drives so that `self` comes to where its way crosses that of `other` just when
-- that one does, and goes on at `speed`, m/s. It has to begin near enough to the right place: its
-- speed is off by a fifth at most meanwhile. Where the other one waits it goes on once it is past.
function scenario.meet(self, other, speed)
  if not way_to_crossing(self, other) then
    error("scenario.meet: the ways of the two don't cross", 2)
  end
  while true do
    local mine, theirs = way_to_crossing(self, other), way_to_crossing(other, self)
    if not mine or not theirs then break end
    local ahead = mine - speed * theirs / math.max(other.speed_mps, 0.1) -- to make up for
    if math.abs(ahead) < 0.05 then break end
    local wanted = speed + math.max(-0.2 * speed, math.min(0.2 * speed, 1.5 * ahead))
    self:set_speed { speed_mps = wanted, accel_mps2 = 4, wait = false }
    self:wait(0)
  end
  self:set_speed { speed_mps = speed, accel_mps2 = 4, wait = false }
end

return scenario
