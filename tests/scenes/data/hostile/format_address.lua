-- expect: range: string.format: %p is not available
string.format("%p", {})
