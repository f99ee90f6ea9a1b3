#include <iostream>
int main() {
    for (;;) std::cout << "12345678";
}
