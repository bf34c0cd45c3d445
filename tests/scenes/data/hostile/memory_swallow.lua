-- expect: limit: needs more than
while true do pcall(string.rep, "x", 1000000) local t = {} pcall(function() while true do t[#t + 1] = {} end end) end
