true() { (($1)) && echo true || echo false; }
true "$(date +%s) > 1700000000"
a=${EPOCHREALTIME/./}
true "${EPOCHREALTIME/./} >= a"
