-- expect: limit: used up its
local s = ("a"):rep(1000000)
while true do s:find(("a"):rep(1000) .. "b", 1, true) end
