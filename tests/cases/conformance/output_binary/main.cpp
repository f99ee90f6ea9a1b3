#include <iostream>
#include <string>
int main() {
    using namespace std::literals;
    for (int i = 0; i < 256; i++) std::cout.put(static_cast<char>(i));
    std::cerr << "\xff\xfe\0\xc3\x28"s;
}
