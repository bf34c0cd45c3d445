-- expect: limit: endless_loop.lua:3: used up its
-- An empty loop never calls anything.
while true do end
