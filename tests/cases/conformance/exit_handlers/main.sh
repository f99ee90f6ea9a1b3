trap 'echo handler' EXIT
echo body
exit 4
