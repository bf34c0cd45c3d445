-- expect: range: C stack overflow
local function deep() table.sort({ 1, 2 }, deep) end
deep()
