echo before
exit 1
