-- expect: range: string.find: a text of 30000 bytes is too long for a pattern with 4 repetitions
local s = ("a"):rep(30000)
s:find(".-.-.-.-b")
