# Says hello from a fresh sandbox.
echo "Hello, ${1:-world}! This is Bash $BASH_VERSION."
