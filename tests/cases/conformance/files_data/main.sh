set -e
cat /mnt/data/given.txt
echo
cd /mnt/data
printf made > /mnt/data/made.txt
mkdir -p /mnt/data/deep
: > deep/er.txt
[[ -e /sandbox/deep/er.txt && ! -e /mnt/database ]]
ls /mnt/data | grep made.txt
