#include <arpa/inet.h>
#include <iostream>
#include <sys/socket.h>
int main() {
    sockaddr_in6 to{.sin6_family = AF_INET6, .sin6_port = htons(53)};
    inet_pton(AF_INET6, "2001:4860:4860::8888", &to.sin6_addr);
    if (connect(socket(AF_INET6, SOCK_STREAM, 0), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) std::cout << "CONNECTED\n";
    std::cout << "none\n";
}
