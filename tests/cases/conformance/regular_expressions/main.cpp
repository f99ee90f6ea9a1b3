#include <iostream>
#include <iterator>
#include <regex>
#include <string>
int main() {
    std::cout << std::regex_replace("06/05/2024", std::regex(R"((\d+)/(\d+)/(\d+))"), "$3-$2-$1") << '\n';
    std::string text = "ab c_d 1";
    std::regex word(R"(\w+)");
    std::cout << std::distance(std::sregex_iterator(text.begin(), text.end(), word), {}) << '\n';
}
