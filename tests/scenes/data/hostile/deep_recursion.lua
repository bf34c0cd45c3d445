-- expect: limit: needs more than
local function deep() return 1 + deep() end
deep()
