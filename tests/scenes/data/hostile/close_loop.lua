-- expect: limit: used up its
do
  local a <close> = setmetatable({}, { __close = function() while true do end end })
  local b <close> = setmetatable({}, { __close = function() while true do end end })
  while true do end
end
