-- expect: range: table.concat: element 1 is nothing
-- In Lua's own table.concat this loops in C without an end.
local t = setmetatable({}, { __index = table.concat })
table.concat(t, "", 1, 100000)
