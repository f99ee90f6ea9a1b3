while :; do sleep 0.001; done
