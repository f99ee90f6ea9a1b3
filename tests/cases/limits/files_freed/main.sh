for n in {0..99}; do : > "f$n"; rm "f$n"; done
echo done
