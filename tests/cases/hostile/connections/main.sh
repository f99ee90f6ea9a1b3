for to in tcp/8.8.8.8/53 udp/8.8.8.8/53 tcp/172.17.0.1/2375 tcp/example.com/80; do
    (echo x > "/dev/$to") 2> /dev/null && echo "CONNECTED TO $to"
done
curl --silent --max-time 1 http://169.254.169.254/ && echo METADATA
echo none
