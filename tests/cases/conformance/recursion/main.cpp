#include <iostream>
int depth(int n) { return n == 0 ? 0 : 1 + depth(n - 1); }
int main() { std::cout << depth(900) << '\n'; }
