// What the guests of this folder share: short names for the bindings, output, checks.
#include "net.h"
#include <stdlib.h>
#include <string.h>

#define TCP(name) wasi_sockets_tcp_method_tcp_socket_##name
#define UDP(name) wasi_sockets_udp_method_udp_socket_##name
#define INCOMING(name) wasi_sockets_udp_method_incoming_datagram_stream_##name
#define OUTGOING(name) wasi_sockets_udp_method_outgoing_datagram_stream_##name
#define LOOKUP(name) wasi_sockets_ip_name_lookup_method_resolve_address_stream_##name
#define INPUT(name) wasi_io_streams_method_input_stream_##name
#define OUTPUT(name) wasi_io_streams_method_output_stream_##name

typedef wasi_sockets_tcp_own_tcp_socket_t tcp_t;
typedef wasi_sockets_udp_own_udp_socket_t udp_t;
typedef wasi_sockets_tcp_borrow_tcp_socket_t tcp_b;
typedef wasi_sockets_udp_borrow_udp_socket_t udp_b;
typedef wasi_io_streams_own_input_stream_t input_t;
typedef wasi_io_streams_own_output_stream_t output_t;
typedef wasi_io_streams_borrow_input_stream_t input_b;
typedef wasi_io_streams_borrow_output_stream_t output_b;
typedef wasi_io_poll_own_pollable_t pollable_t;
typedef wasi_sockets_network_ip_socket_address_t address_t;
typedef wasi_io_streams_stream_error_t stream_error_t;

// The same handle, lent.
#define LEND(type, handle) ((type){(handle).__handle})

enum {
  OK = -1, UNKNOWN, ACCESS_DENIED, NOT_SUPPORTED, INVALID_ARGUMENT, OUT_OF_MEMORY, TIMEOUT, CONCURRENCY_CONFLICT, NOT_IN_PROGRESS,
  WOULD_BLOCK, INVALID_STATE, NEW_SOCKET_LIMIT, ADDRESS_NOT_BINDABLE, ADDRESS_IN_USE, REMOTE_UNREACHABLE, CONNECTION_REFUSED,
  CONNECTION_RESET, CONNECTION_ABORTED, DATAGRAM_TOO_LARGE, NAME_UNRESOLVABLE, TEMPORARY_RESOLVER_FAILURE, PERMANENT_RESOLVER_FAILURE,
};

static const char *const names[] = {
  "unknown", "access-denied", "not-supported", "invalid-argument", "out-of-memory", "timeout", "concurrency-conflict", "not-in-progress",
  "would-block", "invalid-state", "new-socket-limit", "address-not-bindable", "address-in-use", "remote-unreachable", "connection-refused",
  "connection-reset", "connection-aborted", "datagram-too-large", "name-unresolvable", "temporary-resolver-failure", "permanent-resolver-failure",
};

static const char *name_of(int code) { return code == OK ? "ok" : code < 21 ? names[code] : "no code"; }

static int checks, failures;
static output_b out;
static wasi_sockets_network_borrow_network_t net;
static uint8_t e;

static void say(const char *text) {
  net_list_u8_t bytes = {(uint8_t *)text, strlen(text)};
  stream_error_t error;
  OUTPUT(blocking_write_and_flush)(out, &bytes, &error);
}

static void say_number(uint64_t n) {
  char text[24], *p = text + 23;
  *p = 0;
  do *--p = '0' + n % 10; while (n /= 10);
  say(p);
}

static void begin(void) {
  out = LEND(output_b, wasi_cli_stdout_get_stdout());
  net = LEND(wasi_sockets_network_borrow_network_t, wasi_sockets_instance_network_instance_network());
}

// Tells how many checks there were; false if one failed.
static bool finish(void) {
  say_number(checks);
  say(" checks, ");
  say_number(failures);
  say(" failed\n");
  return failures == 0;
}

static void is(const char *what, uint64_t got, uint64_t want) {
  checks++;
  if (got == want) return;
  failures++;
  say(what);
  say(": ");
  say_number(got);
  say(", want ");
  say_number(want);
  say("\n");
}

static void holds(const char *what, bool it) {
  checks++;
  if (it) return;
  failures++;
  say(what);
  say(" does not hold\n");
}

static int judge(const char *what, int got, int want) {
  checks++;
  if (got != want) {
    failures++;
    say(what);
    say(": ");
    say(name_of(got));
    say(", want ");
    say(name_of(want));
    say("\n");
  }
  return got;
}

// A call that answers whether it succeeded, and otherwise writes its error to `e`.
#define CODE(call) ((call) ? OK : (int)e)
#define EXPECT(want, call) judge(#call, CODE(call), want)

static address_t ipv4(int a, int b, int c, int d, int port) {
  address_t it = {.tag = 0};
  it.val.ipv4.port = port;
  it.val.ipv4.address = (wasi_sockets_network_ipv4_address_t){a, b, c, d};
  return it;
}

static address_t ipv6(int s0, int s1, int s5, int s6, int s7, int port) {
  address_t it = {.tag = 1};
  it.val.ipv6.port = port;
  it.val.ipv6.address = (wasi_sockets_network_ipv6_address_t){s0, s1, 0, 0, 0, s5, s6, s7};
  return it;
}

static address_t loopback(int family, int port) { return family ? ipv6(0, 0, 0, 0, 1, port) : ipv4(127, 0, 0, 1, port); }

static int port_of(const address_t *it) { return it->tag ? it->val.ipv6.port : it->val.ipv4.port; }

static bool same(const address_t *a, const address_t *b) {
  if (a->tag != b->tag) return false;
  if (!a->tag) return a->val.ipv4.port == b->val.ipv4.port && !memcmp(&a->val.ipv4.address, &b->val.ipv4.address, 4);
  return a->val.ipv6.port == b->val.ipv6.port && !memcmp(&a->val.ipv6.address, &b->val.ipv6.address, 16);
}

// Waits for a pollable and drops it.
static void await(int32_t handle) {
  wasi_io_poll_method_pollable_block((wasi_io_poll_borrow_pollable_t){handle});
  wasi_io_poll_pollable_drop_own((pollable_t){handle});
}

static bool ready(int32_t handle) {
  bool is_ready = wasi_io_poll_method_pollable_ready((wasi_io_poll_borrow_pollable_t){handle});
  wasi_io_poll_pollable_drop_own((pollable_t){handle});
  return is_ready;
}

// The arguments of the program, without its name.
static net_list_string_t arguments(void) {
  net_list_string_t all;
  wasi_cli_environment_get_arguments(&all);
  return (net_list_string_t){all.ptr + 1, all.len - 1};
}

static bool has_text(const net_string_t *it, const char *text) { return it->len == strlen(text) && !memcmp(it->ptr, text, it->len); }
