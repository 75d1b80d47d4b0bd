/* Drives the component heap: objects, exceptions and continuations, from threads one after the other. The argument says how it ends. */
#include "heap.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(uint32_t code) {
    if (code == 0)
        return;
    char message[4096];
    wative_component_trap_text(message, sizeof message);
    printf("trap %u: %s\n", code, message);
    exit(1);
}

void heap_import_again(const struct heap_import_again_params *params, uint32_t *result) { *result = params->n; }

static void *work(void *unused) {
    (void)unused;
    uint32_t value;
    check(heap_deep(100, &value));
    printf("deep: %u\n", value);
    check(heap_generate(30, &value));
    printf("generate: %u\n", value);
    check(heap_throw(50, &value));
    return NULL;
}

int main(int argc, char **argv) {
    uint32_t value;
    check(wative_component_start());
    for (int i = 0; i < 3; i++) {
        work(NULL);
        pthread_t thread;
        if (pthread_create(&thread, NULL, work, NULL) != 0)
            return 2;
        pthread_join(thread, NULL);
        /* The exception was thrown on another thread's stack. */
        check(heap_catch(50, &value));
        printf("catch: %u\n", value);
    }
    if (argc > 1 && strcmp(argv[1], "unhandled") == 0)
        printf("unhandled: %u\n", heap_alone(1, &value));
    else
        printf("uncaught: %u\n", heap_uncaught(100, &value));
    char message[4096];
    wative_component_trap_text(message, sizeof message);
    printf("%.*s\n", (int)(strchr(message, '\n') - message), message);
    printf("dead: %u\n", heap_catch(1, &value));
    return 0;
}
