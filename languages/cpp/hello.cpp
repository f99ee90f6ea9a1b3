// Says hello from a fresh sandbox.
#include <iostream>
#include <string>

int main(int argc, char** argv) {
    const std::string name = argc > 1 ? argv[1] : "world";
    std::cout << "Hello, " << name << "! This is C++ " << __cplusplus << ".\n";
}
