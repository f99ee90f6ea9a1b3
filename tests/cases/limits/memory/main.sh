echo start
tail /dev/zero
