-- expect: range: is not a plain name
require "first_drive\0/../x"
