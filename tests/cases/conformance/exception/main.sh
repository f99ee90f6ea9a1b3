set -e
fail() { cat missing; }
echo before
fail
