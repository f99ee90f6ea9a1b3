printf real > real
ln -s real alias
for target in /etc/passwd /tmp ../tmp; do ln -s "$target" "link${target//\//_}"; done
mkfifo pipe
printf hidden > /tmp/hidden
echo done
