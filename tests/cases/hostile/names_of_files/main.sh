for name in -rf ... 'a b' '~' 日本 $'new\nline' $'\x01'; do printf x > "$name"; done
for name in "$(printf 'x%.0s' {1..300})" .; do (printf x > "$name") 2> /dev/null && echo "taken $name"; done
echo done
