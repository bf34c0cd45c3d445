-- expect: range: index a boolean value
-- The string metatable isn't reachable.
getmetatable("").__index = function() end
