#include <iostream>
#include <vector>
int main() { std::cout << std::vector<char>(100 << 20).size() << '\n'; }
