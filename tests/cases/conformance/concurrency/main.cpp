#include <chrono>
#include <future>
#include <iostream>
#include <thread>
int wait(int n, const char* name) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100 * n));
    std::cout << std::string(name) + '\n';
    return n;
}
int main() {
    auto a = std::async(std::launch::async, wait, 1, "first");
    auto b = std::async(std::launch::async, wait, 2, "second");
    int first = a.get(), second = b.get();
    std::cout << '[' << first << ", " << second << "]\n";
}
