for i in {1..512}; do printf 12345678; done
