-- expect: range: C stack overflow
local function deep() return (("x"):gsub("x", deep)) end
deep()
