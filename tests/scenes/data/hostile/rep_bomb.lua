-- expect: range: rep_bomb.lua:2: string.rep: the result would be longer than 1048576 bytes
local s = ("x"):rep(1e9)
