#include <iostream>
#include <unistd.h>
int main() {
    std::cout << "start" << std::endl;
    std::cin.get();
}
