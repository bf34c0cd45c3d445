-- expect: range: io: not available in scene scripts
local f = io.open("/etc/passwd")
