echo '2 ^ 100' | bc
awk 'BEGIN { printf "%.17g\n", 0.1 + 0.2 }'
printf '%f %f\n' inf nan
