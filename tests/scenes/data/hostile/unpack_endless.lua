-- expect: limit: used up its
table.unpack({}, math.mininteger, math.maxinteger)
