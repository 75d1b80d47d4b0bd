// TCP sockets: states, errors, streams, options, all with itself on the loopback interface. With an argument, one thing that ends otherwise.
#include "guest.h"

typedef wasi_sockets_tcp_tuple2_own_input_stream_own_output_stream_t streams_t;
typedef wasi_sockets_tcp_tuple3_own_tcp_socket_own_input_stream_own_output_stream_t accepted_t;

static tcp_b make(int family) {
  tcp_t it = {0};
  EXPECT(OK, wasi_sockets_tcp_create_socket_create_tcp_socket(family, &it, &e));
  return LEND(tcp_b, it);
}

static void drop(tcp_b it) { wasi_sockets_tcp_tcp_socket_drop_own((tcp_t){it.__handle}); }

static void drop_streams(input_t input, output_t output) {
  wasi_io_streams_input_stream_drop_own(input);
  wasi_io_streams_output_stream_drop_own(output);
}

static address_t bound(tcp_b it, int family) {
  address_t address = loopback(family, 0);
  EXPECT(OK, TCP(start_bind)(it, net, &address, &e));
  EXPECT(OK, TCP(finish_bind)(it, &e));
  EXPECT(OK, TCP(local_address)(it, &address, &e));
  return address;
}

static tcp_b listener(int family, address_t *address) {
  tcp_b it = make(family);
  *address = bound(it, family);
  EXPECT(OK, TCP(start_listen)(it, &e));
  EXPECT(OK, TCP(finish_listen)(it, &e));
  return it;
}

// A connection and its two ends.
typedef struct {
  tcp_b listener, client, server;
  input_t client_in, server_in;
  output_t client_out, server_out;
} pair_t;

static pair_t connect(int family) {
  pair_t it;
  address_t address;
  streams_t streams;
  accepted_t accepted;
  it.listener = listener(family, &address);
  it.client = make(family);
  EXPECT(OK, TCP(start_connect)(it.client, net, &address, &e));
  await(TCP(subscribe)(it.client).__handle);
  EXPECT(OK, TCP(finish_connect)(it.client, &streams, &e));
  await(TCP(subscribe)(it.listener).__handle);
  EXPECT(OK, TCP(accept)(it.listener, &accepted, &e));
  it.client_in = (input_t){streams.f0.__handle};
  it.client_out = (output_t){streams.f1.__handle};
  it.server = LEND(tcp_b, accepted.f0);
  it.server_in = (input_t){accepted.f1.__handle};
  it.server_out = (output_t){accepted.f2.__handle};
  return it;
}

static void end(pair_t it) {
  drop_streams(it.client_in, it.client_out);
  drop_streams(it.server_in, it.server_out);
  drop(it.client);
  drop(it.server);
  drop(it.listener);
}

static void fresh(int family) {
  tcp_b it = make(family);
  address_t address;
  streams_t streams;
  accepted_t accepted;
  is("family", TCP(address_family)(it), family);
  is("is-listening", TCP(is_listening)(it), 0);
  EXPECT(INVALID_STATE, TCP(local_address)(it, &address, &e));
  EXPECT(INVALID_STATE, TCP(remote_address)(it, &address, &e));
  EXPECT(NOT_IN_PROGRESS, TCP(finish_bind)(it, &e));
  EXPECT(NOT_IN_PROGRESS, TCP(finish_connect)(it, &streams, &e));
  EXPECT(NOT_IN_PROGRESS, TCP(finish_listen)(it, &e));
  EXPECT(INVALID_STATE, TCP(start_listen)(it, &e));
  EXPECT(INVALID_STATE, TCP(accept)(it, &accepted, &e));
  EXPECT(INVALID_STATE, TCP(shutdown)(it, 2, &e));
  holds("a new socket waits for nothing", ready(TCP(subscribe)(it).__handle));
  drop(it);
}

static void binding(int family) {
  tcp_b it = make(family), other = make(family);
  address_t wrong[] = {
    loopback(!family, 0),
    family ? ipv6(0xff02, 0, 0, 0, 1, 0) : ipv4(224, 0, 0, 1, 0),
    family ? ipv6(0, 0, 0xffff, 0x7f00, 1, 0) : ipv4(255, 255, 255, 255, 0),
    family ? ipv6(0, 0, 0, 0x7f00, 1, 0) : ipv4(239, 1, 1, 1, 0),
  };
  for (int i = 0; i < 4; i++) EXPECT(INVALID_ARGUMENT, TCP(start_bind)(it, net, &wrong[i], &e));
  address_t elsewhere = family ? ipv6(0x2001, 0xdb8, 0, 0, 1, 0) : ipv4(192, 0, 2, 1, 0), address = loopback(family, 0), own;
  EXPECT(ADDRESS_NOT_BINDABLE, TCP(start_bind)(it, net, &elsewhere, &e));
  EXPECT(OK, TCP(start_bind)(it, net, &address, &e));
  EXPECT(CONCURRENCY_CONFLICT, TCP(start_bind)(it, net, &address, &e));
  EXPECT(OK, TCP(local_address)(it, &own, &e));
  EXPECT(CONCURRENCY_CONFLICT, TCP(start_connect)(it, net, &own, &e));
  EXPECT(CONCURRENCY_CONFLICT, TCP(start_listen)(it, &e));
  EXPECT(OK, TCP(finish_bind)(it, &e));
  EXPECT(NOT_IN_PROGRESS, TCP(finish_bind)(it, &e));
  EXPECT(INVALID_STATE, TCP(start_bind)(it, net, &address, &e));
  EXPECT(OK, TCP(local_address)(it, &own, &e));
  holds("the port is chosen", port_of(&own) != 0);
  EXPECT(OK, TCP(set_listen_backlog_size)(it, 5, &e));
  EXPECT(INVALID_ARGUMENT, TCP(set_listen_backlog_size)(it, 0, &e));
  EXPECT(OK, TCP(start_listen)(it, &e));
  EXPECT(CONCURRENCY_CONFLICT, TCP(start_listen)(it, &e));
  EXPECT(OK, TCP(set_listen_backlog_size)(it, 5, &e));
  EXPECT(OK, TCP(finish_listen)(it, &e));
  EXPECT(NOT_IN_PROGRESS, TCP(finish_listen)(it, &e));
  EXPECT(OK, TCP(set_listen_backlog_size)(it, UINT64_MAX, &e));
  EXPECT(INVALID_ARGUMENT, TCP(set_listen_backlog_size)(it, 0, &e));
  is("is-listening", TCP(is_listening)(it), 1);
  EXPECT(INVALID_STATE, TCP(start_connect)(it, net, &own, &e));
  EXPECT(INVALID_STATE, TCP(shutdown)(it, 0, &e));
  accepted_t accepted;
  EXPECT(WOULD_BLOCK, TCP(accept)(it, &accepted, &e));
  holds("nobody has come", !ready(TCP(subscribe)(it).__handle));
  EXPECT(ADDRESS_IN_USE, TCP(start_bind)(other, net, &own, &e));
  // After a failure it can be tried again.
  EXPECT(OK, TCP(start_bind)(other, net, &address, &e));
  drop(it);
  drop(other);
}

static void connecting(int family) {
  tcp_b it = make(family);
  address_t wrong[] = {
    loopback(!family, 9),
    loopback(family, 0),
    family ? ipv6(0, 0, 0, 0, 0, 9) : ipv4(0, 0, 0, 0, 9),
    family ? ipv6(0xff02, 0, 0, 0, 1, 9) : ipv4(224, 0, 0, 1, 9),
    family ? ipv6(0, 0, 0xffff, 0x7f00, 1, 9) : ipv4(255, 255, 255, 255, 9),
  };
  for (int i = 0; i < 5; i++) EXPECT(INVALID_ARGUMENT, TCP(start_connect)(it, net, &wrong[i], &e));
  address_t address, local, remote;
  tcp_b server = listener(family, &address);
  EXPECT(OK, TCP(start_connect)(it, net, &address, &e));
  EXPECT(CONCURRENCY_CONFLICT, TCP(start_connect)(it, net, &address, &e));
  uint8_t limit;
  EXPECT(INVALID_STATE, TCP(hop_limit)(it, &limit, &e));
  EXPECT(CONCURRENCY_CONFLICT, TCP(start_bind)(it, net, &address, &e));
  EXPECT(CONCURRENCY_CONFLICT, TCP(start_listen)(it, &e));
  EXPECT(INVALID_STATE, TCP(remote_address)(it, &remote, &e));
  await(TCP(subscribe)(it).__handle);
  streams_t streams;
  accepted_t accepted;
  EXPECT(OK, TCP(finish_connect)(it, &streams, &e));
  EXPECT(NOT_IN_PROGRESS, TCP(finish_connect)(it, &streams, &e));
  EXPECT(INVALID_STATE, TCP(start_connect)(it, net, &address, &e));
  EXPECT(INVALID_STATE, TCP(set_listen_backlog_size)(it, 5, &e));
  EXPECT(OK, TCP(remote_address)(it, &remote, &e));
  holds("it is connected to the listener", same(&remote, &address));
  EXPECT(OK, TCP(local_address)(it, &local, &e));
  await(TCP(subscribe)(server).__handle);
  EXPECT(OK, TCP(accept)(server, &accepted, &e));
  tcp_b other = LEND(tcp_b, accepted.f0);
  EXPECT(OK, TCP(remote_address)(other, &remote, &e));
  holds("the other end knows it", same(&remote, &local));
  EXPECT(OK, TCP(local_address)(other, &local, &e));
  holds("the other end has the listener's address", same(&local, &address));
  is("family", TCP(address_family)(other), family);
  drop_streams((input_t){streams.f0.__handle}, (output_t){streams.f1.__handle});
  drop_streams((input_t){accepted.f1.__handle}, (output_t){accepted.f2.__handle});
  drop(it);
  drop(other);
  drop(server);
  // Nobody listens there any more.
  it = make(family);
  EXPECT(OK, TCP(start_connect)(it, net, &address, &e));
  await(TCP(subscribe)(it).__handle);
  EXPECT(CONNECTION_REFUSED, TCP(finish_connect)(it, &streams, &e));
  EXPECT(NOT_IN_PROGRESS, TCP(finish_connect)(it, &streams, &e));
  EXPECT(INVALID_STATE, TCP(start_connect)(it, net, &address, &e));
  EXPECT(INVALID_STATE, TCP(hop_limit)(it, &limit, &e));
  drop(it);
  // A bound socket can be connected, too.
  server = listener(family, &address);
  it = make(family);
  local = bound(it, family);
  EXPECT(OK, TCP(start_connect)(it, net, &address, &e));
  await(TCP(subscribe)(it).__handle);
  EXPECT(OK, TCP(finish_connect)(it, &streams, &e));
  EXPECT(OK, TCP(local_address)(it, &remote, &e));
  holds("it keeps its address", same(&remote, &local));
  drop_streams((input_t){streams.f0.__handle}, (output_t){streams.f1.__handle});
  drop(it);
  drop(server);
}

// Moves a megabyte through a connection that nobody else reads, never waiting.
static void transfer(pair_t it) {
  enum { TOTAL = 1 << 20 };
  static uint8_t bytes[1 << 16];
  uint64_t sent = 0, received = 0, want = 0, got = 0;
  stream_error_t error;
  while (received < TOTAL) {
    uint64_t room = 0;
    if (!OUTPUT(check_write)(LEND(output_b, it.client_out), &room, &error)) break;
    if (room > TOTAL - sent) room = TOTAL - sent;
    if (room > sizeof bytes) room = sizeof bytes;
    for (uint64_t i = 0; i < room; i++) want = want * 31 + (bytes[i] = (sent + i) * 7 >> 3);
    net_list_u8_t part = {bytes, room};
    if (room && !OUTPUT(write)(LEND(output_b, it.client_out), &part, &error)) break;
    sent += room;
    net_list_u8_t in;
    if (!INPUT(read)(LEND(input_b, it.server_in), 50000, &in, &error)) break;
    for (size_t i = 0; i < in.len; i++) got = got * 31 + in.ptr[i];
    received += in.len;
    net_list_u8_free(&in);
  }
  is("bytes", received, TOTAL);
  is("sum", got, want);
}

static void streams(int family) {
  pair_t it = connect(family);
  input_b client_in = LEND(input_b, it.client_in), server_in = LEND(input_b, it.server_in);
  output_b client_out = LEND(output_b, it.client_out), server_out = LEND(output_b, it.server_out);
  stream_error_t error;
  net_list_u8_t in, hello = {(uint8_t *)"hello", 5};
  holds("read", INPUT(read)(server_in, 100, &in, &error) && in.len == 0);
  holds("nothing to read", !ready(INPUT(subscribe)(server_in).__handle));
  holds("room to write", ready(OUTPUT(subscribe)(client_out).__handle));
  holds("write", OUTPUT(blocking_write_and_flush)(client_out, &hello, &error));
  await(INPUT(subscribe)(server_in).__handle);
  holds("read", INPUT(read)(server_in, 100, &in, &error) && in.len == 5 && !memcmp(in.ptr, "hello", 5));
  // The server gives back what it gets.
  uint64_t moved = 0;
  holds("write", OUTPUT(blocking_write_and_flush)(client_out, &hello, &error));
  holds("splice", OUTPUT(blocking_splice)(server_out, server_in, 3, &moved, &error) && moved == 3);
  holds("read", INPUT(blocking_read)(client_in, 100, &in, &error) && in.len == 3 && !memcmp(in.ptr, "hel", 3));
  holds("skip", INPUT(blocking_skip)(server_in, 100, &moved, &error) && moved == 2);
  holds("zeroes", OUTPUT(blocking_write_zeroes_and_flush)(client_out, 9, &error));
  holds("skip", INPUT(blocking_skip)(server_in, 100, &moved, &error) && moved == 9);
  transfer(it);
  // One direction ends, the other goes on.
  EXPECT(OK, TCP(shutdown)(it.client, 1, &e));
  holds("closed to write", !OUTPUT(check_write)(client_out, &moved, &error) && error.tag == WASI_IO_STREAMS_STREAM_ERROR_CLOSED);
  holds("closed to flush", !OUTPUT(blocking_flush)(client_out, &error) && error.tag == WASI_IO_STREAMS_STREAM_ERROR_CLOSED);
  await(INPUT(subscribe)(server_in).__handle);
  holds("the end", !INPUT(blocking_read)(server_in, 1, &in, &error) && error.tag == WASI_IO_STREAMS_STREAM_ERROR_CLOSED);
  holds("write", OUTPUT(blocking_write_and_flush)(server_out, &hello, &error));
  holds("read", INPUT(blocking_read)(client_in, 100, &in, &error) && in.len == 5);
  EXPECT(OK, TCP(shutdown)(it.client, 0, &e));
  holds("closed to read", !INPUT(read)(client_in, 1, &in, &error) && error.tag == WASI_IO_STREAMS_STREAM_ERROR_CLOSED);
  EXPECT(OK, TCP(shutdown)(it.server, 2, &e));
  end(it);
  // The other end is dropped with bytes that nobody has read: that resets the connection.
  it = connect(family);
  holds("write", OUTPUT(blocking_write_and_flush)(LEND(output_b, it.client_out), &hello, &error));
  await(INPUT(subscribe)(LEND(input_b, it.server_in)).__handle);
  drop_streams(it.server_in, it.server_out);
  drop(it.server);
  bool failed = !INPUT(blocking_read)(LEND(input_b, it.client_in), 1, &in, &error) && error.tag == WASI_IO_STREAMS_STREAM_ERROR_LAST_OPERATION_FAILED;
  holds("a connection that is reset fails", failed);
  if (failed) {
    uint8_t code = 99;
    wasi_sockets_network_borrow_error_t why = {error.val.last_operation_failed.__handle};
    holds("it is an error of the network", wasi_sockets_network_network_error_code(why, &code));
    is("code", code, CONNECTION_RESET);
    wasi_io_error_error_drop_own((wasi_io_error_own_error_t){why.__handle});
  }
  holds("then it is closed", !INPUT(read)(LEND(input_b, it.client_in), 1, &in, &error) && error.tag == WASI_IO_STREAMS_STREAM_ERROR_CLOSED);
  holds("nobody reads", !OUTPUT(blocking_write_and_flush)(LEND(output_b, it.client_out), &hello, &error));
  drop_streams(it.client_in, it.client_out);
  drop(it.client);
  drop(it.listener);
}

static void options(int family) {
  const uint64_t second = 1000000000;
  address_t address;
  tcp_b it = listener(family, &address), client = make(family);
  bool on;
  uint8_t limit;
  uint32_t count;
  uint64_t value;
  EXPECT(OK, TCP(keep_alive_enabled)(it, &on, &e));
  is("keep-alive", on, 0);
  EXPECT(OK, TCP(set_keep_alive_enabled)(it, true, &e));
  EXPECT(INVALID_ARGUMENT, TCP(set_keep_alive_idle_time)(it, 0, &e));
  EXPECT(OK, TCP(set_keep_alive_idle_time)(it, 1, &e));
  EXPECT(OK, TCP(keep_alive_idle_time)(it, &value, &e));
  is("idle time", value, second);
  EXPECT(OK, TCP(set_keep_alive_idle_time)(it, UINT64_MAX, &e));
  EXPECT(OK, TCP(set_keep_alive_idle_time)(it, 123 * second, &e));
  EXPECT(INVALID_ARGUMENT, TCP(set_keep_alive_interval)(it, 0, &e));
  EXPECT(OK, TCP(set_keep_alive_interval)(it, UINT64_MAX, &e));
  EXPECT(OK, TCP(set_keep_alive_interval)(it, 45 * second, &e));
  EXPECT(INVALID_ARGUMENT, TCP(set_keep_alive_count)(it, 0, &e));
  EXPECT(OK, TCP(set_keep_alive_count)(it, UINT32_MAX, &e));
  EXPECT(OK, TCP(set_keep_alive_count)(it, 6, &e));
  EXPECT(INVALID_ARGUMENT, TCP(set_hop_limit)(it, 0, &e));
  EXPECT(OK, TCP(set_hop_limit)(it, 255, &e));
  EXPECT(OK, TCP(set_hop_limit)(it, 42, &e));
  EXPECT(INVALID_ARGUMENT, TCP(set_receive_buffer_size)(it, 0, &e));
  EXPECT(OK, TCP(set_receive_buffer_size)(it, UINT64_MAX, &e));
  EXPECT(OK, TCP(set_receive_buffer_size)(it, 40000, &e));
  EXPECT(INVALID_ARGUMENT, TCP(set_send_buffer_size)(it, 0, &e));
  EXPECT(OK, TCP(set_send_buffer_size)(it, UINT64_MAX, &e));
  EXPECT(OK, TCP(set_send_buffer_size)(it, 50000, &e));
  // A connection has what its listener has.
  streams_t streams;
  accepted_t accepted;
  EXPECT(OK, TCP(start_connect)(client, net, &address, &e));
  await(TCP(subscribe)(client).__handle);
  EXPECT(OK, TCP(finish_connect)(client, &streams, &e));
  await(TCP(subscribe)(it).__handle);
  EXPECT(OK, TCP(accept)(it, &accepted, &e));
  tcp_b both[] = {it, LEND(tcp_b, accepted.f0)};
  for (int i = 0; i < 2; i++) {
    EXPECT(OK, TCP(keep_alive_enabled)(both[i], &on, &e));
    is("keep-alive", on, 1);
    EXPECT(OK, TCP(keep_alive_idle_time)(both[i], &value, &e));
    is("idle time", value, 123 * second);
    EXPECT(OK, TCP(keep_alive_interval)(both[i], &value, &e));
    is("interval", value, 45 * second);
    EXPECT(OK, TCP(keep_alive_count)(both[i], &count, &e));
    is("count", count, 6);
    EXPECT(OK, TCP(hop_limit)(both[i], &limit, &e));
    is("hop limit", limit, 42);
    EXPECT(OK, TCP(receive_buffer_size)(both[i], &value, &e));
    is("receive buffer", value, 40000);
    EXPECT(OK, TCP(send_buffer_size)(both[i], &value, &e));
    is("send buffer", value, 50000);
  }
  drop_streams((input_t){streams.f0.__handle}, (output_t){streams.f1.__handle});
  drop_streams((input_t){accepted.f1.__handle}, (output_t){accepted.f2.__handle});
  drop(client);
  drop(LEND(tcp_b, accepted.f0));
  drop(it);
}

// Several pollables at once: a timer, a socket, streams.
static void polling(void) {
  pair_t it = connect(0);
  stream_error_t error;
  net_list_u8_t byte = {(uint8_t *)"x", 1};
  holds("write", OUTPUT(blocking_write_and_flush)(LEND(output_b, it.client_out), &byte, &error));
  pollable_t all[] = {
    {wasi_clocks_monotonic_clock_subscribe_duration(60000000000).__handle},
    {TCP(subscribe)(it.listener).__handle},
    {INPUT(subscribe)(LEND(input_b, it.client_in)).__handle},
    {INPUT(subscribe)(LEND(input_b, it.server_in)).__handle},
  };
  wasi_io_poll_borrow_pollable_t lent[4];
  for (int i = 0; i < 4; i++) lent[i].__handle = all[i].__handle;
  wasi_io_poll_list_borrow_pollable_t list = {lent, 4};
  net_list_u32_t found;
  wasi_io_poll_poll(&list, &found);
  holds("the one that has something is ready", found.len == 1 && found.ptr[0] == 3);
  for (int i = 0; i < 4; i++) wasi_io_poll_pollable_drop_own(all[i]);
  end(it);
}

// More objects than a small table holds.
static void many(void) {
  enum { COUNT = 6000 };
  static pollable_t all[COUNT];
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < COUNT; i++) all[i].__handle = wasi_clocks_monotonic_clock_subscribe_instant(i ? UINT64_MAX : 0).__handle;
    holds("the first is ready", wasi_io_poll_method_pollable_ready((wasi_io_poll_borrow_pollable_t){all[0].__handle}));
    holds("the last is not", !wasi_io_poll_method_pollable_ready((wasi_io_poll_borrow_pollable_t){all[COUNT - 1].__handle}));
    for (int i = 0; i < COUNT; i++) wasi_io_poll_pollable_drop_own(all[i]);
  }
}

// Makes sockets until there are no more.
static void limit(void) {
  for (;;) {
    tcp_t it;
    if (!wasi_sockets_tcp_create_socket_create_tcp_socket(0, &it, &e)) break;
  }
  judge("create", e, NEW_SOCKET_LIMIT);
}

bool exports_wasi_cli_run_run(void) {
  begin();
  net_list_string_t args = arguments();
  if (args.len && has_text(&args.ptr[0], "limit")) {
    limit();
    return finish();
  }
  if (args.len && has_text(&args.ptr[0], "socket-before-streams")) {
    drop(connect(0).client);
    return finish();
  }
  if (args.len && has_text(&args.ptr[0], "socket-before-pollable")) {
    tcp_b it = make(0);
    TCP(subscribe)(it);
    drop(it);
    return finish();
  }
  for (int family = 0; family < 2; family++) {
    fresh(family);
    binding(family);
    connecting(family);
    streams(family);
    options(family);
  }
  polling();
  many();
  return finish();
}
