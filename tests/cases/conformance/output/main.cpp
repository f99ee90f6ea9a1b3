#include <iostream>
int main() {
    std::cout << 1 << " two\n";
    std::cerr << "careful\n";
    std::cout << 3.5 << '\n';
}
