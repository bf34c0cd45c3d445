-- expect: range: too many results
table.unpack({}, 1, 1000000)
