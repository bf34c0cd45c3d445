-- expect: limit: pcall_swallow.lua:4: used up its
-- Catching the quota error and going on.
while true do
  pcall(function() while true do end end)
end
