echo start
sleep 3600
