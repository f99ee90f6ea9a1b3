#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
int main() {
    auto put = [] { std::ofstream("big") << std::string(200 << 10, 'x'); };
    for (int i = 0; i < 20; i++) put(), std::filesystem::remove("big");
    for (int i = 0; i < 20; i++) put();
    std::cout << "done\n";
}
