#include "/dev/urandom"
int main(void) { return x; }
