#include <iostream>
int main(int count, char**) { std::cout << count - 1 << '\n'; }
