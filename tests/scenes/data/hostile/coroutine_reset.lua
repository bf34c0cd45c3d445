-- expect: limit: used up its
-- A new coroutine counts towards its own hook from zero.
while true do
  coroutine.wrap(function() for i = 1, 100 do end end)()
end
