#include <iostream>
int main() {
    for (int i = 0; i < 300'000; i++) std::cout << "0123456789abcdef\n";
}
