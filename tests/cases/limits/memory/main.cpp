#include <iostream>
#include <string>
#include <vector>
int main() {
    std::cout << "start" << std::endl;
    for (std::vector<std::string> all;;) all.emplace_back(1 << 20, 'x');
}
