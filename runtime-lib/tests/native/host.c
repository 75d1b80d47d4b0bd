/* A C program with two instances of a module: calls, traps that it recovers from, threads, and signals of its own. */
#include "wative.h"
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const wative_module wative_module_m;
extern uint32_t wative_m__load(wative_instance *, uint32_t);

#define CHECK(x) do { if (!(x)) { printf("line %d: %s\n", __LINE__, #x); exit(1); } } while (0)

static wative_export find(wative_instance *it, const char *name) {
    wative_export e;
    CHECK(wative_export_lookup(it, name, strlen(name), &e));
    return e;
}

static uint32_t call(wative_instance *it, const char *name, uint64_t *values) {
    wative_export e = find(it, name);
    return wative_call(it, &e, values);
}

/* The import: calls back for small numbers, traps for 100. */
uint64_t wative_import_env__work(wative_instance *it, uint32_t n) {
    if (n == 100)
        wative_raise(WATIVE_TRAP_UNREACHABLE);
    if (n == 200) {
        /* A trap in an inner call is the inner call's. */
        uint64_t v[1] = {0xfffffff0};
        CHECK(call(it, "load", v) == WATIVE_TRAP_MEMORY_OUT_OF_BOUNDS);
        return 7;
    }
    return n + (uint64_t)(size_t)wative_instance_data(it);
}

static jmp_buf jump;
static uint32_t seen;
static void leave(wative_instance *it, uint32_t code) {
    (void)it;
    seen = code;
    longjmp(jump, 1);
}

static wative_instance *make(uint64_t *global) {
    wative_extern g = {WATIVE_GLOBAL, WATIVE_I64, global, 0};
    wative_instance *it;
    CHECK(wative_instantiate(&wative_module_m, &g, 1, &it) == 0);
    return it;
}

/* CVE-2024-47813: what all instances share (code, stacks, signal handlers) while several threads make, call and delete their own. */
static void *thread(void *arg) {
    uint64_t global = (uint64_t)(size_t)arg;
    for (int i = 0; i < ROUNDS; i++) {
        wative_instance *it = make(&global);
        uint64_t v[2] = {65532, global};
        CHECK(call(it, "store", v) == 0);
        v[0] = 65532;
        CHECK(call(it, "load", v) == 0 && v[0] == global);
        v[0] = 65536;
        CHECK(call(it, "load", v) == WATIVE_TRAP_MEMORY_OUT_OF_BOUNDS);
        wative_trap t;
        CHECK(wative_last_trap(it, &t) && t.code == WATIVE_TRAP_MEMORY_OUT_OF_BOUNDS);
        if (i % (ROUNDS / 4) == 0)
            CHECK(call(it, "overflow", v) == WATIVE_TRAP_STACK_OVERFLOW);
        CHECK(call(it, "global", v) == 0 && v[0] == global);
        wative_instance_delete(it);
    }
    return arg;
}

static void own_handler(int signal) {
    (void)signal;
    static const char text[] = "own handler\n";
    write(1, text, sizeof text - 1);
    _exit(5);
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "";
    if (!strcmp(mode, "own"))
        signal(SIGSEGV, own_handler);
    wative_set_stack_size(1 << 20);
    uint64_t g1 = 11, g2 = 22;
    wative_instance *a = make(&g1), *b = make(&g2);
    wative_extern wrong = {WATIVE_GLOBAL, WATIVE_I32, &g1, 0};
    wative_instance *none = a;
    CHECK(wative_instantiate(&wative_module_m, &wrong, 1, &none) == WATIVE_ERROR_IMPORT_TYPE && !none);
    CHECK(wative_instantiate(&wative_module_m, &wrong, 0, &none) == WATIVE_ERROR_IMPORT_COUNT);
    wative_instance_set_data(a, (void *)1000);

    uint64_t v[2] = {8, 0x12345678};
    CHECK(call(a, "store", v) == 0);
    CHECK(wative_memory_size(a) == 65536 && wative_memory_base(a)[8] == 0x78 && wative_memory_base(b)[8] == 0);
    CHECK(call(a, "global", v) == 0 && v[0] == 11);
    CHECK(call(b, "global", v) == 0 && v[0] == 22);
    v[0] = 5;
    CHECK(call(a, "call", v) == 0 && v[0] == 1005);
    v[0] = 200;
    CHECK(call(a, "call", v) == 0 && v[0] == 7);
    v[0] = 100;
    CHECK(call(a, "call", v) == WATIVE_TRAP_UNREACHABLE);
    CHECK(call(b, "exit", v) == WATIVE_TRAP_EXIT);
    wative_trap t;
    CHECK(wative_last_trap(b, &t) && t.status == 42);
    CHECK(find(a, "load").funcref && !find(a, "store").funcref);
    wative_export e;
    CHECK(!wative_export_lookup(a, "loa", 3, &e));

    CHECK(wative_m__load(a, 8) == 0x12345678);
    wative_set_trap_callback(leave);
    if (!setjmp(jump)) {
        wative_m__load(a, 65535);
        CHECK(0);
    }
    CHECK(seen == WATIVE_TRAP_MEMORY_OUT_OF_BOUNDS);
    char text[200];
    wative_trap_text(a, text, sizeof text);
    // Of an access over the end of the memory, processors tell the first byte or the first one outside.
    const char *start = "error: wasm trap: out of bounds memory access\nmemory fault at wasm address 0x";
    const char *end = " in linear memory of size 0x10000\nwasm backtrace:\n   0: 0x10 - <wasm function 5>\n";
    CHECK(!strncmp(text, start, strlen(start)) && strstr(text, end) && strlen(strstr(text, end)) == strlen(end));
    CHECK(wative_trap_text(a, text, 8) == 7 && !strcmp(text, "error: "));
    size_t len;
    const char *message = wative_trap_message(WATIVE_TRAP_STACK_OVERFLOW, &len);
    CHECK(len == 20 && !memcmp(message, "call stack exhausted", len) && !wative_trap_message(99, &len));

    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        CHECK(!pthread_create(&threads[i], 0, thread, (void *)(i + 1)));
    for (size_t i = 0; i < 4; i++)
        CHECK(!pthread_join(threads[i], 0));

    wative_set_trap_callback(0);
    puts("done");
    fflush(stdout);
    if (!strcmp(mode, "trap"))
        wative_m__load(a, 65535);
    if (!strcmp(mode, "fault") || !strcmp(mode, "own"))
        *(volatile int *)16 = 1;
    return 0;
}
