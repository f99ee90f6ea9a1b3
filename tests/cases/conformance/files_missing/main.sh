cat missing.txt 2>&1 | grep -q 'No such file' && echo 'no such file'
cat /tmp 2>&1 | grep -q 'Is a directory' && echo 'folder is no file'
