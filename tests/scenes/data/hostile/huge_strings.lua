-- expect: limit: needs more than
local t, s = {}, ("x"):rep(1000)
for i = 1, 1e8 do t[i] = s .. i end
