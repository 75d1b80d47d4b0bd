/* What programs of the benchmark need of WASI when wasm2c has made C of them: no arguments, output, exit. Everything else fails with ENOSYS. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program.h"

struct w2c_wasi__snapshot__preview1 {
    wasm_rt_memory_t *memory;
};
typedef struct w2c_wasi__snapshot__preview1 *Wasi;

#define CALL(name) w2c_wasi__snapshot__preview1_##name
#define ENOSYS 52

static u32 load(Wasi wasi, u32 at) {
    u32 value;
    if ((u64)at + 4 > wasi->memory->size) abort();
    memcpy(&value, wasi->memory->data + at, 4);
    return value;
}

static void store(Wasi wasi, u32 at, u32 value) {
    if ((u64)at + 4 > wasi->memory->size) abort();
    memcpy(wasi->memory->data + at, &value, 4);
}

u32 CALL(args_sizes_get)(Wasi wasi, u32 count, u32 size) {
    store(wasi, count, 0);
    store(wasi, size, 0);
    return 0;
}

u32 CALL(fd_write)(Wasi wasi, u32 fd, u32 parts, u32 count, u32 written) {
    u32 sum = 0;
    for (u32 i = 0; i < count; i++) {
        u32 at = load(wasi, parts + 8 * i), size = load(wasi, parts + 8 * i + 4);
        if ((u64)at + size > wasi->memory->size) abort();
        ssize_t n = write((int)fd, wasi->memory->data + at, size);
        if (n < 0) return 8;
        sum += (u32)n;
    }
    store(wasi, written, sum);
    return 0;
}

void CALL(proc_exit)(Wasi wasi, u32 status) {
    (void)wasi;
    exit((int)status);
}

/* Not called with success expected, or not at all. */
u32 CALL(args_get)(Wasi w, u32 a, u32 b) { return (void)w, (void)a, (void)b, 0; }
u32 CALL(clock_time_get)(Wasi w, u32 a, u64 b, u32 c) { return (void)w, (void)a, (void)b, (void)c, ENOSYS; }
u32 CALL(fd_close)(Wasi w, u32 a) { return (void)w, (void)a, ENOSYS; }
u32 CALL(fd_fdstat_get)(Wasi w, u32 a, u32 b) { return (void)w, (void)a, (void)b, ENOSYS; }
u32 CALL(fd_fdstat_set_flags)(Wasi w, u32 a, u32 b) { return (void)w, (void)a, (void)b, ENOSYS; }
u32 CALL(fd_filestat_get)(Wasi w, u32 a, u32 b) { return (void)w, (void)a, (void)b, ENOSYS; }
u32 CALL(fd_prestat_dir_name)(Wasi w, u32 a, u32 b, u32 c) { return (void)w, (void)a, (void)b, (void)c, ENOSYS; }
u32 CALL(fd_prestat_get)(Wasi w, u32 a, u32 b) { return (void)w, (void)a, (void)b, 8; }
u32 CALL(fd_read)(Wasi w, u32 a, u32 b, u32 c, u32 d) { return (void)w, (void)a, (void)b, (void)c, (void)d, ENOSYS; }
u32 CALL(fd_renumber)(Wasi w, u32 a, u32 b) { return (void)w, (void)a, (void)b, ENOSYS; }
u32 CALL(fd_seek)(Wasi w, u32 a, u64 b, u32 c, u32 d) { return (void)w, (void)a, (void)b, (void)c, (void)d, ENOSYS; }
u32 CALL(fd_sync)(Wasi w, u32 a) { return (void)w, (void)a, ENOSYS; }
u32 CALL(path_filestat_get)(Wasi w, u32 a, u32 b, u32 c, u32 d, u32 e) { return (void)w, (void)a, (void)b, (void)c, (void)d, (void)e, ENOSYS; }
u32 CALL(path_open)(Wasi w, u32 a, u32 b, u32 c, u32 d, u32 e, u64 f, u64 g, u32 h, u32 i) {
    return (void)w, (void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h, (void)i, ENOSYS;
}
u32 CALL(path_unlink_file)(Wasi w, u32 a, u32 b, u32 c) { return (void)w, (void)a, (void)b, (void)c, ENOSYS; }
u32 CALL(poll_oneoff)(Wasi w, u32 a, u32 b, u32 c, u32 d) { return (void)w, (void)a, (void)b, (void)c, (void)d, ENOSYS; }

int main(void) {
    static w2c_program program;
    static struct w2c_wasi__snapshot__preview1 wasi;
    wasm_rt_init();
    wasi.memory = &program.w2c_memory;
    wasm2c_program_instantiate(&program, &wasi);
    w2c_program_0x5Fstart(&program);
    return 0;
}
