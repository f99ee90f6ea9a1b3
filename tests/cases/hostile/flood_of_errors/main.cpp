#include <iostream>
int main() {
    for (;;) std::cerr << "y\n";
}
