-- expect: range: dofile: not available in scene scripts
dofile("/etc/passwd")
