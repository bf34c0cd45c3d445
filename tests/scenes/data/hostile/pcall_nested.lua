-- expect: limit: used up its
-- Protected calls nested as deep as they go, each trying again.
local function again(n)
  if n == 0 then while true do end end
  while true do pcall(again, n - 1) end
end
again(50)
