-- expect: limit: used up its
-- What an ended coroutine has still to close would run with hooks off.
local co = coroutine.create(function()
  local late <close> = setmetatable({}, { __close = function() while true do end end })
  while true do end
end)
local outer <close> = setmetatable({}, { __close = function() coroutine.close(co) end })
coroutine.resume(co)
