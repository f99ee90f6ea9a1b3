kill -KILL 1
kill -STOP 1
for path in mem environ maps fd/0 fd/1 fd/10 fd/11 root/etc/passwd; do
    head -c 1 "/proc/1/$path" > /dev/null 2>&1 && echo "READ $path"
    (echo junk > "/proc/1/$path") 2> /dev/null && echo "WROTE $path"
done
prlimit --pid 1 --cpu=1 2> /dev/null && echo LIMITED
renice -n 19 -p 1 > /dev/null 2>&1 && echo SLOWED DOWN
echo safe
