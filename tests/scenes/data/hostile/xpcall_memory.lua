-- expect: limit: needs more than
xpcall(function() local t = {} while true do t[#t + 1] = { #t } end end, function() while true do end end)
return scene {}
