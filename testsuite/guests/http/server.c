// A server for tests, without a library: the path says what it does. Functions of the host are declared as the canonical ABI lowers them.
#include <stdbool.h>
#include <stdint.h>

typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t handle;

#define HOST(module, name) __attribute__((import_module(module "@0.2.3"), import_name(name)))
#define TYPES(name) HOST("wasi:http/types", name)
#define STREAMS(name) HOST("wasi:io/streams", name)

TYPES("[constructor]fields") handle fields_new(void);
TYPES("[static]fields.from-list") void fields_from_list(const void *list, u32 len, u32 *result);
TYPES("[method]fields.get") void fields_get(handle, const char *name, u32 len, u32 *result);
TYPES("[method]fields.has") int fields_has(handle, const char *name, u32 len);
TYPES("[method]fields.set") void fields_set(handle, const char *name, u32 len, const void *values, u32 count, uint8_t *result);
TYPES("[method]fields.delete") void fields_delete(handle, const char *name, u32 len, uint8_t *result);
TYPES("[method]fields.append") void fields_append(handle, const char *name, u32 len, const char *value, u32 value_len, uint8_t *result);
TYPES("[method]fields.entries") void fields_entries(handle, u32 *result);
TYPES("[method]fields.clone") handle fields_clone(handle);
TYPES("[resource-drop]fields") void fields_drop(handle);
TYPES("[method]incoming-request.method") void request_method(handle, u32 *result);
TYPES("[method]incoming-request.path-with-query") void request_path(handle, u32 *result);
TYPES("[method]incoming-request.scheme") void request_scheme(handle, u32 *result);
TYPES("[method]incoming-request.authority") void request_authority(handle, u32 *result);
TYPES("[method]incoming-request.headers") handle request_headers(handle);
TYPES("[method]incoming-request.consume") void request_consume(handle, u32 *result);
TYPES("[resource-drop]incoming-request") void request_drop(handle);
TYPES("[method]incoming-body.stream") void body_stream(handle, u32 *result);
TYPES("[static]incoming-body.finish") handle body_finish(handle);
TYPES("[method]future-trailers.subscribe") handle trailers_subscribe(handle);
TYPES("[method]future-trailers.get") void trailers_get(handle, u32 *result);
TYPES("[constructor]outgoing-response") handle response_new(handle);
TYPES("[method]outgoing-response.status-code") int response_status(handle);
TYPES("[method]outgoing-response.set-status-code") int response_set_status(handle, int);
TYPES("[method]outgoing-response.headers") handle response_headers(handle);
TYPES("[method]outgoing-response.body") void response_body(handle, u32 *result);
TYPES("[method]response-outparam.send-informational") void outparam_inform(handle, int status, handle fields, u64 *result);
TYPES("[static]response-outparam.set") void outparam_set(handle, int is_error, u32, u32, u64, u32, u32, u32, u32);
TYPES("[method]outgoing-body.write") void outgoing_write(handle, u32 *result);
TYPES("[static]outgoing-body.finish") void outgoing_finish(handle, int some, handle trailers, u64 *result);
TYPES("[resource-drop]outgoing-body") void outgoing_drop(handle);
TYPES("[constructor]outgoing-request") handle out_new(handle);
TYPES("[method]outgoing-request.body") void out_body(handle, u32 *result);
TYPES("[method]outgoing-request.method") void out_method(handle, u32 *result);
TYPES("[method]outgoing-request.set-method") int out_set_method(handle, int method, const char *name, u32 len);
TYPES("[method]outgoing-request.path-with-query") void out_path(handle, u32 *result);
TYPES("[method]outgoing-request.set-path-with-query") int out_set_path(handle, int some, const char *path, u32 len);
TYPES("[method]outgoing-request.scheme") void out_scheme(handle, u32 *result);
TYPES("[method]outgoing-request.set-scheme") int out_set_scheme(handle, int some, int scheme, const char *name, u32 len);
TYPES("[method]outgoing-request.authority") void out_authority(handle, u32 *result);
TYPES("[method]outgoing-request.set-authority") int out_set_authority(handle, int some, const char *text, u32 len);
TYPES("[method]outgoing-request.headers") handle out_headers(handle);
TYPES("[constructor]request-options") handle options_new(void);
TYPES("[method]request-options.connect-timeout") void options_connect(handle, u64 *result);
TYPES("[method]request-options.set-connect-timeout") int options_set_connect(handle, int some, u64);
TYPES("[method]request-options.first-byte-timeout") void options_first(handle, u64 *result);
TYPES("[method]request-options.set-first-byte-timeout") int options_set_first(handle, int some, u64);
TYPES("[method]request-options.between-bytes-timeout") void options_between(handle, u64 *result);
TYPES("[method]request-options.set-between-bytes-timeout") int options_set_between(handle, int some, u64);
TYPES("http-error-code") void http_error_code(handle, u64 *result);
STREAMS("[method]input-stream.blocking-read") void input_read(handle, u64 len, u32 *result);
STREAMS("[resource-drop]input-stream") void input_drop(handle);
STREAMS("[method]output-stream.blocking-write-and-flush") void output_write(handle, const char *, u32 len, u32 *result);
STREAMS("[resource-drop]output-stream") void output_drop(handle);
HOST("wasi:io/poll", "[method]pollable.block") void pollable_block(handle);
HOST("wasi:io/poll", "[resource-drop]pollable") void pollable_drop(handle);
HOST("wasi:clocks/monotonic-clock", "subscribe-duration") handle sleep_for(u64);
HOST("wasi:cli/exit", "exit") void exit_with(int);

// Memory: never freed.
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

static u32 length(const char *text) {
    u32 len = 0;
    while (text[len]) len++;
    return len;
}

// The answer's text.
static char text[8192];
static u32 text_len;

static void put(const char *bytes, u32 len) {
    for (u32 i = 0; i < len && text_len < sizeof text; i++) text[text_len++] = bytes[i];
}

static void say(const char *line) { put(line, length(line)); }

static void number(u64 n) {
    char digits[20];
    int at = 20;
    do digits[--at] = '0' + n % 10;
    while (n /= 10);
    put(digits + at, 20 - at);
}

// A line with a name and a number.
static void tell(const char *name, u64 n) {
    say(name);
    say(" ");
    number(n);
    say("\n");
}

// State that must not outlive a request.
static int counter = 1;
static int (*volatile function)(void);
static int seven(void) { return 7; }

static handle out;

// Answers: the body's handle.
static handle answer(int status, handle fields) {
    u32 result[2];
    handle response = response_new(fields);
    response_set_status(response, status);
    response_body(response, result);
    outparam_set(out, 0, response, 0, 0, 0, 0, 0, 0);
    return result[1];
}

static handle stream_of(handle body) {
    u32 result[2];
    outgoing_write(body, result);
    return result[1];
}

static int send(handle stream, const char *bytes, u32 len) {
    u32 result[3];
    output_write(stream, bytes, len, result);
    return result[0] & 255;
}

static int finish(handle body, handle stream) {
    u64 result[5];
    output_drop(stream);
    outgoing_finish(body, 0, 0, result);
    return result[0] & 255;
}

static void reply(int status) {
    handle body = answer(status, fields_new()), stream = stream_of(body);
    send(stream, text, text_len);
    finish(body, stream);
}

static void wait_for(u64 milliseconds) {
    handle pollable = sleep_for(milliseconds * 1000000);
    pollable_block(pollable);
    pollable_drop(pollable);
}

// A result with a header-error: 0, or 1 more than the error.
static int change(const uint8_t *result) { return result[0] ? 1 + result[1] : 0; }

static int append(handle fields, const char *name, const char *value) {
    uint8_t result[2];
    fields_append(fields, name, length(name), value, length(value), result);
    return change(result);
}

static void check_fields(handle request) {
    uint8_t done[2];
    u32 list[2], made[2];
    handle fields = fields_new();
    tell("append", append(fields, "A-b", "1"));
    append(fields, "a-B", "2");
    tell("invalid name", append(fields, "a b", "1"));
    tell("empty name", append(fields, "", "1"));
    tell("invalid value", append(fields, "a", "1\r\n"));
    tell("forbidden", append(fields, "Transfer-Encoding", "chunked"));
    tell("host", append(fields, "host", "x"));
    fields_get(fields, "a-b", 3, list);
    tell("got", list[1]);
    tell("has", fields_has(fields, "A-B", 3));
    tell("has not", fields_has(fields, "b", 1));
    const char *values[] = {"x", (char *)1, "y", (char *)1, "z", (char *)1};
    fields_set(fields, "c", 1, values, 3, done);
    tell("set", change(done));
    fields_set(fields, "connection", 10, values, 3, done);
    tell("set forbidden", change(done));
    fields_entries(fields, list);
    tell("entries", list[1]);
    handle copy = fields_clone(fields);
    fields_delete(copy, "c", 1, done);
    tell("delete", change(done));
    fields_entries(copy, list);
    tell("left", list[1]);
    fields_entries(fields, list);
    tell("still", list[1]);
    const char *pairs[] = {"k", (char *)1, "v", (char *)1, "upgrade", (char *)7, "v", (char *)1};
    fields_from_list(pairs, 1, made);
    tell("from list", made[0] & 255);
    fields_from_list(pairs, 2, made);
    tell("from forbidden", (made[0] & 255) + (made[1] & 255));
    handle headers = request_headers(request);
    tell("immutable", append(headers, "a", "b"));
    tell("hidden", fields_has(headers, "host", 4));
    fields_drop(headers);
    handle response = response_new(fields);
    tell("status", response_status(response));
    tell("bad status", response_set_status(response, 99));
    tell("good status", response_set_status(response, 404));
    tell("status", response_status(response));
    headers = response_headers(response);
    tell("immutable", append(headers, "a", "b"));
    fields_drop(headers);
    response_body(response, made);
    tell("body", made[0] & 255);
    response_body(response, list);
    tell("no other body", list[0] & 255);
    outgoing_write(made[1], list);
    tell("stream", list[0] & 255);
    output_drop(list[1]);
    outgoing_write(made[1], list);
    tell("no other stream", list[0] & 255);
    outgoing_drop(made[1]);
}

static void check_outgoing(void) {
    u32 result[4];
    u64 time[2];
    handle it = out_new(fields_new());
    out_method(it, result);
    tell("method", result[0] & 255);
    tell("set method", out_set_method(it, 9, "BREW", 4));
    out_method(it, result);
    tell("method", result[0] & 255);
    tell("bad method", out_set_method(it, 9, "A B", 3));
    out_path(it, result);
    tell("path", result[0] & 255);
    tell("set path", out_set_path(it, 1, "/a?b", 4));
    out_path(it, result);
    tell("path", result[2]);
    tell("bad path", out_set_path(it, 1, "/a b", 4));
    out_scheme(it, result);
    tell("scheme", result[0] & 255);
    tell("set scheme", out_set_scheme(it, 1, 1, 0, 0));
    out_scheme(it, result);
    tell("scheme", (result[0] & 255) + (result[1] & 255));
    tell("bad scheme", out_set_scheme(it, 1, 2, "1", 1));
    tell("set authority", out_set_authority(it, 1, "[::1]:80", 8));
    out_authority(it, result);
    tell("authority", result[2]);
    tell("bad authority", out_set_authority(it, 1, "a:b", 3));
    handle headers = out_headers(it);
    tell("immutable", append(headers, "a", "b"));
    fields_drop(headers);
    out_body(it, result);
    tell("body", result[0] & 255);
    out_body(it, result);
    tell("no other body", result[0] & 255);
    handle options = options_new();
    options_connect(options, time);
    tell("timeout", time[0] & 255);
    tell("set timeout", options_set_connect(options, 1, 5));
    options_set_first(options, 1, 6);
    options_set_between(options, 1, 7);
    options_connect(options, time);
    tell("connect", time[1]);
    options_first(options, time);
    tell("first", time[1]);
    options_between(options, time);
    tell("between", time[1]);
}

// Reads the request's body to its end: its length, and its trailers.
static void read_body(handle request) {
    u32 result[3];
    u64 total = 0, trailers[7];
    request_consume(request, result);
    handle body = result[1];
    request_consume(request, result);
    tell("no other body", result[0] & 255);
    body_stream(body, result);
    handle stream = result[1];
    u32 mark = heap;
    for (;;) {
        input_read(stream, 65536, result);
        if (result[0] & 255) break;
        total += result[2];
        heap = mark;
    }
    tell("length", total);
    if ((result[1] & 255) == 0) {
        u64 code[5];
        http_error_code(result[2], code);
        tell("error", (code[0] & 255) + (code[1] & 255));
    }
    input_drop(stream);
    handle future = body_finish(body), pollable = trailers_subscribe(future);
    pollable_block(pollable);
    pollable_drop(pollable);
    trailers_get(future, (u32 *)trailers);
    tell("known", trailers[0] & 255);
    tell("failed", trailers[2] & 255);
    if ((trailers[2] & 255) == 0 && (trailers[3] & 255)) {
        handle fields = trailers[3] >> 32;
        fields_entries(fields, result);
        tell("trailers", result[1]);
    }
    trailers_get(future, (u32 *)trailers);
    tell("taken", trailers[1] & 255);
}

// Sends an answer before the last one: 0, or 1 more than the error.
static u64 inform(int status, const char *name, const char *value) {
    u64 result[5];
    handle fields = fields_new();
    if (name) append(fields, name, value);
    outparam_inform(out, status, fields, result);
    return result[0] & 255 ? 1 + (result[1] & 255) : 0;
}

static bool is(const char *path, u32 len, const char *other) {
    if (len != length(other)) return false;
    for (u32 i = 0; i < len; i++)
        if (path[i] != other[i]) return false;
    return true;
}

static int deeper(volatile int *before) {
    volatile int here[64];
    here[0] = *before + 1;
    return deeper(here) + here[0];
}

__attribute__((export_name("wasi:http/incoming-handler@0.2.3#handle"))) void handle_request(handle request, handle outparam) {
    u32 result[4];
    u64 done[5];
    out = outparam;
    request_path(request, result);
    const char *path = (const char *)result[1];
    u32 len = result[2];
    if (is(path, len, "/hello")) {
        say("hello\n");
        reply(200);
    } else if (is(path, len, "/state")) {
        // Everything that a request can leave behind.
        tell("counter", counter++);
        tell("function", function ? 1 : 0);
        function = seven;
        tell("memory", __builtin_wasm_memory_size(0));
        tell("grown", __builtin_wasm_memory_grow(0, 3) != (__SIZE_TYPE__)-1);
        u32 end = (__builtin_wasm_memory_size(0) - 1) * 65536;
        tell("fresh", *(volatile u32 *)end);
        *(volatile u32 *)end = 9;
        for (int i = 0; i < 100; i++) fields_new();
        tell("handle", fields_new());
        tell("pollable", sleep_for(1));
        reply(200);
    } else if (is(path, len, "/fields")) {
        check_fields(request);
        reply(200);
    } else if (is(path, len, "/outgoing")) {
        check_outgoing();
        reply(200);
    } else if (is(path, len, "/body")) {
        read_body(request);
        reply(200);
    } else if (is(path, len, "/request?x=1")) {
        request_method(request, result);
        tell("method", result[0] & 255);
        request_scheme(request, result);
        tell("scheme", (result[0] & 255) + (result[1] & 255));
        request_authority(request, result);
        put((const char *)result[1], result[2]);
        say("\n");
        reply(200);
    } else if (is(path, len, "/sleep")) {
        wait_for(300);
        say("slept\n");
        reply(200);
    } else if (is(path, len, "/trap")) {
        __builtin_trap();
    } else if (is(path, len, "/late-trap")) {
        handle body = answer(200, fields_new()), stream = stream_of(body);
        send(stream, "part", 4);
        wait_for(10);
        __builtin_trap();
    } else if (is(path, len, "/exit")) {
        exit_with(0);
    } else if (is(path, len, "/loop")) {
        for (volatile int i = 0;; i++) {
        }
    } else if (is(path, len, "/deep")) {
        volatile int start = 0;
        tell("deep", deeper(&start));
    } else if (is(path, len, "/silent")) {
        // No answer.
    } else if (is(path, len, "/error")) {
        outparam_set(out, 1, 38, 0, 0, 0, 0, 0, 0);
    } else if (is(path, len, "/unfinished")) {
        handle body = answer(200, fields_new());
        send(stream_of(body), "part", 4);
    } else if (is(path, len, "/no-body")) {
        handle response = response_new(fields_new());
        response_set_status(response, 201);
        outparam_set(out, 0, response, 0, 0, 0, 0, 0, 0);
    } else if (is(path, len, "/before")) {
        // The body is written before the response is sent.
        handle response = response_new(fields_new());
        response_body(response, result);
        handle body = result[1], stream = stream_of(body);
        send(stream, "early", 5);
        finish(body, stream);
        outparam_set(out, 0, response, 0, 0, 0, 0, 0, 0);
    } else if (is(path, len, "/early")) {
        tell("processing", inform(102, 0, 0));
        tell("hints", inform(103, "link", "</style.css>; rel=preload"));
        tell("no status", inform(99, 0, 0));
        tell("last", inform(200, 0, 0));
        tell("upgrade", inform(101, 0, 0));
        tell("length", inform(103, "content-length", "0"));
        reply(200);
    } else if (is(path, len, "/early-continue")) {
        tell("continue", inform(100, 0, 0));
        read_body(request);
        reply(200);
    } else if (is(path, len, "/early-trap")) {
        inform(103, 0, 0);
        __builtin_trap();
    } else if (is(path, len, "/stream")) {
        // In parts, with trailers.
        handle body = answer(200, fields_new()), stream = stream_of(body);
        for (int i = 0; i < 3; i++) {
            send(stream, "part\n", 5);
            wait_for(20);
        }
        handle trailers = fields_new();
        append(trailers, "x-end", "yes");
        output_drop(stream);
        outgoing_finish(body, 1, trailers, done);
    } else if (is(path, len, "/large")) {
        handle body = answer(200, fields_new()), stream = stream_of(body);
        for (int i = 0; i < 2048; i++)
            if (send(stream, (const char *)1024, 4096)) break;
        finish(body, stream);
    } else if (is(path, len, "/short") || is(path, len, "/long") || is(path, len, "/exact")) {
        // A body that has another length than was said, and one that has that.
        handle fields = fields_new();
        append(fields, "content-length", "5");
        handle body = answer(200, fields), stream = stream_of(body);
        bool is_short = path[1] == 's', is_long = path[1] == 'l';
        int failed = send(stream, "123456", is_short ? 4 : is_long ? 6 : 5);
        failed += 2 * finish(body, stream);
        counter = failed;
    } else if (is(path, len, "/children")) {
        // A parent goes before its child: a trap.
        request_headers(request);
        request_drop(request);
    } else {
        say("nothing here\n");
        reply(404);
    }
}
