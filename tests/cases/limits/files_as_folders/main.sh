for ((n = 0; ; n++)); do mkdir "/tmp/d$n" || exit; done
