#include <iostream>
int main() {
    for (;;) {
        std::cout << "12345678" << std::flush;
        std::cerr << "12345678";
    }
}
