-- expect: limit: used up its
table.move({}, 1, math.maxinteger - 1, 2, {})
