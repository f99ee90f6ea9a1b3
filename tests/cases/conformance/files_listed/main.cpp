#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>
int main() {
    namespace fs = std::filesystem;
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator("."))
        if (entry.path().stem() != "main") names.insert(entry.path().filename());
    const char* space = "";
    for (const auto& name : names) std::cout << std::exchange(space, " ") << name;
    std::cout << '\n' << std::distance(fs::directory_iterator("data"), {}) << '\n';
}
