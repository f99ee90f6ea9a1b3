trap '' HUP INT QUIT TERM USR1 USR2 XCPU
while :; do :; done
