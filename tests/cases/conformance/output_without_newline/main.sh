printf 'no newline'
printf 'here neither' >&2
