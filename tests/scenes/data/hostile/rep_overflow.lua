-- expect: range: string.rep: the result would be longer than 1048576 bytes
local s = ("xxxxxxxx"):rep(math.maxinteger, ("y"):rep(1000))
