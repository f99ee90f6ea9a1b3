echo 1 two
echo careful >&2
echo 3.5
