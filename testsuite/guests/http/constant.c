// A server of WASI 0.3 that answers every request with a line and looks at none of it: what any handler costs, beside scripts/bench/epoll.c. Functions of the host are declared as the
// canonical ABI lowers them.
#include <stdint.h>

typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t handle;

#define HOST(module, name) __attribute__((import_module(module), import_name(name)))
#define TYPES(name) HOST("wasi:http/types@0.3.0", name)
#define HANDLER(name) __attribute__((export_name(name "[async-lift]wasi:http/handler@0.3.0#handle")))

// Two ends: that to write to lies above that to read from.
typedef u64 ends;

TYPES("[resource-drop]request") void request_drop(handle);
TYPES("[static]fields.from-list") void fields_from_list(const void *list, u32 len, u32 *result);
TYPES("[static]response.new") void response_new(handle fields, int some, handle contents, handle trailers, handle *result);
TYPES("[stream-new-0][static]response.new") ends contents_new(void);
TYPES("[async-lower][stream-write-0][static]response.new") u32 contents_write(handle, const char *, u32 len);
TYPES("[stream-drop-writable-0][static]response.new") void contents_drop(handle);
TYPES("[future-new-1][static]response.new") ends trailers_new(void);
TYPES("[async-lower][future-write-1][static]response.new") u32 trailers_write(handle, const void *);
TYPES("[future-drop-writable-1][static]response.new") void trailers_drop(handle);
TYPES("[future-drop-readable-2][static]response.new") void sent_drop(handle);
HOST("[export]wasi:http/handler@0.3.0", "[task-return]handle") void task_return(int is_error, handle response, u32, u64, u32, u32, u32, u32);
HOST("$root", "[waitable-set-new]") handle set_new(void);
HOST("$root", "[waitable-set-drop]") void set_drop(handle);
HOST("$root", "[waitable-join]") void waitable_join(handle, handle set);
HOST("$root", "[context-get-0]") void *context_get(void);
HOST("$root", "[context-set-0]") void context_set(void *);

static const char LINE[] = "Hello, world!";
static const char NAME[] = "content-type", VALUE[] = "text/plain";
static const struct { const char *name; u32 name_len; const char *value; u32 value_len; } FIELDS[] = {{NAME, sizeof NAME - 1, VALUE, sizeof VALUE - 1}};

// `ok(none)`.
static const u64 NO_TRAILERS[8];

// Nothing that is called here returns a list or a string.
__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, u32 old_len, u32 align, u32 len) { __builtin_trap(); }

// What a task needs to go on.
struct task {
    handle set, contents, trailers;
    struct task *next;
};

// Those that are not used; more than a server lets an instance answer at a time.
static struct task tasks[4096], *unused;
static u32 used;

static struct task *task_new(void) {
    struct task *task = unused;
    if (!task) return &tasks[used++];
    unused = task->next;
    return task;
}

enum { EXIT = 0, WAIT = 2 };
static const u32 BLOCKED = -1;

// Waits for the end of a write, unless it is over.
static u32 wait_for(struct task *task, handle end) {
    waitable_join(end, task->set);
    return WAIT | task->set << 4;
}

static u32 finish(struct task *task) {
    trailers_drop(task->trailers);
    set_drop(task->set);
    task->next = unused;
    unused = task;
    return EXIT;
}

// The contents are written.
static u32 go_on(struct task *task) {
    contents_drop(task->contents);
    task->contents = 0;
    return trailers_write(task->trailers, NO_TRAILERS) == BLOCKED ? wait_for(task, task->trailers) : finish(task);
}

HANDLER("") u32 handle_request(handle request) {
    request_drop(request);
    u32 fields[5];
    fields_from_list(FIELDS, 1, fields);
    ends contents = contents_new(), trailers = trailers_new();
    handle response[2];
    response_new(fields[1], 1, contents, trailers, response);
    sent_drop(response[1]);
    task_return(0, response[0], 0, 0, 0, 0, 0, 0);
    struct task *task = task_new();
    task->set = set_new();
    task->contents = contents >> 32;
    task->trailers = trailers >> 32;
    context_set(task);
    return contents_write(task->contents, LINE, sizeof LINE - 1) == BLOCKED ? wait_for(task, task->contents) : go_on(task);
}

HANDLER("[callback]") u32 callback(u32 event, handle end, u32 how) {
    struct task *task = context_get();
    waitable_join(end, 0);
    return task->contents ? go_on(task) : finish(task);
}
