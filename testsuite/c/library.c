/* A program with two libraries that were made of modules, static or (with -DSHARED) shared ones: it calls them from several threads, has handlers of its own, forks, and
 * closes the shared one. */
#define _GNU_SOURCE
#include "library.h"
#include "second.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef SHARED
#include <dlfcn.h>
#endif

#define CHECK(x) do { if (!(x)) { printf("line %d: %s\n", __LINE__, #x); exit(1); } } while (0)

/* How often each thread makes an instance; fewer times in an emulator. */
#ifndef ROUNDS
#define ROUNDS 20
#endif

/* What was handed to `data`. */
struct host {
    uint64_t calls;
    uint32_t raises;
};

static uint64_t on_log(library_instance *instance, uint32_t code, double value) {
    struct host *host = library_data(instance);
    host->calls++;
    if (code == 100)
        library_raise(WATIVE_TRAP_UNREACHABLE);
    if (code == 200) {
        /* A call inside of a call, whose trap is its own. */
        uint32_t r;
        CHECK(library_load(instance, 0xfffffff0, &r) == WATIVE_TRAP_MEMORY_OUT_OF_BOUNDS);
    }
    return code + (uint64_t)value;
}

static void on_pair(library_instance *instance, uint32_t n, uint64_t *results) {
    (void)instance;
    float half = n / 2.0f;
    results[0] = n + 1;
    memcpy(&results[1], &half, sizeof half);
}

static library_instance *first;

static uint32_t on_inner(second_instance *instance, uint32_t n) {
    CHECK(second_data(instance) == &first);
    uint32_t r = 0;
    /* The trap of one library, in a call of the other. */
    CHECK(library_load(first, 0xfffffff0, &r) == WATIVE_TRAP_MEMORY_OUT_OF_BOUNDS);
    CHECK(library_add(first, n, 1, &r) == 0);
    return r;
}

static library_instance *make(library_imports *imports, struct host *host) {
    *imports = (library_imports){host, on_log, on_pair};
    library_instance *it;
    CHECK(library_new(imports, NULL, 0, &it) == WATIVE_OK && it);
    return it;
}

/* Signals that arrive while the threads are at work. */
enum { SIGNALS = 50 };
static volatile sig_atomic_t user_signals;

static void *thread(void *arg) {
    struct host host = {0, 0};
    library_imports imports;
    for (int i = 0; i < ROUNDS || user_signals < SIGNALS; i++) {
        library_instance *it = make(&imports, &host);
        uint32_t r;
        CHECK(library_store(it, 65532, (uint32_t)(size_t)arg) == 0);
        CHECK(library_load(it, 65532, &r) == 0 && r == (uint32_t)(size_t)arg);
        CHECK(library_load(it, 65533, &r) == WATIVE_TRAP_MEMORY_OUT_OF_BOUNDS);
        CHECK(library_divmod(it, 1, 0, &r, &r) == WATIVE_TRAP_INTEGER_DIVISION_BY_ZERO);
        if (i % (ROUNDS / 2) == 0)
            CHECK(library_deep(it, 0, &r) == WATIVE_TRAP_STACK_OVERFLOW);
        library_delete(it);
    }
    /* What belongs to the C library's thread is as it was. */
    CHECK(pthread_self() != 0);
    return arg;
}

static void on_user(int signal) {
    (void)signal;
    user_signals++;
}

static void on_fault(int signal) {
    static const char text[] = "the program's own handler\n";
    if (write(1, text, sizeof text - 1) < 0)
        _exit(3);
    _exit(signal == SIGSEGV ? 5 : 4);
}

/* Ends in the handler that was there before, or as it would without the library. */
static int fault_in_child(void) {
    fflush(stdout);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        uint32_t r;
        /* The library goes on in the child. */
        CHECK(library_load(first, 0xfffffff0, &r) == WATIVE_TRAP_MEMORY_OUT_OF_BOUNDS);
        CHECK(library_add(first, 1, 2, &r) == 0 && r == 3);
        *(volatile int *)16 = 1;
        _exit(9);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    return status;
}

int main(int argc, char **argv) {
    int own = argc > 1 && !strcmp(argv[1], "own");
    if (own)
        signal(SIGSEGV, on_fault);
    library_stack_size(1 << 20);
    struct host host = {0, 0};
    library_imports imports;
    library_instance *it = first = make(&imports, &host);

    uint32_t r = 0, q = 0;
    CHECK(library_add(it, 0xffffffff, 2, &r) == 0 && r == 1);
    CHECK(library_divmod(it, 17, 5, &q, &r) == 0 && q == 3 && r == 2);
    q = r = 99;
    CHECK(library_divmod(it, 17, 0, &q, &r) == WATIVE_TRAP_INTEGER_DIVISION_BY_ZERO && q == 99 && r == 99);
    double d;
    CHECK(library_scale(it, 0.5f, 2.0, (uint64_t)-3, &d) == 0 && d == -5.5);
    union { library_v128 v; uint32_t lanes[4]; } v = {.lanes = {1, 2, 3, 0xffffffff}};
    CHECK(library_vector(it, v.v, 5, &v.v) == 0 && v.lanes[0] == 6 && v.lanes[3] == 4);
    uint64_t l;
    CHECK(library_host(it, 7, 3.0, &l) == 0 && l == 10 && host.calls == 1);
    CHECK(library_host(it, 200, 1.0, &l) == 0 && l == 201);
    CHECK(library_host(it, 100, 1.0, &l) == WATIVE_TRAP_UNREACHABLE && host.calls == 3);
    float f;
    CHECK(library_pairs(it, 9, &f, &r) == 0 && f == 4.5f && r == 10);
    CHECK(library_new_(it, &r) == 0 && r == 77 && library_instance_(it, &r) == 0 && r == 78);
    CHECK(library_a_b(it, &r) == 0 && r == 1 && library_a_b_(it, &r) == 0 && r == 2);

    char text[400];
    CHECK(library_load(it, 65536, &r) == WATIVE_TRAP_MEMORY_OUT_OF_BOUNDS);
    wative_trap trap;
    CHECK(library_last_trap(it, &trap) && trap.code == WATIVE_TRAP_MEMORY_OUT_OF_BOUNDS);
    CHECK(library_trap_text(it, text, sizeof text) == strlen(text));
    CHECK(strstr(text, "out of bounds memory access") && strstr(text, " - load\n"));
    size_t len;
    const char *message = library_message(WATIVE_TRAP_STACK_OVERFLOW, &len);
    CHECK(len == 20 && !memcmp(message, "call stack exhausted", len));

    /* Memory, by copies and by address. */
    uint32_t word = 0x12345678;
    CHECK(library_memory_size(it) == 65536 && library_write(it, 65532, &word, 4) && !library_write(it, 65533, &word, 4));
    CHECK(!library_read(it, UINT64_MAX, &word, 4) && !library_read(it, 0, &word, SIZE_MAX) && library_read(it, 65536, &word, 0));
    CHECK(library_load(it, 65532, &r) == 0 && r == 0x12345678 && library_memory(it)[65532] == 0x78);
    CHECK(library_grow(it, 1, &r) == 0 && r == 1 && library_memory_size(it) == 131072);
    CHECK(library_read(it, 65533, &word, 4) && word == 0x123456);
    wative_export e;
    CHECK(library_find(it, "calls", 5, &e) && e.item.kind == WATIVE_GLOBAL && e.item.type == (WATIVE_I32 | 0x100));
    CHECK(library_find(it, "a-b", 3, &e) && library_call(it, &e, &l) == 0 && l == 1 && !library_find(it, "ab", 2, &e));

    /* What is missing is said. */
    library_imports missing = {&host, on_log, NULL};
    library_instance *none = it;
    CHECK(library_new(&missing, NULL, 0, &none) == WATIVE_ERROR_IMPORT_COUNT && !none);
    none = it;
    CHECK(library_new(NULL, NULL, 0, &none) == WATIVE_ERROR_IMPORT_COUNT && !none);

    /* Another instance has its own state, memory and functions. */
    struct host other_host = {0, 0};
    library_imports other_imports;
    library_instance *other = make(&other_imports, &other_host);
    CHECK(library_load(other, 65532, &r) == 0 && r == 0 && library_memory_size(other) == 65536);
    CHECK(library_host(other, 1, 1.0, &l) == 0 && other_host.calls == 1 && host.calls == 3);
    library_delete(other);

    second_imports inner = {&first, on_inner};
    second_instance *second;
    CHECK(second_new(&inner, NULL, 0, &second) == WATIVE_OK);
    CHECK(second_outer(second, 41, &r) == 0 && r == 42);
    CHECK(second_load(second, 65536, &r) == WATIVE_TRAP_MEMORY_OUT_OF_BOUNDS);
    CHECK(second_outer(second, 1, &r) == 0 && r == 2);

    /* Threads, while signals arrive that are none of the library's business. A stack of the library may be nearly used up, so that the handler needs another. */
    struct sigaction action = {.sa_handler = on_user, .sa_flags = SA_RESTART | SA_ONSTACK};
    CHECK(!sigaction(SIGUSR1, &action, NULL));
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        CHECK(!pthread_create(&threads[i], NULL, thread, (void *)(i + 1)));
    for (size_t k = 0; user_signals < SIGNALS; k++)
        CHECK(!pthread_kill(threads[k % 4], SIGUSR1));
    for (size_t i = 0; i < 4; i++)
        CHECK(!pthread_join(threads[i], NULL));
    stack_t alternate;
    CHECK(!sigaltstack(NULL, &alternate) && (alternate.ss_flags & SS_DISABLE));

    int status = fault_in_child();
    if (own)
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5);
    else
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);

    second_delete(second);
#ifdef SHARED
    /* Handlers of signals stay in the process, so the library does, too. */
    void *loaded = dlopen("liblibrary.so", RTLD_NOW | RTLD_NOLOAD);
    CHECK(loaded && !dlclose(loaded) && !dlclose(loaded));
#endif
    CHECK(library_load(it, 0xfffffff0, &r) == WATIVE_TRAP_MEMORY_OUT_OF_BOUNDS);
    library_delete(it);
    puts("done");
    return 0;
}
