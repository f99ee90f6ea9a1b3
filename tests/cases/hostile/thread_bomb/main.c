#include <pthread.h>
#include <unistd.h>
static void *wait_for_ever(void *unused) {
    for (;;) sleep(1000);
    return unused;
}
int main(void) {
    for (;;) {
        pthread_t thread;
        pthread_create(&thread, NULL, wait_for_ever, NULL);
    }
}
