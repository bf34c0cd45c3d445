-- expect: range: setmetatable: this table's metatable is protected
setmetatable(_G, nil)
