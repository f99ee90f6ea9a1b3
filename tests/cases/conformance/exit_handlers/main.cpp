#include <cstdlib>
#include <iostream>
int main() {
    std::atexit([] { std::cout << "handler\n"; });
    std::cout << "body\n";
    std::exit(4);
}
