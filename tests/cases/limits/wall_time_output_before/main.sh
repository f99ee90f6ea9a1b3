printf 'line\npart'
sleep 3600
