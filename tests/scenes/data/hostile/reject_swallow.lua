-- expect: rejected: never
while true do pcall(require_that, false, "never") end
