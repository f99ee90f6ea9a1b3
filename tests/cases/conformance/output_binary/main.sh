for i in {0..255}; do
    printf -v octal '%03o' "$i"
    printf "\\$octal"
done
printf '\xff\xfe\0\xc3\x28' >&2
