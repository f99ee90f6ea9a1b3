#include <iostream>
#include <stdexcept>
void fail() { throw std::invalid_argument("no good"); }
int main() {
    std::cout << "before" << std::endl;
    fail();
}
