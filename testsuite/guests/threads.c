// A program with threads: a small implementation of POSIX threads on wasi-threads, and a prime sieve, a queue and a barrier on it.
// The library below is single-threaded: only what is said to be safe is called by threads other than the first.
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((import_module("wasi"), import_name("thread-spawn"))) int32_t thread_spawn(void *);

static void sleep_on(_Atomic int *word, int value) {
    __builtin_wasm_memory_atomic_wait32((int *)word, value, -1);
}
static void wake(_Atomic int *word, unsigned count) {
    __builtin_wasm_memory_atomic_notify((int *)word, count);
}

// Threads: each has a stack and a block of thread-local variables.
typedef struct {
    void *stack_top, *tls;
    void *(*run)(void *);
    void *argument, *result;
    _Atomic int done;
    int tid;
    void *room;
} thread;


static thread *thread_create(void *(*run)(void *), void *argument) {
    enum { STACK = 128 << 10 };
    size_t tls_size = __builtin_wasm_tls_size(), align = __builtin_wasm_tls_align();
    thread *t = calloc(1, sizeof *t);
    t->room = malloc(STACK + tls_size + align);
    t->stack_top = (void *)(((uintptr_t)t->room + STACK) & ~(uintptr_t)15);
    t->tls = (void *)(((uintptr_t)t->room + STACK + align - 1) & ~(uintptr_t)(align - 1));
    t->run = run;
    t->argument = argument;
    t->tid = thread_spawn(t);
    if (t->tid <= 0) {
        fprintf(stderr, "thread-spawn: %d\n", t->tid);
        exit(1);
    }
    return t;
}

static void *thread_join(thread *t) {
    while (!atomic_load(&t->done)) sleep_on(&t->done, 0);
    void *result = t->result;
    free(t->room);
    free(t);
    return result;
}

void thread_body(thread *t) {
    t->result = t->run(t->argument);
}

void thread_done(thread *t) {
    atomic_store(&t->done, 1);
    wake(&t->done, -1);
}

// A new thread begins without a stack for C.
__asm__(
    ".globaltype __stack_pointer, i32\n"
    ".functype __wasm_init_tls (i32) -> ()\n"
    ".functype thread_body (i32) -> ()\n"
    ".functype thread_done (i32) -> ()\n"
    ".globl wasi_thread_start\n"
    ".type wasi_thread_start,@function\n"
    "wasi_thread_start:\n"
    ".functype wasi_thread_start (i32, i32) -> ()\n"
    "local.get 1\n i32.load 0\n global.set __stack_pointer\n"
    "local.get 1\n i32.load 4\n call __wasm_init_tls\n"
    "local.get 1\n call thread_body\n"
    "local.get 1\n call thread_done\n"
    "end_function\n"
    ".export_name wasi_thread_start, wasi_thread_start\n");

// A lock: 0 free, 1 taken, 2 taken and waited for.
typedef struct {
    _Atomic int state;
} mutex;

static void lock(mutex *m) {
    int c = 0;
    if (atomic_compare_exchange_strong(&m->state, &c, 1)) return;
    if (c != 2) c = atomic_exchange(&m->state, 2);
    while (c != 0) {
        sleep_on(&m->state, 2);
        c = atomic_exchange(&m->state, 2);
    }
}

static void unlock(mutex *m) {
    if (atomic_fetch_sub(&m->state, 1) != 1) {
        atomic_store(&m->state, 0);
        wake(&m->state, 1);
    }
}

typedef struct {
    _Atomic int sequence;
} condition;

static void wait_for(condition *c, mutex *m) {
    int seen = atomic_load(&c->sequence);
    unlock(m);
    sleep_on(&c->sequence, seen);
    lock(m);
}

static void signal_all(condition *c) {
    atomic_fetch_add(&c->sequence, 1);
    wake(&c->sequence, -1);
}

// Thread-local variables have their initial values in each thread.
static _Thread_local int mine = 42;
static _Thread_local char buffer[100] = "initial";

// A bounded queue between producers and consumers.
enum { CAPACITY = 8, PRODUCERS = 3, CONSUMERS = 2, ITEMS = 5000 };
static struct {
    mutex lock;
    condition changed;
    int items[CAPACITY], first, count, producers;
} queue = {.producers = PRODUCERS};

static void *produce(void *argument) {
    int id = (int)(intptr_t)argument;
    for (int i = 0; i < ITEMS; i++) {
        lock(&queue.lock);
        while (queue.count == CAPACITY) wait_for(&queue.changed, &queue.lock);
        queue.items[(queue.first + queue.count++) % CAPACITY] = id * ITEMS + i;
        mine++;
        signal_all(&queue.changed);
        unlock(&queue.lock);
    }
    lock(&queue.lock);
    queue.producers--;
    signal_all(&queue.changed);
    unlock(&queue.lock);
    return (void *)(intptr_t)mine;
}

static void *consume(void *argument) {
    long long *sum = argument;
    lock(&queue.lock);
    for (;;) {
        while (queue.count == 0 && queue.producers > 0) wait_for(&queue.changed, &queue.lock);
        if (queue.count == 0) break;
        *sum += queue.items[queue.first];
        queue.first = (queue.first + 1) % CAPACITY;
        queue.count--;
        signal_all(&queue.changed);
    }
    unlock(&queue.lock);
    return 0;
}

// Each thread sieves segments that it takes from a counter.
enum { LIMIT = 2000000, SEGMENT = 50000 };
static _Atomic int next_segment, primes;
static _Atomic long long check;

static void *sieve(void *argument) {
    char composite[SEGMENT];
    for (;;) {
        int low = atomic_fetch_add(&next_segment, 1) * SEGMENT;
        if (low >= LIMIT) break;
        memset(composite, 0, sizeof composite);
        for (int p = 2; p * p < low + SEGMENT; p++) {
            int start = (low + p - 1) / p * p;
            if (start < p * p) start = p * p;
            for (int n = start; n < low + SEGMENT; n += p) composite[n - low] = 1;
        }
        for (int n = low < 2 ? 2 : low; n < low + SEGMENT; n++)
            if (!composite[n - low]) {
                atomic_fetch_add(&primes, 1);
                atomic_fetch_add(&check, n);
            }
    }
    snprintf(buffer, sizeof buffer, "thread %d", (int)(intptr_t)argument);
    return strcmp(buffer, "initial") ? (void *)1 : 0;
}

int main(void) {
    thread *threads[8];
    long long sums[CONSUMERS] = {0};
    for (int i = 0; i < PRODUCERS; i++) threads[i] = thread_create(produce, (void *)(intptr_t)i);
    thread *consumers[CONSUMERS];
    for (int i = 0; i < CONSUMERS; i++) consumers[i] = thread_create(consume, &sums[i]);
    for (int i = 0; i < PRODUCERS; i++) printf("producer: %d\n", (int)(intptr_t)thread_join(threads[i]));
    for (int i = 0; i < CONSUMERS; i++) thread_join(consumers[i]);
    printf("sum: %lld\n", sums[0] + sums[1]);

    for (int i = 0; i < 4; i++) threads[i] = thread_create(sieve, (void *)(intptr_t)i);
    int good = 0;
    for (int i = 0; i < 4; i++) good += (int)(intptr_t)thread_join(threads[i]);
    printf("primes: %d, sum %lld, threads %d\n", primes, check, good);
    printf("first thread: %d, %s\n", mine, buffer);
    return 5;
}
