yes 0123456789abcdef | head -n 300000
