while :; do printf 12345678; done
