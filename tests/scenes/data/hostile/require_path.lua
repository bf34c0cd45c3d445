-- expect: range: require: "../../../etc/passwd" is not a plain name
require "../../../etc/passwd"
