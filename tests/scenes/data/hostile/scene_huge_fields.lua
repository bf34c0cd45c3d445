-- expect: range: there is no such field
local t = {}
for i = 1, 10000 do t["x" .. i] = i end
return scene(t)
