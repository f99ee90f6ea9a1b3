#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static const char *names[] = {"", "first", "second"};
static void *await(void *n) {
    usleep((long)n * 100000);
    puts(names[(long)n]);
    return n;
}
int main(void) {
    pthread_t threads[2];
    void *results[2];
    for (long i = 0; i < 2; i++) pthread_create(&threads[i], NULL, await, (void *)(i + 1));
    for (int i = 0; i < 2; i++) pthread_join(threads[i], &results[i]);
    printf("[%ld, %ld]\n", (long)results[0], (long)results[1]);
}
