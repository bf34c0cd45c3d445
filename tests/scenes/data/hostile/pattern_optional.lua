-- expect: range: too long for a pattern with 40 repetitions
local s = ("a"):rep(39)
s:match(("a?"):rep(40) .. s .. "a")
