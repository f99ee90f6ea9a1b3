#include <iostream>
#include <set>
#include <string>
extern char** environ;
int main() {
    std::set<std::string> sorted;
    for (char** one = environ; *one; one++) sorted.insert(*one);
    for (const auto& one : sorted) std::cout << one << '\n';
}
