#include <iostream>
#include <unistd.h>
int main() {
    std::cout << "start" << std::endl;
    sleep(3600);
}
