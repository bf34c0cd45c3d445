-- expect: range: error_lines.lua:2: two lines [31m
error("two\nlines\27[31m")
