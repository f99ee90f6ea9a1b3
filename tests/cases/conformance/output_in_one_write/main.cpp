#include <iostream>
#include <string>
int main() { std::cout << std::string(5'000'000, 'x'); }
