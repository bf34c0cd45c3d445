-- expect: limit: needs more than
-- Swallowing an error of memory by a coroutine, then going on with it freed.
coroutine.resume(coroutine.create(function() local t = {} while true do t[#t + 1] = { #t } end end))
return scene {}
