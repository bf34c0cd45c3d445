-- expect: limit: used up its
::again:: goto again
