#include <chrono>
#include <iostream>
#include <thread>
int main() {
    std::cout << "line\npart" << std::flush;
    std::this_thread::sleep_for(std::chrono::hours(1));
}
