-- expect: range: position out of bounds
local t = setmetatable({}, { __len = function() return 1 << 50 end })
table.insert(t, 2, 0)
