#include <iostream>
int main() {
    std::cout << "start" << std::endl;
    for (volatile bool go = true; go;);
}
