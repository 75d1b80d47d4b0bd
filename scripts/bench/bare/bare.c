/* A program of the benchmark without a C library, for memories of 32 and of 64 bits alike: an export `run` instead of `main`. PROGRAM is its file. */
#include PROGRAM

__attribute__((export_name("run"))) uint64_t bare_run(void) { return work(); }

extern unsigned char __heap_base;
static unsigned char *bare_heap;

/* Nothing is given back. */
void *malloc(size_t bytes) {
    if (!bare_heap) bare_heap = &__heap_base;
    unsigned char *start = (unsigned char *)(((uintptr_t)bare_heap + 15) & ~(uintptr_t)15);
    uintptr_t end = (uintptr_t)start + bytes, have = (uintptr_t)__builtin_wasm_memory_size(0) << 16;
    if (end > have) __builtin_wasm_memory_grow(0, (end - have + 65535) >> 16);
    bare_heap = (unsigned char *)end;
    return start;
}

void free(void *object) { (void)object; }

void *calloc(size_t count, size_t bytes) { return memset(malloc(count * bytes), 0, count * bytes); }
