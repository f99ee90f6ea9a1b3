#include "/proc/1/environ"
int main(void) { return x; }
