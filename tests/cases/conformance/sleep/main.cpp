#include <chrono>
#include <iostream>
#include <thread>
int main() {
    using namespace std::chrono;
    auto start = steady_clock::now();
    std::this_thread::sleep_for(300ms);
    std::cout << std::boolalpha << (steady_clock::now() - start >= 300ms) << '\n';
}
