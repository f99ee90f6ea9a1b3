#include <iostream>
int main() {
    std::cout << "no newline";
    std::cerr << "here neither";
}
