// UDP sockets: states, errors, datagrams with and without a peer, options, all with itself on the loopback interface. With an argument, one thing that traps.
#include "guest.h"

typedef wasi_sockets_udp_tuple2_own_incoming_datagram_stream_own_outgoing_datagram_stream_t streams_t;
typedef wasi_sockets_udp_borrow_incoming_datagram_stream_t incoming_b;
typedef wasi_sockets_udp_borrow_outgoing_datagram_stream_t outgoing_b;
typedef wasi_sockets_udp_outgoing_datagram_t datagram_t;

typedef struct {
  udp_b socket;
  incoming_b in;
  outgoing_b out;
  address_t address;
} end_t;

static udp_b make(int family) {
  udp_t it = {0};
  EXPECT(OK, wasi_sockets_udp_create_socket_create_udp_socket(family, &it, &e));
  return LEND(udp_b, it);
}

static void drop(udp_b it) { wasi_sockets_udp_udp_socket_drop_own((udp_t){it.__handle}); }

static void bind(udp_b it, int family) {
  address_t address = loopback(family, 0);
  EXPECT(OK, UDP(start_bind)(it, net, &address, &e));
  EXPECT(OK, UDP(finish_bind)(it, &e));
}

static void drop_streams(end_t *it) {
  wasi_sockets_udp_incoming_datagram_stream_drop_own((wasi_sockets_udp_own_incoming_datagram_stream_t){it->in.__handle});
  wasi_sockets_udp_outgoing_datagram_stream_drop_own((wasi_sockets_udp_own_outgoing_datagram_stream_t){it->out.__handle});
}

static int open_streams(end_t *it, address_t *peer) {
  streams_t streams;
  int code = CODE(UDP(stream)(it->socket, peer, &streams, &e));
  if (code == OK) {
    it->in.__handle = streams.f0.__handle;
    it->out.__handle = streams.f1.__handle;
  }
  return code;
}

static end_t open(int family) {
  end_t it = {.socket = make(family)};
  bind(it.socket, family);
  judge("stream", open_streams(&it, NULL), OK);
  EXPECT(OK, UDP(local_address)(it.socket, &it.address, &e));
  return it;
}

static void end(end_t *it) {
  drop_streams(it);
  drop(it->socket);
}

// Sends one datagram: its code.
static int send(end_t *it, const void *bytes, size_t len, const address_t *to) {
  uint64_t permitted, sent = 0;
  EXPECT(OK, OUTGOING(check_send)(it->out, &permitted, &e));
  holds("something is permitted", permitted > 0);
  datagram_t datagram = {.data = {(uint8_t *)bytes, len}};
  datagram.remote_address.is_some = to != NULL;
  if (to) datagram.remote_address.val = *to;
  wasi_sockets_udp_list_outgoing_datagram_t list = {&datagram, 1};
  int code = CODE(OUTGOING(send)(it->out, &list, &sent, &e));
  if (code == OK) is("datagrams sent", sent, 1);
  return code;
}

// Waits for one datagram with this text.
static void receive(end_t *it, const char *text, size_t len, const address_t *from) {
  wasi_sockets_udp_list_incoming_datagram_t list;
  await(INCOMING(subscribe)(it->in).__handle);
  EXPECT(OK, INCOMING(receive)(it->in, 1, &list, &e));
  bool one = list.len == 1;
  holds("one datagram", one);
  if (!one) return;
  is("its length", list.ptr[0].data.len, len);
  holds("its text", !memcmp(list.ptr[0].data.ptr, text, len));
  holds("its sender", same(&list.ptr[0].remote_address, from));
}

static void states(int family) {
  udp_b it = make(family), other = make(family);
  address_t address, own;
  streams_t streams;
  is("family", UDP(address_family)(it), family);
  holds("a socket waits for nothing", ready(UDP(subscribe)(it).__handle));
  EXPECT(INVALID_STATE, UDP(local_address)(it, &address, &e));
  EXPECT(INVALID_STATE, UDP(remote_address)(it, &address, &e));
  EXPECT(NOT_IN_PROGRESS, UDP(finish_bind)(it, &e));
  EXPECT(INVALID_STATE, UDP(stream)(it, NULL, &streams, &e));
  address_t wrong[] = {
    loopback(!family, 0),
    family ? ipv6(0, 0, 0xffff, 0x7f00, 1, 0) : loopback(1, 0),
    family ? ipv6(0, 0, 0, 0x7f00, 1, 0) : loopback(1, 0),
  };
  for (int i = 0; i < 3; i++) EXPECT(INVALID_ARGUMENT, UDP(start_bind)(it, net, &wrong[i], &e));
  address_t elsewhere = family ? ipv6(0x2001, 0xdb8, 0, 0, 1, 0) : ipv4(192, 0, 2, 1, 0);
  EXPECT(ADDRESS_NOT_BINDABLE, UDP(start_bind)(it, net, &elsewhere, &e));
  bind(it, family);
  address = loopback(family, 0);
  EXPECT(INVALID_STATE, UDP(start_bind)(it, net, &address, &e));
  EXPECT(NOT_IN_PROGRESS, UDP(finish_bind)(it, &e));
  EXPECT(OK, UDP(local_address)(it, &own, &e));
  holds("the port is chosen", port_of(&own) != 0);
  EXPECT(INVALID_STATE, UDP(remote_address)(it, &address, &e));
  EXPECT(ADDRESS_IN_USE, UDP(start_bind)(other, net, &own, &e));
  end_t ends = {.socket = it};
  address_t peers[] = {
    loopback(!family, 9),
    loopback(family, 0),
    family ? ipv6(0, 0, 0, 0, 0, 9) : ipv4(0, 0, 0, 0, 9),
    family ? ipv6(0, 0, 0xffff, 0x7f00, 1, 9) : loopback(1, 9),
  };
  for (int i = 0; i < 4; i++) judge("stream", open_streams(&ends, &peers[i]), INVALID_ARGUMENT);
  drop(it);
  drop(other);
}

static void exchange(int family) {
  end_t a = open(family), b = open(family), c = open(family);
  wasi_sockets_udp_list_incoming_datagram_t list;
  EXPECT(OK, INCOMING(receive)(a.in, 10, &list, &e));
  is("nothing has come", list.len, 0);
  holds("nothing has come", !ready(INCOMING(subscribe)(a.in).__handle));
  holds("it can send", ready(OUTGOING(subscribe)(a.out).__handle));
  judge("send", send(&a, "one", 3, &b.address), OK);
  receive(&b, "one", 3, &a.address);
  judge("send", send(&b, "", 0, &a.address), OK);
  receive(&a, "", 0, &b.address);
  EXPECT(OK, INCOMING(receive)(b.in, 0, &list, &e));
  is("nothing was asked for", list.len, 0);
  // Without a peer there must be an address, and a good one.
  judge("send", send(&a, "x", 1, NULL), INVALID_ARGUMENT);
  address_t wrong[] = {
    loopback(!family, 9),
    loopback(family, 0),
    family ? ipv6(0, 0, 0, 0, 0, 9) : ipv4(0, 0, 0, 0, 9),
    family ? ipv6(0, 0, 0xffff, 0x7f00, 1, 9) : loopback(1, 9),
  };
  for (int i = 0; i < 4; i++) judge("send", send(&a, "x", 1, &wrong[i]), INVALID_ARGUMENT);
  static uint8_t big[70000];
  for (size_t i = 0; i < sizeof big; i++) big[i] = i * 7;
  judge("send", send(&a, big, 65508 + 20, &b.address), DATAGRAM_TOO_LARGE);
  judge("send", send(&a, big, 70000, &b.address), DATAGRAM_TOO_LARGE);
  judge("send", send(&a, big, 65507, &b.address), OK);
  receive(&b, (char *)big, 65507, &a.address);
  // Several at once; what cannot be sent ends the list.
  uint64_t permitted, sent = 0;
  EXPECT(OK, OUTGOING(check_send)(a.out, &permitted, &e));
  datagram_t some[4] = {{.data = {big, 1}}, {.data = {big, 2}}, {.data = {big, 3}}, {.data = {big, 4}}};
  for (int i = 0; i < 4; i++) some[i].remote_address.is_some = true, some[i].remote_address.val = i == 2 ? wrong[0] : b.address;
  wasi_sockets_udp_list_outgoing_datagram_t four = {some, 4};
  EXPECT(OK, OUTGOING(send)(a.out, &four, &sent, &e));
  is("sent up to the bad one", sent, 2);
  EXPECT(OK, OUTGOING(check_send)(a.out, &permitted, &e));
  four.len = 0;
  EXPECT(OK, OUTGOING(send)(a.out, &four, &sent, &e));
  is("nothing sent", sent, 0);
  EXPECT(OK, INCOMING(receive)(b.in, 1, &list, &e));
  is("as many as were asked for", list.len, 1);
  EXPECT(OK, INCOMING(receive)(b.in, UINT64_MAX, &list, &e));
  is("the other one", list.len, 1);
  is("its length", list.ptr[0].data.len, 2);
  // With a peer: from others nothing comes, to others nothing goes.
  drop_streams(&a);
  judge("stream", open_streams(&a, &b.address), OK);
  address_t remote, local;
  EXPECT(OK, UDP(remote_address)(a.socket, &remote, &e));
  holds("it has a peer", same(&remote, &b.address));
  judge("send", send(&a, "two", 3, NULL), OK);
  receive(&b, "two", 3, &a.address);
  judge("send", send(&a, "three", 5, &b.address), OK);
  receive(&b, "three", 5, &a.address);
  judge("send", send(&a, "x", 1, &c.address), INVALID_ARGUMENT);
  judge("send", send(&c, "from c", 6, &a.address), OK);
  judge("send", send(&b, "from b", 6, &a.address), OK);
  receive(&a, "from b", 6, &b.address);
  EXPECT(OK, INCOMING(receive)(a.in, 10, &list, &e));
  is("nothing from others", list.len, 0);
  // Another peer, then none: the address stays.
  drop_streams(&a);
  judge("stream", open_streams(&a, &c.address), OK);
  judge("send", send(&c, "from c", 6, &a.address), OK);
  receive(&a, "from c", 6, &c.address);
  drop_streams(&a);
  judge("stream", open_streams(&a, NULL), OK);
  EXPECT(INVALID_STATE, UDP(remote_address)(a.socket, &remote, &e));
  EXPECT(OK, UDP(local_address)(a.socket, &local, &e));
  holds("the address stays", same(&local, &a.address));
  judge("send", send(&b, "again", 5, &a.address), OK);
  receive(&a, "again", 5, &b.address);
  end(&a);
  end(&b);
  end(&c);
}

static void options(int family) {
  udp_b it = make(family);
  uint8_t limit;
  uint64_t value;
  EXPECT(INVALID_ARGUMENT, UDP(set_unicast_hop_limit)(it, 0, &e));
  EXPECT(OK, UDP(set_unicast_hop_limit)(it, 42, &e));
  EXPECT(OK, UDP(unicast_hop_limit)(it, &limit, &e));
  is("hop limit", limit, 42);
  EXPECT(INVALID_ARGUMENT, UDP(set_receive_buffer_size)(it, 0, &e));
  EXPECT(OK, UDP(set_receive_buffer_size)(it, UINT64_MAX, &e));
  EXPECT(OK, UDP(set_receive_buffer_size)(it, 40000, &e));
  EXPECT(OK, UDP(receive_buffer_size)(it, &value, &e));
  is("receive buffer", value, 40000);
  EXPECT(INVALID_ARGUMENT, UDP(set_send_buffer_size)(it, 0, &e));
  EXPECT(OK, UDP(set_send_buffer_size)(it, 50000, &e));
  EXPECT(OK, UDP(send_buffer_size)(it, &value, &e));
  is("send buffer", value, 50000);
  drop(it);
}

bool exports_wasi_cli_run_run(void) {
  begin();
  net_list_string_t args = arguments();
  if (args.len) {
    end_t it = open(0);
    uint64_t sent;
    datagram_t some[17] = {0};
    wasi_sockets_udp_list_outgoing_datagram_t list = {some, 17};
    if (has_text(&args.ptr[0], "streams-twice")) open_streams(&it, NULL);
    if (has_text(&args.ptr[0], "socket-before-streams")) drop(it.socket);
    if (has_text(&args.ptr[0], "send-unasked")) OUTGOING(send)(it.out, &list, &sent, &e);
    if (has_text(&args.ptr[0], "send-too-many")) {
      OUTGOING(check_send)(it.out, &sent, &e);
      OUTGOING(send)(it.out, &list, &sent, &e);
    }
    return finish();
  }
  for (int family = 0; family < 2; family++) {
    states(family);
    exchange(family);
    options(family);
  }
  return finish();
}
