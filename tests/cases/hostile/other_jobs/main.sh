for process in /proc/[0-9]*; do
    [[ $process == /proc/1 || $process == /proc/$$ ]] || echo "PROCESS $process"
done
for folder in / /etc /opt /var/tmp /run /dev/shm /usr/local/bin; do
    (: > "$folder/left") 2> /dev/null && echo "LEFT $folder/left"
done
find /tmp /program -mindepth 1
echo alone
