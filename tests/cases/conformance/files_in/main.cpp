#include <fstream>
#include <iostream>
#include "answer.hpp"
int main() {
    std::cout << "from the module: " << ANSWER << '\n' << std::ifstream("data/text.txt").rdbuf();
    std::ifstream bytes("data/bytes.bin", std::ios::binary);
    int first = bytes.get(), second = bytes.get();
    std::cout << first << ' ' << second << '\n';
}
