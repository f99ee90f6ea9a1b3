#include <cstdlib>
#include <iostream>
int main() {
    for (int i = 0; i < 2000; i++) std::cout << "line ";
    std::exit(3);
}
