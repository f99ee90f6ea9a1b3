#include <cstdlib>
#include <fstream>
#include <string>
int main() {
    for (int n = 0;; n++)
        if (!std::ofstream("f" + std::to_string(n))) return EXIT_FAILURE;
}
