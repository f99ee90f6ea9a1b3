head -c 1G /dev/zero > big
