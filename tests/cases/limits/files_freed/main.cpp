#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
int main() {
    for (int n = 0; n < 100; n++) {
        auto name = "f" + std::to_string(n);
        std::ofstream(name).close();
        std::filesystem::remove(name);
    }
    std::cout << "done\n";
}
