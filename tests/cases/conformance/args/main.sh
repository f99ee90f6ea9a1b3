printf '['
comma=
for arg; do printf '%s"%s"' "$comma" "$arg"; comma=,; done
printf ']'
