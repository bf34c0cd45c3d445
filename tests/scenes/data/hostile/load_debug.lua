-- expect: range: debug: not available in scene scripts
debug.sethook()
