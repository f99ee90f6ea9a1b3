all=$(head -c 200M /dev/zero | tr '\0' x)
