#include <chrono>
#include <iostream>
int main() {
    using namespace std::chrono;
    std::cout << std::boolalpha << (system_clock::now() > system_clock::time_point(seconds(1'700'000'000))) << '\n';
    auto a = steady_clock::now();
    std::cout << (steady_clock::now() >= a) << '\n';
}
