-- expect: range: package: not available in scene scripts
local f = package.loadlib("libc.so.6", "system")
