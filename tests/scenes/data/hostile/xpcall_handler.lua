-- expect: limit: used up its
-- A handler runs where the error was raised, there inside the hook, with hooks off.
xpcall(function() while true do end end, function() while true do end end)
return xpcall(function() while true do end end, function() return 1 end)
