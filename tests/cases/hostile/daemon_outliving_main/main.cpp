#include <cstdlib>
#include <iostream>
int main() {
    std::system("setsid sleep 1000 &");
    std::cout << "left\n";
}
