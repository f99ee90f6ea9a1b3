#include <iostream>
#include <string>
int main() {
    std::string größe = "Grüße, 世界 🌍 e\u0301";
    std::cout << größe << '\n' << std::u32string(U"世界 🌍!").size() << '\n' << "صباح\n";
}
