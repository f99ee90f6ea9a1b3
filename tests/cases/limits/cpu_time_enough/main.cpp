#include <iostream>
#include <numeric>
#include <ranges>
int main() {
    auto numbers = std::views::iota(0, 1000);
    std::cout << std::accumulate(numbers.begin(), numbers.end(), 0) << '\n';
}
