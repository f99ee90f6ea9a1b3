#include <cerrno>
#include <fstream>
#include <iostream>
int main() {
    if (!std::ifstream("missing.txt") && errno == ENOENT) std::cout << "no such file\n";
    if (!std::ofstream("/tmp") && errno == EISDIR) std::cout << "folder is no file\n";
}
