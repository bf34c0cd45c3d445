-- expect: limit: used up its
return scene(setmetatable({}, { __index = function() while true do end end }))
