xxd -p
