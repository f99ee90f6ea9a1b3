mv /sandbox /tmp/moved 2> /dev/null && echo MOVED
rm -rf /sandbox 2> /dev/null
ln -s /tmp /sandbox/link
: > /tmp/x
echo done
