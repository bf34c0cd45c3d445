-- expect: range: sort_invalid.lua:3: stop
table.sort({ 3, 1, 2, 5, 4 }, function() return true end)
error("stop")
