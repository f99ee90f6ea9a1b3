#include <chrono>
#include <thread>
#include <vector>
int main() {
    for (std::vector<std::thread> all;;)
        all.emplace_back([] { std::this_thread::sleep_for(std::chrono::hours(1)); });
}
