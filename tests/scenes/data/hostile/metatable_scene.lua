-- expect: range: setmetatable: this table's metatable is protected
setmetatable(rain {}, { __index = function() end })
