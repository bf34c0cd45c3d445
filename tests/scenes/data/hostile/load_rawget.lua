-- expect: range: call a nil value
rawget(_G, "load")("return 1")
