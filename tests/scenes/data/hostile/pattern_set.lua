-- expect: range: too long for a pattern
local s = ("a"):rep(20000)
s:match("[]a]*[^]b]-[%]a]+c")
