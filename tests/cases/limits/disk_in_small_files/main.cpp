#include <fstream>
#include <string>
int main() {
    for (int n = 0;; n++) {
        std::ofstream file("f" + std::to_string(n));
        file.exceptions(std::ios::failbit | std::ios::badbit);
        file << std::string(4096, 'x');
    }
}
