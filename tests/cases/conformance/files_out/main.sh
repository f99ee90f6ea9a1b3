set -e
printf after > changed.txt
cat read.txt > /dev/null
mkdir -p deep/er
printf '\0\377' > deep/er/new.bin
: > empty
mv same.txt renamed.txt
rm gone.txt
: > passing
rm passing
printf x > /tmp/elsewhere
echo done
