set -e
printf -v block '%4096s' ''
for ((n = 0; ; n++)); do printf '%s' "$block" > "f$n"; done
