#include <vector>
int main() { std::vector<char> all(200 << 20, 1); }
