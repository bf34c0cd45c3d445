-- expect: range: too long for a pattern
(("("):rep(50000)):find("%b()%b()")
