-- expect: limit: used up its
while true do local s = ("x"):rep(1000000) end
