#include <iostream>
#include <map>
int main() {
    struct Finally { ~Finally() { std::cout << "finally\n"; } } finally;
    try {
        std::map<int, int>().at(1);
    } catch (const std::out_of_range&) {
        std::cout << "caught\n";
    }
}
