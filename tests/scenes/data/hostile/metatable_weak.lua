-- expect: range: setmetatable: __mode is not available
setmetatable({}, { __mode = "k" })
