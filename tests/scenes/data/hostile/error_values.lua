-- expect: range: error_values.lua: raised a table as an error
error(setmetatable({}, { __tostring = function() while true do end end }))
