for i in {1..20}; do head -c 200K /dev/zero > big; rm big; done
for i in {1..20}; do head -c 200K /dev/zero > big; done
echo done
