set -e
for ((n = 0; ; n++)); do : > "f$n"; done
