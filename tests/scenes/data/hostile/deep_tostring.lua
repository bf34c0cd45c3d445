-- expect: range: C stack overflow
local t = setmetatable({}, {}) getmetatable(t).__tostring = tostring
tostring(t)
