// Tries what its arguments say, each in two words, and tells what came of it: what is granted is decided by the test.
#include "guest.h"

static int number(const uint8_t **at, const uint8_t *end) {
  int n = 0;
  while (*at < end && **at >= '0' && **at <= '9') n = n * 10 + (*(*at)++ - '0');
  return n;
}

// A.B.C.D:PORT, `six:PORT` for [::1], `mapped:PORT` for 127.0.0.1 as an IPv6 address, `every:PORT` and `every6:PORT` for 0.0.0.0 and [::].
static address_t parse(const net_string_t *text) {
  const uint8_t *at = text->ptr, *end = at + text->len, *colon = at;
  while (colon < end && *colon != ':') colon++;
  const uint8_t *digits = colon + 1;
  int port = number(&digits, end);
  net_string_t word = {text->ptr, colon - at};
  if (has_text(&word, "six")) return loopback(1, port);
  if (has_text(&word, "mapped")) return ipv6(0, 0, 0xffff, 0x7f00, 1, port);
  if (has_text(&word, "every")) return ipv4(0, 0, 0, 0, port);
  if (has_text(&word, "every6")) return ipv6(0, 0, 0, 0, 0, port);
  int part[4] = {0};
  for (int i = 0; i < 4; i++, at++) part[i] = number(&at, end);
  return ipv4(part[0], part[1], part[2], part[3], port);
}

// Connects, says "hello" and reads an answer.
static int connect(address_t address) {
  tcp_t own;
  wasi_sockets_tcp_tuple2_own_input_stream_own_output_stream_t streams;
  int code = CODE(wasi_sockets_tcp_create_socket_create_tcp_socket(address.tag, &own, &e));
  if (code != OK) return code;
  tcp_b it = LEND(tcp_b, own);
  code = CODE(TCP(start_connect)(it, net, &address, &e));
  if (code != OK) return code;
  await(TCP(subscribe)(it).__handle);
  code = CODE(TCP(finish_connect)(it, &streams, &e));
  if (code != OK) return code;
  net_list_u8_t bytes = {(uint8_t *)"hello", 5};
  stream_error_t error;
  OUTPUT(blocking_write_and_flush)(LEND(output_b, streams.f1), &bytes, &error);
  if (INPUT(blocking_read)(LEND(input_b, streams.f0), 100, &bytes, &error) && bytes.len == 5) say("answer ");
  return OK;
}

static int bind(address_t address) {
  tcp_t own;
  int code = CODE(wasi_sockets_tcp_create_socket_create_tcp_socket(address.tag, &own, &e));
  if (code != OK) return code;
  code = CODE(TCP(start_bind)(LEND(tcp_b, own), net, &address, &e));
  if (code != OK) return code;
  if (!TCP(finish_bind)(LEND(tcp_b, own), &e) || !TCP(start_listen)(LEND(tcp_b, own), &e)) return e;
  code = CODE(TCP(finish_listen)(LEND(tcp_b, own), &e));
  wasi_sockets_tcp_tcp_socket_drop_own(own);
  return code;
}

static int bind_udp(address_t address, udp_t *own) {
  int code = CODE(wasi_sockets_udp_create_socket_create_udp_socket(address.tag, own, &e));
  if (code != OK) return code;
  code = CODE(UDP(start_bind)(LEND(udp_b, *own), net, &address, &e));
  return code == OK ? CODE(UDP(finish_bind)(LEND(udp_b, *own), &e)) : code;
}

// Sends "hello" by UDP, to a peer or with each datagram's address.
static int send(address_t address, bool is_peer) {
  udp_t own;
  int code = bind_udp(loopback(address.tag, 0), &own);
  if (code != OK) return code;
  wasi_sockets_udp_tuple2_own_incoming_datagram_stream_own_outgoing_datagram_stream_t streams;
  code = CODE(UDP(stream)(LEND(udp_b, own), is_peer ? &address : NULL, &streams, &e));
  if (code != OK) return code;
  uint64_t n;
  wasi_sockets_udp_borrow_outgoing_datagram_stream_t to = {streams.f1.__handle};
  OUTGOING(check_send)(to, &n, &e);
  wasi_sockets_udp_outgoing_datagram_t datagram = {.data = {(uint8_t *)"hello", 5}};
  datagram.remote_address.is_some = !is_peer;
  datagram.remote_address.val = address;
  wasi_sockets_udp_list_outgoing_datagram_t list = {&datagram, 1};
  return CODE(OUTGOING(send)(to, &list, &n, &e));
}

static void show(const wasi_sockets_network_ip_address_t *it) {
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

// Looks a name up; with a port, connects to the first address that it has.
static int look_up(net_string_t *name, int port) {
  wasi_sockets_ip_name_lookup_own_resolve_address_stream_t own;
  int code = CODE(wasi_sockets_ip_name_lookup_resolve_addresses(net, name, &own, &e));
  if (code != OK) return code;
  wasi_sockets_ip_name_lookup_borrow_resolve_address_stream_t it = {own.__handle};
  for (;;) {
    wasi_sockets_ip_name_lookup_option_ip_address_t next;
    code = CODE(LOOKUP(resolve_next_address)(it, &next, &e));
    if (code == WOULD_BLOCK) {
      await(LOOKUP(subscribe)(it).__handle);
    } else if (code != OK) {
      return code;
    } else if (!next.is_some) {
      break;
    } else {
      show(&next.val);
      if (port && !next.val.tag) {
        address_t address = ipv4(0, 0, 0, 0, port);
        memcpy(&address.val.ipv4.address, &next.val.val.ipv4, 4);
        return connect(address);
      }
    }
  }
  wasi_sockets_ip_name_lookup_resolve_address_stream_drop_own(own);
  return OK;
}

// Asks for options of a socket, of which programs without any rights have none.
static int options(int family) {
  tcp_t own;
  uint8_t limit;
  int code = CODE(wasi_sockets_tcp_create_socket_create_tcp_socket(family, &own, &e));
  if (code != OK) return code;
  is("family", TCP(address_family)(LEND(tcp_b, own)), family);
  code = CODE(TCP(hop_limit)(LEND(tcp_b, own), &limit, &e));
  if (code == ACCESS_DENIED) {
    wasi_sockets_tcp_tuple3_own_tcp_socket_own_input_stream_own_output_stream_t accepted;
    EXPECT(ACCESS_DENIED, TCP(start_listen)(LEND(tcp_b, own), &e));
    EXPECT(ACCESS_DENIED, TCP(accept)(LEND(tcp_b, own), &accepted, &e));
    holds("it waits for nothing", ready(TCP(subscribe)(LEND(tcp_b, own)).__handle));
  }
  wasi_sockets_tcp_tcp_socket_drop_own(own);
  return code;
}

bool exports_wasi_cli_run_run(void) {
  begin();
  net_list_string_t args = arguments();
  for (size_t i = 0; i + 1 < args.len; i += 2) {
    net_string_t *what = &args.ptr[i], *whom = &args.ptr[i + 1], name = *whom;
    const uint8_t *slash = whom->ptr, *end = whom->ptr + whom->len;
    while (slash < end && *slash != '/') slash++;
    name.len = slash - name.ptr;
    udp_t own;
    int code = UNKNOWN;
    if (has_text(what, "connect")) code = connect(parse(whom));
    if (has_text(what, "bind")) code = bind(parse(whom));
    if (has_text(what, "bind-udp")) code = bind_udp(parse(whom), &own);
    if (has_text(what, "send")) code = send(parse(whom), false);
    if (has_text(what, "send-peer")) code = send(parse(whom), true);
    if (has_text(what, "options")) code = options(has_text(whom, "6"));
    if (has_text(what, "lookup")) {
      slash += slash < end;
      code = look_up(&name, number(&slash, end));
    }
    say(name_of(code));
    say("\n");
  }
  return failures == 0;
}
