echo before
exit 255
