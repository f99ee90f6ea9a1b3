#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
int main(void) {
    const char *addresses[] = {"8.8.8.8", "172.17.0.1", "10.0.0.1", "169.254.169.254", "192.168.0.1"};
    for (int i = 0; i < 5; i++) {
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(53)};
        inet_pton(AF_INET, addresses[i], &to.sin_addr);
        if (connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&to, sizeof to) == 0) printf("CONNECTED TO %s\n", addresses[i]);
        if (sendto(socket(AF_INET, SOCK_DGRAM, 0), "x", 1, 0, (struct sockaddr *)&to, sizeof to) == 1) printf("SENT TO %s\n", addresses[i]);
    }
    if (socket(AF_INET, SOCK_RAW, 1) >= 0) puts("RAW");
    if (socket(AF_PACKET, SOCK_RAW, 0) >= 0) puts("PACKETS");
    if (socket(AF_NETLINK, SOCK_RAW, 0) >= 0) puts("NETLINK");
    if (socket(AF_VSOCK, SOCK_STREAM, 0) >= 0) puts("MACHINE");
    if (socket(AF_ALG, SOCK_SEQPACKET, 0) >= 0) puts("KERNEL");
    puts("none");
}
