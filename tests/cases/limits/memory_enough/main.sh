text=$(head -c 25M /dev/zero | tr '\0' x)
echo $((4 * ${#text}))
