#include <filesystem>
#include <string>
int main() {
    for (int n = 0;; n++) std::filesystem::create_directory("/tmp/d" + std::to_string(n));
}
