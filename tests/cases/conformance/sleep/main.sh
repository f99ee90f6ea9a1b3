start=${EPOCHREALTIME/./}
sleep 0.3
((${EPOCHREALTIME/./} - start >= 300000)) && echo true
