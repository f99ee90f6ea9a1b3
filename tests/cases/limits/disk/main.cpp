#include <fstream>
#include <string>
int main() {
    std::ofstream file("big", std::ios::binary);
    file.exceptions(std::ios::failbit | std::ios::badbit);
    for (;;) file << std::string(65536, 'x');
}
