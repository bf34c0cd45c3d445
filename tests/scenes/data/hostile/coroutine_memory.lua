-- expect: limit: needs more than
-- Swallowing an error of memory by a coroutine, then going on with it freed.
local co = coroutine.create(function() local t = {} while true do t[#t + 1] = { #t } end end)
coroutine.resume(co)
co = nil
local a, b, c, d, e, f, g, h = 1, 2, 3, 4, 5, 6, 7, 8
return scene {}
