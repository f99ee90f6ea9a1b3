echo before
exit 0
