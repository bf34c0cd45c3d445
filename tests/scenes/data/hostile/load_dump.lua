-- expect: range: call a nil value
string.dump(function() end)
