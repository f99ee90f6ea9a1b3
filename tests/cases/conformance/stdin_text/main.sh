mapfile -t lines
echo "${#lines[@]} lines, the last is ${lines[-1]}"
