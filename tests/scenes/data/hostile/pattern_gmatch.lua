-- expect: range: string.gmatch: a text of
for x in ("a"):rep(20000):gmatch("a*a*a*b") do end
