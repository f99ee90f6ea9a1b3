#include <iostream>
int main(int count, char** args) {
    std::cout << '[';
    for (int i = 1; i < count; i++) std::cout << (i > 1 ? "," : "") << '"' << args[i] << '"';
    std::cout << ']';
}
