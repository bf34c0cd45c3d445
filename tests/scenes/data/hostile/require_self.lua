-- expect: range: require: "require_self" requires itself
require "require_self"
