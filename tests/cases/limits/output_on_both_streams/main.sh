while :; do printf 12345678; printf 12345678 >&2; done
