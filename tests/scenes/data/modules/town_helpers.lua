-- SPDX-License-Identifier: Apache-2.0
local helpers = {}
function helpers.block() return uniform(80, 120) end
return helpers
