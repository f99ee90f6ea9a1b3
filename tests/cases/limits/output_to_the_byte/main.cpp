#include <iostream>
int main() {
    for (int i = 0; i < 512; i++) std::cout << "12345678";
}
