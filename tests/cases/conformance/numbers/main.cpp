#include <cmath>
#include <format>
#include <iostream>
#include <limits>
int main() {
    std::cout << std::format("{:.0f}\n{}\n", std::pow(2, 100), 0.1 + 0.2);
    std::cout << std::numeric_limits<double>::infinity() << ' ' << std::numeric_limits<double>::quiet_NaN() << '\n';
}
