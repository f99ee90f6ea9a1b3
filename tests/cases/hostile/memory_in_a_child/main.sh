(tail /dev/zero)
exit 0
