-- expect: range: string.gsub: a text of
local s = ("a"):rep(20000)
s:gsub("a*a*a*b", "")
