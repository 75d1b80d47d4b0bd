// What `net/attempt.c` tries, by the sockets of WASI 0.3: each argument and the next are an attempt, and a line tells what came of it. With `errors` alone it checks what calls
// in the wrong state, with wrong arguments and without anybody on the other side answer, and tells how many checks there were.
#include "net3.h"
#include <stdlib.h>
#include <string.h>

#define TCP(name) wasi_sockets_types_method_tcp_socket_##name
#define UDP(name) wasi_sockets_types_method_udp_socket_##name
#define MAKE(kind) wasi_sockets_types_static_##kind##_socket_create
#define OUTPUT(name) wasi_io_streams_method_output_stream_##name
#define BYTES(name) wasi_sockets_types_stream_u8_##name
#define OUTCOME(name) wasi_sockets_types_future_result_void_error_code_##name
#define LEND(type, own) ((wasi_sockets_types_borrow_##type##_socket_t){(own).__handle})
#define DROP(type, own) wasi_sockets_types_##type##_socket_drop_own(own)

typedef wasi_sockets_types_own_tcp_socket_t tcp_t;
typedef wasi_sockets_types_own_udp_socket_t udp_t;
typedef wasi_sockets_types_ip_socket_address_t address_t;
typedef wasi_sockets_types_stream_own_tcp_socket_t listener_t;
typedef wasi_sockets_types_future_result_void_error_code_t outcome_t;

enum {
  OK = -1, ACCESS_DENIED, NOT_SUPPORTED, INVALID_ARGUMENT, OUT_OF_MEMORY, TIMEOUT, INVALID_STATE, ADDRESS_NOT_BINDABLE, ADDRESS_IN_USE,
  REMOTE_UNREACHABLE, CONNECTION_REFUSED, CONNECTION_BROKEN, CONNECTION_RESET, CONNECTION_ABORTED, DATAGRAM_TOO_LARGE, OTHER,
};
static const char *const names[] = {
  "access-denied", "not-supported", "invalid-argument", "out-of-memory", "timeout", "invalid-state", "address-not-bindable", "address-in-use",
  "remote-unreachable", "connection-refused", "connection-broken", "connection-reset", "connection-aborted", "datagram-too-large", "other",
};
static const char *const lookup_names[] = {
  "access-denied", "invalid-argument", "name-unresolvable", "temporary-resolver-failure", "permanent-resolver-failure", "other",
};

static wasi_sockets_types_error_code_t e;
#define CODE(call) ((call) ? OK : (int)e.tag)

static void say(const char *text) {
  net3_list_u8_t bytes = {(uint8_t *)text, strlen(text)};
  wasi_io_streams_stream_error_t error;
  wasi_cli_stdout_own_output_stream_t own = wasi_cli_stdout_get_stdout();
  OUTPUT(blocking_write_and_flush)((wasi_io_streams_borrow_output_stream_t){own.__handle}, &bytes, &error);
  wasi_io_streams_output_stream_drop_own((wasi_io_streams_own_output_stream_t){own.__handle});
}
static void say_number(uint64_t n) {
  char text[24], *p = text + 23;
  *p = 0;
  do *--p = '0' + n % 10; while (n /= 10);
  say(p);
}
static const char *name_of(int code) { return code == OK ? "ok" : code <= OTHER ? names[code] : "no code"; }
static bool has_text(const net3_string_t *it, const char *text) { return it->len == strlen(text) && !memcmp(it->ptr, text, it->len); }

static address_t ipv4(int a, int b, int c, int d, int port) {
  address_t it = {.tag = 0};
  it.val.ipv4.port = port;
  it.val.ipv4.address = (wasi_sockets_types_ipv4_address_t){a, b, c, d};
  return it;
}
static address_t ipv6(int s5, int s6, int s7, int port) {
  address_t it = {.tag = 1};
  it.val.ipv6.port = port;
  it.val.ipv6.address = (wasi_sockets_types_ipv6_address_t){0, 0, 0, 0, 0, s5, s6, s7};
  return it;
}
static address_t loopback(int family, int port) { return family ? ipv6(0, 0, 1, port) : ipv4(127, 0, 0, 1, port); }

static int number(const uint8_t **at, const uint8_t *end) {
  int n = 0;
  while (*at < end && **at >= '0' && **at <= '9') n = n * 10 + (*(*at)++ - '0');
  return n;
}

// As in `net/attempt.c`.
static address_t parse(const net3_string_t *text) {
  const uint8_t *at = text->ptr, *end = at + text->len, *colon = at;
  while (colon < end && *colon != ':') colon++;
  const uint8_t *digits = colon + 1;
  int port = number(&digits, end);
  net3_string_t word = {text->ptr, colon - at};
  if (has_text(&word, "six")) return loopback(1, port);
  if (has_text(&word, "mapped")) return ipv6(0xffff, 0x7f00, 1, port);
  if (has_text(&word, "every")) return ipv4(0, 0, 0, 0, port);
  if (has_text(&word, "every6")) return ipv6(0, 0, 0, port);
  int part[4] = {0};
  for (int i = 0; i < 4; i++, at++) part[i] = number(&at, end);
  return ipv4(part[0], part[1], part[2], part[3], port);
}

// What a copy that went on later has become.
static uint32_t wait_for(uint32_t status, uint32_t waitable) {
  if (status != NET3_WAITABLE_STATUS_BLOCKED) return status;
  net3_waitable_set_t set = net3_waitable_set_new();
  net3_event_t event;
  net3_waitable_join(waitable, set);
  net3_waitable_set_wait(set, &event);
  net3_waitable_join(waitable, 0);
  net3_waitable_set_drop(set);
  return event.code;
}

static int ended(outcome_t future) {
  wasi_sockets_types_result_void_error_code_t result;
  wait_for(OUTCOME(read)(future, &result), future);
  OUTCOME(drop_readable)(future);
  return result.is_err ? (int)result.val.err.tag : OK;
}

// Sends bytes, as many as are taken, and ends that direction.
static int send_all(tcp_t socket, const char *text, size_t len) {
  wasi_sockets_types_stream_u8_writer_t writer;
  outcome_t future = TCP(send)(LEND(tcp, socket), BYTES(new)(&writer));
  for (size_t at = 0; at < len;) {
    uint32_t status = wait_for(BYTES(write)(writer, (const uint8_t *)text + at, len - at), writer);
    at += NET3_WAITABLE_COUNT(status);
    if (NET3_WAITABLE_STATE(status) == NET3_WAITABLE_DROPPED) break;
  }
  BYTES(drop_writable)(writer);
  return ended(future);
}

// Receives to the end: how many bytes, and how it ended.
static int receive_all(tcp_t socket, size_t *len) {
  wasi_sockets_types_tuple2_stream_u8_future_result_void_error_code_t pair;
  uint8_t room[64];
  uint32_t status;
  TCP(receive)(LEND(tcp, socket), &pair);
  *len = 0;
  do {
    status = wait_for(BYTES(read)(pair.f0, room, sizeof room), pair.f0);
    *len += NET3_WAITABLE_COUNT(status);
  } while (NET3_WAITABLE_STATE(status) != NET3_WAITABLE_DROPPED);
  BYTES(drop_readable)(pair.f0);
  return ended(pair.f1);
}

static int connect(address_t address) {
  tcp_t socket;
  int code = CODE(MAKE(tcp)(address.tag, &socket, &e));
  if (code != OK) return code;
  code = CODE(TCP(connect)(LEND(tcp, socket), &address, &e));
  size_t len;
  if (code == OK) {
    send_all(socket, "hello", 5);
    if (receive_all(socket, &len) == OK && len == 5) say("answer ");
  }
  DROP(tcp, socket);
  return code;
}

static int bind(address_t address) {
  tcp_t socket;
  listener_t listener;
  int code = CODE(MAKE(tcp)(address.tag, &socket, &e));
  if (code != OK) return code;
  code = CODE(TCP(bind)(LEND(tcp, socket), &address, &e));
  if (code == OK) {
    code = CODE(TCP(listen)(LEND(tcp, socket), &listener, &e));
    if (code == OK) wasi_sockets_types_stream_own_tcp_socket_drop_readable(listener);
  }
  DROP(tcp, socket);
  return code;
}

static int bind_udp(address_t address, udp_t *socket) {
  int code = CODE(MAKE(udp)(address.tag, socket, &e));
  return code != OK ? code : CODE(UDP(bind)(LEND(udp, *socket), &address, &e));
}

static int send(address_t address, bool is_peer) {
  udp_t socket;
  net3_list_u8_t bytes = {(uint8_t *)"hello", 5};
  int code = bind_udp(loopback(address.tag, 0), &socket);
  if (code == OK && is_peer) code = CODE(UDP(connect)(LEND(udp, socket), &address, &e));
  return code != OK ? code : CODE(UDP(send)(LEND(udp, socket), &bytes, is_peer ? NULL : &address, &e));
}

static void show(const wasi_sockets_types_ip_address_t *it) {
  const char *digits = "0123456789abcdef";
  if (!it->tag) {
    uint8_t part[4];
    memcpy(part, &it->val.ipv4, 4);
    for (int i = 0; i < 4; i++) {
      if (i) say(".");
      say_number(part[i]);
    }
  } else {
    uint16_t part[8];
    memcpy(part, &it->val.ipv6, 16);
    for (int i = 0; i < 8; i++) {
      char text[6] = {':', digits[part[i] >> 12], digits[part[i] >> 8 & 15], digits[part[i] >> 4 & 15], digits[part[i] & 15], 0};
      say(text + !i);
    }
  }
  say(" ");
}

// Looks a name up; with a port, connects to the first address of IPv4 that it has. The name of what came of it.
static const char *look_up(net3_string_t *name, int port) {
  wasi_sockets_ip_name_lookup_list_ip_address_t all;
  wasi_sockets_ip_name_lookup_error_code_t error;
  if (!wasi_sockets_ip_name_lookup_resolve_addresses(name, &all, &error)) return lookup_names[error.tag];
  for (size_t i = 0; i < all.len; i++) {
    show(&all.ptr[i]);
    if (port && !all.ptr[i].tag) {
      address_t address = ipv4(0, 0, 0, 0, port);
      memcpy(&address.val.ipv4.address, &all.ptr[i].val.ipv4, 4);
      return name_of(connect(address));
    }
  }
  return "ok";
}

static int options(int family) {
  tcp_t socket;
  uint8_t limit;
  int code = CODE(MAKE(tcp)(family, &socket, &e));
  if (code != OK) return code;
  code = CODE(TCP(get_hop_limit)(LEND(tcp, socket), &limit, &e));
  DROP(tcp, socket);
  return code;
}

static int checks, failures;
static void judge(const char *what, int got, int want) {
  checks++;
  if (got == want) return;
  failures++;
  say(what);
  say(": ");
  say(name_of(got));
  say(", want ");
  say(name_of(want));
  say("\n");
}
#define EXPECT(want, call) judge(#call, CODE(call), want)

static void tcp_errors(int family) {
  tcp_t socket, other, third;
  listener_t listener;
  address_t here = loopback(family, 0), wrong = loopback(!family, 0), address;
  size_t len;
  uint64_t time;
  EXPECT(OK, MAKE(tcp)(family, &socket, &e));
  EXPECT(INVALID_STATE, TCP(get_local_address)(LEND(tcp, socket), &address, &e));
  EXPECT(INVALID_STATE, TCP(get_remote_address)(LEND(tcp, socket), &address, &e));
  judge("send before a connection", send_all(socket, "x", 1), INVALID_STATE);
  judge("receive before a connection", receive_all(socket, &len), INVALID_STATE);
  EXPECT(INVALID_ARGUMENT, TCP(bind)(LEND(tcp, socket), &wrong, &e));
  wrong = loopback(!family, 80);
  EXPECT(INVALID_ARGUMENT, TCP(connect)(LEND(tcp, socket), &wrong, &e));
  EXPECT(INVALID_ARGUMENT, TCP(set_listen_backlog_size)(LEND(tcp, socket), 0, &e));
  EXPECT(INVALID_ARGUMENT, TCP(set_keep_alive_idle_time)(LEND(tcp, socket), 0, &e));
  EXPECT(INVALID_ARGUMENT, TCP(set_keep_alive_interval)(LEND(tcp, socket), 0, &e));
  EXPECT(INVALID_ARGUMENT, TCP(set_keep_alive_count)(LEND(tcp, socket), 0, &e));
  EXPECT(INVALID_ARGUMENT, TCP(set_hop_limit)(LEND(tcp, socket), 0, &e));
  EXPECT(INVALID_ARGUMENT, TCP(set_receive_buffer_size)(LEND(tcp, socket), 0, &e));
  EXPECT(INVALID_ARGUMENT, TCP(set_send_buffer_size)(LEND(tcp, socket), 0, &e));
  EXPECT(OK, TCP(get_keep_alive_idle_time)(LEND(tcp, socket), &time, &e));
  EXPECT(OK, TCP(bind)(LEND(tcp, socket), &here, &e));
  EXPECT(INVALID_STATE, TCP(bind)(LEND(tcp, socket), &here, &e));
  EXPECT(OK, TCP(get_local_address)(LEND(tcp, socket), &here, &e));
  // Nobody listens there yet.
  EXPECT(OK, MAKE(tcp)(family, &other, &e));
  EXPECT(CONNECTION_REFUSED, TCP(connect)(LEND(tcp, other), &here, &e));
  EXPECT(INVALID_STATE, TCP(connect)(LEND(tcp, other), &here, &e));
  DROP(tcp, other);
  EXPECT(OK, MAKE(tcp)(family, &other, &e));
  EXPECT(OK, TCP(listen)(LEND(tcp, socket), &listener, &e));
  EXPECT(ADDRESS_IN_USE, TCP(bind)(LEND(tcp, other), &here, &e));
  EXPECT(INVALID_STATE, TCP(listen)(LEND(tcp, socket), &listener, &e));
  EXPECT(INVALID_STATE, TCP(connect)(LEND(tcp, socket), &here, &e));
  EXPECT(INVALID_STATE, TCP(bind)(LEND(tcp, socket), &here, &e));
  EXPECT(INVALID_STATE, TCP(get_remote_address)(LEND(tcp, socket), &address, &e));
  judge("send of what listens", send_all(socket, "x", 1), INVALID_STATE);
  judge("receive of what listens", receive_all(socket, &len), INVALID_STATE);
  address = loopback(family, 0);
  EXPECT(INVALID_ARGUMENT, TCP(connect)(LEND(tcp, other), &address, &e));
  // That was an attempt as well.
  DROP(tcp, other);
  EXPECT(OK, MAKE(tcp)(family, &other, &e));
  EXPECT(OK, TCP(connect)(LEND(tcp, other), &here, &e));
  EXPECT(INVALID_STATE, TCP(connect)(LEND(tcp, other), &here, &e));
  EXPECT(INVALID_STATE, TCP(bind)(LEND(tcp, other), &here, &e));
  listener_t second;
  EXPECT(INVALID_STATE, TCP(listen)(LEND(tcp, other), &second, &e));
  EXPECT(OK, TCP(get_remote_address)(LEND(tcp, other), &address, &e));
  wait_for(wasi_sockets_types_stream_own_tcp_socket_read(listener, &third, 1), listener);
  EXPECT(INVALID_STATE, TCP(connect)(LEND(tcp, third), &here, &e));
  judge("send", send_all(other, "hello", 5), OK);
  judge("send twice", send_all(other, "hello", 5), INVALID_STATE);
  judge("receive", receive_all(third, &len), OK);
  judge("receive twice", receive_all(third, &len), INVALID_STATE);
  DROP(tcp, third);
  DROP(tcp, other);
  wasi_sockets_types_stream_own_tcp_socket_drop_readable(listener);
  DROP(tcp, socket);
}

static void udp_errors(int family) {
  udp_t socket, other;
  address_t here = loopback(family, 0), wrong = loopback(!family, 9), nowhere = loopback(family, 0), every, peer;
  static uint8_t large[70000];
  net3_list_u8_t bytes = {(uint8_t *)"hello", 5}, too_many = {large, sizeof large};
  every = family ? ipv6(0, 0, 0, 9) : ipv4(0, 0, 0, 0, 9);
  EXPECT(OK, MAKE(udp)(family, &socket, &e));
  EXPECT(INVALID_STATE, UDP(get_local_address)(LEND(udp, socket), &peer, &e));
  EXPECT(INVALID_STATE, UDP(get_remote_address)(LEND(udp, socket), &peer, &e));
  EXPECT(INVALID_STATE, UDP(disconnect)(LEND(udp, socket), &e));
  wasi_sockets_types_tuple2_list_u8_ip_socket_address_t got;
  EXPECT(INVALID_STATE, UDP(receive)(LEND(udp, socket), &got, &e));
  EXPECT(INVALID_ARGUMENT, UDP(bind)(LEND(udp, socket), &wrong, &e));
  EXPECT(OK, UDP(bind)(LEND(udp, socket), &here, &e));
  EXPECT(INVALID_STATE, UDP(bind)(LEND(udp, socket), &here, &e));
  EXPECT(OK, UDP(get_local_address)(LEND(udp, socket), &here, &e));
  EXPECT(OK, MAKE(udp)(family, &other, &e));
  EXPECT(ADDRESS_IN_USE, UDP(bind)(LEND(udp, other), &here, &e));
  DROP(udp, other);
  EXPECT(INVALID_ARGUMENT, UDP(send)(LEND(udp, socket), &bytes, NULL, &e));
  EXPECT(INVALID_ARGUMENT, UDP(send)(LEND(udp, socket), &bytes, &wrong, &e));
  EXPECT(INVALID_ARGUMENT, UDP(send)(LEND(udp, socket), &bytes, &nowhere, &e));
  EXPECT(INVALID_ARGUMENT, UDP(send)(LEND(udp, socket), &bytes, &every, &e));
  EXPECT(DATAGRAM_TOO_LARGE, UDP(send)(LEND(udp, socket), &too_many, &here, &e));
  EXPECT(INVALID_ARGUMENT, UDP(connect)(LEND(udp, socket), &wrong, &e));
  EXPECT(INVALID_ARGUMENT, UDP(connect)(LEND(udp, socket), &nowhere, &e));
  EXPECT(INVALID_ARGUMENT, UDP(connect)(LEND(udp, socket), &every, &e));
  EXPECT(OK, UDP(connect)(LEND(udp, socket), &here, &e));
  peer = here;
  EXPECT(OK, UDP(send)(LEND(udp, socket), &bytes, &peer, &e));
  peer = loopback(family, 9);
  EXPECT(INVALID_ARGUMENT, UDP(send)(LEND(udp, socket), &bytes, &peer, &e));
  EXPECT(OK, UDP(receive)(LEND(udp, socket), &got, &e));
  EXPECT(OK, UDP(disconnect)(LEND(udp, socket), &e));
  EXPECT(INVALID_STATE, UDP(disconnect)(LEND(udp, socket), &e));
  EXPECT(INVALID_ARGUMENT, UDP(set_unicast_hop_limit)(LEND(udp, socket), 0, &e));
  EXPECT(INVALID_ARGUMENT, UDP(set_receive_buffer_size)(LEND(udp, socket), 0, &e));
  EXPECT(INVALID_ARGUMENT, UDP(set_send_buffer_size)(LEND(udp, socket), 0, &e));
  DROP(udp, socket);
}

bool exports_wasi_cli_run_run(void) {
  net3_list_string_t args;
  wasi_cli_environment_get_arguments(&args);
  if (args.len == 2 && has_text(&args.ptr[1], "errors")) {
    for (int family = 0; family < 2; family++) {
      tcp_errors(family);
      udp_errors(family);
    }
    say_number(checks);
    say(" checks, ");
    say_number(failures);
    say(" failed\n");
    return failures == 0;
  }
  for (size_t i = 1; i + 1 < args.len; i += 2) {
    net3_string_t *what = &args.ptr[i], *whom = &args.ptr[i + 1], name = *whom;
    const uint8_t *slash = whom->ptr, *end = whom->ptr + whom->len;
    while (slash < end && *slash != '/') slash++;
    name.len = slash - name.ptr;
    udp_t socket;
    if (has_text(what, "lookup")) {
      slash += slash < end;
      say(look_up(&name, number(&slash, end)));
      say("\n");
      continue;
    }
    int code = OTHER;
    if (has_text(what, "connect")) code = connect(parse(whom));
    if (has_text(what, "bind")) code = bind(parse(whom));
    if (has_text(what, "bind-udp")) code = bind_udp(parse(whom), &socket);
    if (has_text(what, "send")) code = send(parse(whom), false);
    if (has_text(what, "send-peer")) code = send(parse(whom), true);
    if (has_text(what, "options")) code = options(has_text(whom, "6"));
    say(name_of(code));
    say("\n");
  }
  return true;
}
