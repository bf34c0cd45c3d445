-- expect: range: must end with `return scene
return setmetatable({}, getmetatable(scene {}) or nil)
