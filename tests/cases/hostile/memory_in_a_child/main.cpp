#include <string>
#include <vector>
#include <sys/wait.h>
#include <unistd.h>
int main() {
    if (!fork())
        for (std::vector<std::string> all;;) all.emplace_back(1 << 20, 'x');
    wait(nullptr);
}
