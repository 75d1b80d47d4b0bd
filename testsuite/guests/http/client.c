// Sends requests, without a library. Arguments: SCHEME METHOD AUTHORITY PATH BYTES MILLISECONDS TIMES. A body of so many bytes is sent, if there are any, with a
// trailer; no time-outs if there are no milliseconds. Functions of the host are declared as the canonical ABI lowers them.
#include <stdbool.h>
#include <stdint.h>

typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t handle;

#define HOST(module, name) __attribute__((import_module(module "@0.2.3"), import_name(name)))
#define TYPES(name) HOST("wasi:http/types", name)
#define STREAMS(name) HOST("wasi:io/streams", name)

TYPES("[constructor]fields") handle fields_new(void);
TYPES("[method]fields.append") void fields_append(handle, const char *name, u32 len, const char *value, u32 value_len, uint8_t *result);
TYPES("[method]fields.entries") void fields_entries(handle, u32 *result);
TYPES("[resource-drop]fields") void fields_drop(handle);
TYPES("[constructor]outgoing-request") handle out_new(handle);
TYPES("[method]outgoing-request.body") void out_body(handle, u32 *result);
TYPES("[method]outgoing-request.set-method") int out_set_method(handle, int method, const char *name, u32 len);
TYPES("[method]outgoing-request.set-path-with-query") int out_set_path(handle, int some, const char *path, u32 len);
TYPES("[method]outgoing-request.set-scheme") int out_set_scheme(handle, int some, int scheme, const char *name, u32 len);
TYPES("[method]outgoing-request.set-authority") int out_set_authority(handle, int some, const char *text, u32 len);
TYPES("[method]outgoing-body.write") void outgoing_write(handle, u32 *result);
TYPES("[static]outgoing-body.finish") void outgoing_finish(handle, int some, handle trailers, u64 *result);
TYPES("[constructor]request-options") handle options_new(void);
TYPES("[method]request-options.set-connect-timeout") int options_set_connect(handle, int some, u64);
TYPES("[method]request-options.set-first-byte-timeout") int options_set_first(handle, int some, u64);
TYPES("[method]request-options.set-between-bytes-timeout") int options_set_between(handle, int some, u64);
TYPES("[method]future-incoming-response.subscribe") handle future_subscribe(handle);
TYPES("[method]future-incoming-response.get") void future_get(handle, u64 *result);
TYPES("[resource-drop]future-incoming-response") void future_drop(handle);
TYPES("[method]incoming-response.status") int response_status(handle);
TYPES("[method]incoming-response.headers") handle response_headers(handle);
TYPES("[method]incoming-response.consume") void response_consume(handle, u32 *result);
TYPES("[resource-drop]incoming-response") void response_drop(handle);
TYPES("[method]incoming-body.stream") void body_stream(handle, u32 *result);
TYPES("[static]incoming-body.finish") handle body_finish(handle);
TYPES("[method]future-trailers.subscribe") handle trailers_subscribe(handle);
TYPES("[method]future-trailers.get") void trailers_get(handle, u64 *result);
TYPES("[resource-drop]future-trailers") void trailers_drop(handle);
TYPES("http-error-code") void http_error_code(handle, u64 *result);
HOST("wasi:http/outgoing-handler", "handle") void send(handle request, int some, handle options, u64 *result);
STREAMS("[method]input-stream.blocking-read") void input_read(handle, u64 len, u32 *result);
STREAMS("[resource-drop]input-stream") void input_drop(handle);
STREAMS("[method]output-stream.blocking-write-and-flush") void output_write(handle, const char *, u32 len, u32 *result);
STREAMS("[resource-drop]output-stream") void output_drop(handle);
HOST("wasi:io/error", "[resource-drop]error") void error_drop(handle);
HOST("wasi:io/poll", "[method]pollable.block") void pollable_block(handle);
HOST("wasi:io/poll", "[resource-drop]pollable") void pollable_drop(handle);
HOST("wasi:cli/environment", "get-arguments") void get_arguments(u32 *result);
HOST("wasi:cli/stdout", "get-stdout") handle get_stdout(void);

// Memory: given back as a whole.
extern char __heap_base;
static u32 heap;

__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, u32 old_len, u32 align, u32 len) {
    if (!heap) heap = (u32)&__heap_base;
    heap = (heap + align - 1) & -align;
    u32 at = heap;
    heap += len;
    while (heap > __builtin_wasm_memory_size(0) * 65536)
        if (__builtin_wasm_memory_grow(0, 1) == (__SIZE_TYPE__)-1) __builtin_trap();
    for (u32 i = 0; i < old_len && i < len; i++) ((char *)at)[i] = ((char *)old)[i];
    return (void *)at;
}

static char text[8192];
static u32 text_len;

static void say(const char *line) {
    while (*line && text_len < sizeof text) text[text_len++] = *line++;
}

// A line with a name and a number.
static void tell(const char *name, u64 n) {
    char digits[22];
    int at = 21;
    digits[21] = 0;
    do digits[--at] = '0' + n % 10;
    while (n /= 10);
    say(name);
    say(" ");
    say(digits + at);
    say("\n");
}

struct argument {
    const char *at;
    u32 len;
};

static u32 value_of(struct argument argument) {
    u32 value = 0;
    for (u32 i = 0; i < argument.len; i++) value = value * 10 + (argument.at[i] - '0');
    return value;
}

static int method_of(struct argument name) {
    if (name.at[0] == 'G') return 0;
    if (name.at[0] == 'H') return 1;
    return name.at[1] == 'O' ? 2 : 3;
}

static char contents[4096];

// Sends the body: how many bytes went.
static u32 send_body(handle body, u32 len) {
    u32 result[3], sent = 0;
    u64 done[5];
    outgoing_write(body, result);
    handle stream = result[1];
    while (sent < len) {
        u32 part = len - sent < sizeof contents ? len - sent : sizeof contents;
        output_write(stream, contents, part, result);
        if (result[0] & 255) break;
        sent += part;
    }
    output_drop(stream);
    handle trailers = fields_new();
    uint8_t appended[2];
    fields_append(trailers, "x-end", 5, "yes", 3, appended);
    outgoing_finish(body, 1, trailers, done);
    tell("finished", (done[0] & 255) == 0);
    return sent;
}

static void read_body(handle body) {
    u32 result[3], mark = heap;
    u64 total = 0, sum = 0, trailers[7], code[5];
    body_stream(body, result);
    handle stream = result[1];
    for (;;) {
        heap = mark;
        input_read(stream, 65536, result);
        if (result[0] & 255) break;
        for (u32 i = 0; i < result[2]; i++) sum += ((uint8_t *)result[1])[i];
        total += result[2];
    }
    tell("length", total);
    tell("sum", sum);
    if ((result[1] & 255) == 0) {
        http_error_code(result[2], code);
        tell("error", code[0] & 255 ? code[1] & 255 : 255);
        error_drop(result[2]);
    }
    input_drop(stream);
    handle future = body_finish(body), pollable = trailers_subscribe(future);
    pollable_block(pollable);
    pollable_drop(pollable);
    trailers_get(future, trailers);
    if (trailers[2] & 255) tell("failed", trailers[3] & 255);
    else if (trailers[3] & 255) {
        handle fields = trailers[3] >> 32;
        fields_entries(fields, result);
        tell("trailers", result[1]);
        fields_drop(fields);
    }
    trailers_drop(future);
}

static void request(struct argument *arguments) {
    u32 bytes = value_of(arguments[4]), result[3];
    u64 time = value_of(arguments[5]) * 1000000ull, code[7];
    handle it = out_new(fields_new());
    out_set_method(it, method_of(arguments[1]), 0, 0);
    out_set_scheme(it, 1, arguments[0].len == 5, 0, 0);
    tell("authority", out_set_authority(it, 1, arguments[2].at, arguments[2].len) == 0);
    tell("path", out_set_path(it, 1, arguments[3].at, arguments[3].len) == 0);
    handle body = 0, options = 0;
    if (bytes) {
        out_body(it, result);
        body = result[1];
    }
    if (time) {
        options = options_new();
        options_set_connect(options, 1, time);
        options_set_first(options, 1, time);
        options_set_between(options, 1, time);
    }
    send(it, time != 0, options, code);
    if (code[0] & 255) {
        tell("refused", code[1] & 255);
        return;
    }
    handle future = code[1];
    if (bytes) tell("sent", send_body(body, bytes));
    handle pollable = future_subscribe(future);
    pollable_block(pollable);
    pollable_drop(pollable);
    future_get(future, code);
    if (code[2] & 255) {
        tell("no response", code[3] & 255);
        // The number of an alert.
        if ((code[3] & 255) == 14) tell("alert", code[4] & 255 ? code[4] >> 8 & 255 : 0);
        future_drop(future);
        return;
    }
    handle response = code[3];
    tell("status", response_status(response));
    handle fields = response_headers(response);
    fields_entries(fields, result);
    tell("fields", result[1]);
    fields_drop(fields);
    response_consume(response, result);
    read_body(result[1]);
    response_drop(response);
    future_get(future, code);
    tell("taken", code[1] & 255);
    future_drop(future);
}

__attribute__((export_name("wasi:cli/run@0.2.3#run"))) int run(void) {
    u32 result[3];
    get_arguments(result);
    struct argument *arguments = (struct argument *)result[0] + 1;
    for (u32 i = 0; i < sizeof contents; i++) contents[i] = 'x';
    u32 times = value_of(arguments[6]), mark = heap;
    for (u32 i = 0; i < times; i++) {
        heap = mark;
        text_len = 0;
        request(arguments);
    }
    output_write(get_stdout(), text, text_len, result);
    return 0;
}
