#include <format>
#include <iostream>
int main() {
    for (int c; (c = std::cin.get()) != EOF;) std::cout << std::format("{:02x}", c);
    std::cout << '\n';
}
