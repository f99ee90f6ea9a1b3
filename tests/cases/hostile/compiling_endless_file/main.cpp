#include "/dev/zero"
int main() { return x; }
