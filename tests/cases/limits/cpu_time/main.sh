echo start
while :; do :; done
