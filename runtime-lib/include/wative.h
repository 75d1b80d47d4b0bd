/* The C interface of wative: compiled WebAssembly modules in C programs.
 *
 *   wative build math.wasm --emit obj -o math.o       (symbols: wative_module_math, wative_math__NAME)
 *   wative runtime -o libwative_runtime.a
 *   cc host.c math.o libwative_runtime.a
 *
 * docs/abi.md describes names, types and rules. Several threads may use this at once, but an instance only one thread at a
 * time.
 */
#ifndef WATIVE_H
#define WATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A compiled module: declare `extern const wative_module wative_module_PREFIX;`. */
typedef struct wative_module wative_module;

/* An instance of a module. */
typedef struct wative_instance wative_instance;

/* Types and constants; headers of libraries have them as well. */
#ifndef WATIVE_TYPES
#define WATIVE_TYPES

/* A function reference; null references are 0. */
typedef struct wative_funcref wative_funcref;

enum {
    WATIVE_OK = 0,
    WATIVE_TRAP_UNREACHABLE = 1,
    WATIVE_TRAP_MEMORY_OUT_OF_BOUNDS = 2,
    WATIVE_TRAP_TABLE_OUT_OF_BOUNDS = 3,
    WATIVE_TRAP_INDIRECT_CALL_TO_NULL = 4,
    WATIVE_TRAP_BAD_SIGNATURE = 5,
    WATIVE_TRAP_INTEGER_OVERFLOW = 6,
    WATIVE_TRAP_INTEGER_DIVISION_BY_ZERO = 7,
    WATIVE_TRAP_BAD_CONVERSION_TO_INTEGER = 8,
    WATIVE_TRAP_STACK_OVERFLOW = 9,
    WATIVE_TRAP_NULL_REFERENCE = 10,
    WATIVE_TRAP_UNKNOWN_IMPORT = 11,
    /* proc_exit; wative_last_trap tells the status. */
    WATIVE_TRAP_EXIT = 12,
    /* An exception left the outermost function of the call. */
    WATIVE_TRAP_UNCAUGHT_EXCEPTION = 13,
    WATIVE_TRAP_UNALIGNED_ATOMIC = 14,
    WATIVE_TRAP_EXPECTED_SHARED_MEMORY = 15,
    /* A component, or the program that called it, broke a rule of the canonical ABI. */
    WATIVE_TRAP_COMPONENT = 16,
    /* No room for an object of the garbage-collected heap. */
    WATIVE_TRAP_OUT_OF_MEMORY = 17,
    WATIVE_TRAP_CAST_FAILURE = 18,
    WATIVE_TRAP_ARRAY_OUT_OF_BOUNDS = 19,
    WATIVE_TRAP_CONTINUATION_CONSUMED = 20,
    WATIVE_TRAP_UNHANDLED_TAG = 21,

    /* Other answers of wative_instantiate. */
    WATIVE_ERROR_VERSION = 256,
    WATIVE_ERROR_IMPORT_COUNT = 257,
    WATIVE_ERROR_IMPORT_TYPE = 258,
    WATIVE_ERROR_NO_MEMORY = 259
};

enum { WATIVE_FUNC = 0, WATIVE_TABLE = 1, WATIVE_MEMORY = 2, WATIVE_GLOBAL = 3, WATIVE_TAG = 4 };

/* Value types (binary format). */
enum {
    WATIVE_I32 = 0x7f,
    WATIVE_I64 = 0x7e,
    WATIVE_F32 = 0x7d,
    WATIVE_F64 = 0x7c,
    WATIVE_V128 = 0x7b,
    WATIVE_FUNCREF = 0x70,
    WATIVE_EXTERNREF = 0x6f,
    /* An exception. Good for passing back while the call that gave it runs, and afterwards; in modules that name types of objects a reference to one. */
    WATIVE_EXNREF = 0x69,
    /* References to objects. Those to a type that the module defines are WATIVE_EQREF. */
    WATIVE_ANYREF = 0x6e,
    WATIVE_EQREF = 0x6d,
    WATIVE_I31REF = 0x6c,
    WATIVE_STRUCTREF = 0x6b,
    WATIVE_ARRAYREF = 0x6a
};

/* A linear memory. Only `base` and `len` are of interest; calls may change them. */
typedef struct wative_memory {
    uint8_t *base;
    uint64_t len;
    uint64_t max_pages;
    uint64_t flags;
} wative_memory;

/* Accesses are checked by the code (`--memory checked`); threads share it (it needs a maximum, and never moves); addresses have 64 bits; pages are
   single bytes (it is checked then). */
enum { WATIVE_MEMORY_CHECKED = 2, WATIVE_MEMORY_SHARED = 16, WATIVE_MEMORY_64 = 32, WATIVE_MEMORY_BYTES = 64 };

/* A table. Elements are references. */
typedef struct wative_table {
    uint64_t *elems;
    uint64_t len;
    uint64_t max;
    uint64_t capacity;
} wative_table;

/* Something to import that is no function (functions are found by the linker). */
typedef struct wative_extern {
    uint32_t kind;
    /* Global: value type | 0x100 if mutable. Table: element type | 0x400 if its indices have 64 bits. Both: | 0x200 for references without null. Memory, tag: not
     * looked at. */
    uint32_t type;
    /* wative_memory, wative_table, the global's value (8 bytes, v128: 16; references to objects are owned by the cell, in tables too), or what only the library knows of a tag. An imported tag whose exceptions carry references to objects is
     * the instance's alone: null. */
    void *address;
    /* Global and table of references to functions of one type: identity of that type, as exports have it. Otherwise null. */
    const void *function_type;
} wative_extern;

/* An export. For everything but functions `item` can be given as an import. */
typedef struct wative_export {
    wative_extern item;
    /* Function: value types, parameters then results. */
    const uint8_t *types;
    uint32_t param_count;
    uint32_t result_count;
    /* Function: its reference; may be null where the module never makes one. */
    const wative_funcref *funcref;
} wative_export;

/* What a trap was. */
typedef struct wative_trap {
    uint32_t code;
    /* WATIVE_TRAP_EXIT: the status of proc_exit. */
    uint32_t status;
} wative_trap;

/* What WASI calls may see. Texts are not null-terminated. */
typedef struct wative_preopen {
    const char *host;
    uint64_t host_len;
    const char *guest;
    uint64_t guest_len;
    uint64_t flags; /* 0, or WATIVE_READ_ONLY: nothing beneath it can be changed */
} wative_preopen;
enum { WATIVE_READ_ONLY = 1 };
typedef struct wative_env_var {
    /* NAME=value, or NAME alone for the value in `envp`. */
    const char *text;
    uint64_t len;
} wative_env_var;
enum { WATIVE_INHERIT_ENV = 1 };
typedef struct wative_config {
    const wative_preopen *preopens;
    uint64_t preopen_count;
    const wative_env_var *env;
    uint64_t env_count;
    uint64_t stack_size; /* unused here */
    uint64_t flags;      /* WATIVE_INHERIT_ENV: all of envp */
    uint64_t cpu;        /* unused here */
    uint64_t memory_limit; /* bytes of all memories together, 0 for no limit */
    const uint64_t *filter; /* unused here, as the next */
    uint64_t filter_len;
} wative_config;

#endif /* WATIVE_TYPES */
/* Makes an instance. `imports`: what the module imports besides functions, in its order. Answers 0, a trap code (the
 * instance exists nevertheless) or an error (`*out` is null). */
uint32_t wative_instantiate(const wative_module *module, const wative_extern *imports, size_t import_count,
                            wative_instance **out);

/* Frees an instance. No call of it may be running and nothing may refer to it. */
void wative_instance_delete(wative_instance *instance);

/* A pointer of yours that belongs to the instance; imports get the instance as first argument. */
void *wative_instance_data(const wative_instance *instance);
void wative_instance_set_data(wative_instance *instance, void *data);

/* The first memory: null and 0 where there is none. */
uint8_t *wative_memory_base(const wative_instance *instance);
uint64_t wative_memory_size(const wative_instance *instance);

/* Memories and tables to import: 0 or WATIVE_ERROR_NO_MEMORY. */
uint32_t wative_memory_create(uint64_t min_pages, uint64_t max_pages, uint32_t flags, wative_memory *out);
uint32_t wative_table_create(uint64_t min, uint64_t max, wative_table *out);

/* Finds an export by name (`len` bytes). */
bool wative_export_lookup(wative_instance *instance, const char *name, size_t len, wative_export *out);

/* Calls an exported function: 0 or a trap code. `values`: a slot for each parameter (i32 and f32 in the low half, v128
 * two slots); results replace them from the start. */
uint32_t wative_call(wative_instance *instance, const wative_export *function, uint64_t *values);

/* What exports called by their own symbols do on a trap. The callback may leave by longjmp or an exception; if it
 * returns, so does the export, with unspecified results. Default (null): message and backtrace on stderr, exit status 134. */
void wative_set_trap_callback(void (*callback)(wative_instance *instance, uint32_t code));

/* Ends the running call with a trap, from an imported C function. Frames up to the call are abandoned without clean-up. */
void wative_raise(uint32_t code);

/* References to objects of the garbage collector are numbers of the instance, good for it alone, compared with `==`: that of one object is always the same. What a call of the module
 * answers is yours until you release it, as often as you got it. What a C function is called with is good until it returns; retain what you keep or return. What it returns is the
 * module's. Numbers without bit 63 are values of yours. Both answer whether it is an object of the instance. Whatever else is given where an object is wanted is a trap. */
bool wative_reference_retain(wative_instance *instance, uint64_t reference);
bool wative_reference_release(wative_instance *instance, uint64_t reference);

/* The last trap of a call of this instance from C: whether there was one. */
bool wative_last_trap(const wative_instance *instance, wative_trap *out);

/* Its message and backtrace as text, null-terminated and cut off at `size`; answers the length. */
size_t wative_trap_text(const wative_instance *instance, char *buf, size_t size);

/* The message of a code: `*len` bytes without terminator; null for other numbers. */
const char *wative_trap_message(uint32_t code, size_t *len);

/* Bytes of the stacks that Wasm code runs on, for stacks made from now on. Default: 64 MiB, of which only what is touched counts. */
void wative_set_stack_size(uint64_t bytes);

/* Call before anything uses WASI, at most once. Everything is used in place. `envp` and `config` may be null. */
void wative_wasi_configure(size_t argc, const char *const *argv, const char *const *envp, const wative_config *config);

#ifdef __cplusplus
}
#endif

#endif
