-- expect: range: is not a plain name
require "a.b"
