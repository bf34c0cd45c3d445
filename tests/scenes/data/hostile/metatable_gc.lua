-- expect: range: metatable_gc.lua:2: setmetatable: __gc is not available in scene scripts
setmetatable({}, { __gc = function() while true do end end })
