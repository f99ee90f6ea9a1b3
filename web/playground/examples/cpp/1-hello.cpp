// Hello
#include <iostream>

int main(int count, char **args) {
    std::cout << "Hello, " << (count > 1 ? args[1] : "world") << "!\n";
}
