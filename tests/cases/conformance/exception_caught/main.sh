trap 'echo finally' EXIT
cat missing 2> /dev/null || echo caught
