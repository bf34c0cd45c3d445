-- expect: range: load_text.lua:2: load: not available in scene scripts
load("return 1")()
