-- expect: limit: used up its
table.concat({}, "", 1, math.maxinteger)
