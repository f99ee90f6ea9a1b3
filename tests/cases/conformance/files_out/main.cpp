#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
int main() {
    namespace fs = std::filesystem;
    using namespace std::literals;
    std::ofstream("changed.txt") << "after";
    std::ifstream("read.txt").get();
    fs::create_directories("deep/er");
    std::ofstream("deep/er/new.bin", std::ios::binary) << "\0\xff"s;
    std::ofstream("empty");
    fs::rename("same.txt", "renamed.txt");
    fs::remove("gone.txt");
    std::ofstream("passing");
    fs::remove("passing");
    std::ofstream("/tmp/elsewhere") << "x";
    std::cout << "done\n";
}
