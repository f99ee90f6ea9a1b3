#include <iostream>
#include <string>
int main() {
    int count, number, sum = 0;
    std::string rest;
    std::cin >> count;
    while (count--) {
        std::cin >> number;
        sum += number;
    }
    std::cin >> rest;
    std::cout << sum << '\n' << rest << '\n';
}
