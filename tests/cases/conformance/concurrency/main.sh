waiting() { sleep "0.$1"; echo "$2"; exit "$1"; }
(waiting 1 first) & a=$!
(waiting 3 second) & b=$!
wait $a; first=$?
wait $b; second=$?
echo "[$first, $((second - 1))]"
