#!/usr/bin/env python3
"""Modules that have N of something, for scripts/bench-growth.sh.

growth.py              lists the kinds, each with the N at which to begin and options for wative
growth.py KIND N       writes a module in binary format to stdout
"""

import sys

I32, I64, V128, FUNCREF = 0x7F, 0x7E, 0x7B, 0x70
EMPTY = 0x40
UNREACHABLE, BLOCK, LOOP, IF, ELSE, END = 0x00, 0x02, 0x03, 0x04, 0x05, 0x0B
BR, BR_IF, BR_TABLE, RETURN, CALL, CALL_INDIRECT, DROP, SELECT = 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x1A, 0x1B
GET, SET, TEE, GLOBAL_GET, GLOBAL_SET, LOAD, STORE = 0x20, 0x21, 0x22, 0x23, 0x24, 0x28, 0x36
CONST, ADD, XOR, MUL, SHL = 0x41, 0x6A, 0x73, 0x6C, 0x74


def u(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def s(n):
    out = bytearray()
    while not -64 <= n < 64:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n & 0x7F)
    return bytes(out)


def vec(items):
    return u(len(items)) + b"".join(items)


def name(text):
    return u(len(text)) + text.encode()


def const(n):
    return bytes([CONST]) + s(n)


def op(code, *args):
    return bytes([code]) + b"".join(u(arg) for arg in args)


def functype(params, results=()):
    return b"\x60" + vec([bytes([p]) for p in params]) + vec([bytes([r]) for r in results])


def opaque(i):
    """Something that nothing is known of when the module is compiled."""
    return const(i * 4 % 60000) + bytes([LOAD, 2, 0])


class Module:
    """Sections under construction. Type 0 takes and returns nothing, 1 is [i32] -> [i32]."""

    def __init__(self):
        self.types = [functype([]), functype([I32], [I32])]
        self.imports, self.funcs, self.tables, self.memories, self.tags = [], [], [], [], []
        self.globals, self.exports, self.elems, self.code, self.datas = [], [], [], [], []
        self.custom = b""

    def type(self, params, results=()):
        self.types.append(functype(params, results))
        return len(self.types) - 1

    def func(self, ty, *body, locals=()):
        """Adds a function, returns its index. `locals`: groups of (count, type)."""
        code = vec([u(count) + bytes([kind]) for count, kind in locals]) + b"".join(body) + bytes([END])
        self.funcs.append(u(ty))
        self.code.append(u(len(code)) + code)
        return sum(i[-2] == 0 for i in self.imports) + len(self.funcs) - 1

    def export(self, text, index, kind=0):
        self.exports.append(name(text) + bytes([kind]) + u(index))

    def start(self, *body, locals=()):
        self.export("_start", self.func(0, *body, locals=locals))

    def memory(self, pages=1):
        self.memories.append(b"\0" + u(pages))

    def bytes(self):
        out = [b"\0asm\1\0\0\0"]
        sections = [
            (1, self.types), (2, self.imports), (3, self.funcs), (4, self.tables), (5, self.memories), (13, self.tags),
            (6, self.globals), (7, self.exports), (9, self.elems), (12, None), (10, self.code), (11, self.datas),
        ]  # fmt: skip
        for number, items in sections:
            if items is None:
                body = u(len(self.datas))
                if not self.datas:
                    continue
            elif items:
                body = vec(items)
            else:
                continue
            out.append(bytes([number]) + u(len(body)) + body)
        return b"".join(out) + self.custom


KINDS = {}


def kind(n, *options):
    def add(make):
        KINDS[make.__name__] = (n, options, make)
        return make

    return add


def signature(i, digits=9):
    """The i-th of many parameter lists."""
    return [(I32, I64, 0x7D, 0x7C)[i >> 2 * d & 3] for d in range(digits)]


# Sections.


@kind(25000)
def types(m, n):
    for i in range(n):
        m.type(signature(i))
    m.start()


@kind(25000)
def functions(m, n):
    m.memory()
    for i in range(n):
        m.func(1, op(GET, 0), op(CALL, (i + 1) % n), const(i), op(ADD))
    m.start(const(0), op(CALL, 0), op(DROP))


@kind(25000)
def exports(m, n):
    for i in range(n):
        m.export(f"export{i}", m.func(1, op(GET, 0)))
    m.start()


@kind(25000, "--emit", "obj")
def exports_object(m, n):
    for i in range(n):
        m.export(f"export{i}", m.func(1, op(GET, 0)))


@kind(25000, "--emit", "obj")
def exports_same(m, n):
    m.func(1, op(GET, 0))
    for i in range(n):
        m.export(f"export{i}", 0)


@kind(12500, "--allow-unknown-imports")
def imports(m, n):
    m.imports = [name("env") + name(f"import{i}") + b"\0\1" for i in range(n)]
    m.start(*[const(i) + op(CALL, i) + op(DROP) for i in range(n)])


@kind(25000)
def globals(m, n):
    m.globals = [bytes([I32, 1]) + const(i) + bytes([END]) for i in range(n)]
    m.start(*[op(GLOBAL_GET, i) + const(1) + op(ADD) + op(GLOBAL_SET, i) for i in range(n)])


@kind(25)
def tables(m, n):
    m.tables = [bytes([FUNCREF, 0]) + u(1000) for _ in range(n)]
    m.start(*[const(i) + op(CALL_INDIRECT, 0, i) for i in range(n)])


@kind(25000)
def tags(m, n):
    m.tags = [b"\0\0" for _ in range(n)]
    m.start(*[op(BLOCK, EMPTY) + bytes([0x1F, EMPTY, 1, 0]) + u(i) + u(0) + bytes([0x08]) + u(i) + op(END) + op(END) for i in range(n)])


@kind(25000)
def names(m, n):
    for i in range(n):
        m.func(0)
    m.start(*[op(CALL, i) for i in range(n)])
    entries = [u(i) + name(f"a_function_with_the_name_{i}") for i in range(n)]
    body = vec(entries)
    section = name("name") + b"\1" + u(len(body)) + body
    m.custom = b"\0" + u(len(section)) + section


@kind(25000)
def custom(m, n):
    m.start()
    section = name("custom")
    m.custom = (b"\0" + u(len(section)) + section) * n


# Segments.


@kind(25000)
def datas(m, n):
    m.memory(n * 64 // 65536 + 1)
    m.datas = [b"\0" + const(i * 64) + bytes([END, 4]) + b"\1\2\3\4" for i in range(n)]
    m.start()


@kind(10000)
def datas_sparse(m, n):
    m.memory(n)
    m.datas = [b"\0" + const((i << 16) - (i >> 15 << 32)) + bytes([END, 4]) + b"\1\2\3\4" for i in range(n)]
    m.start()


@kind(25000)
def datas_passive(m, n):
    m.memory()
    m.datas = [b"\1\4\1\2\3\4" for i in range(n)]
    m.start()


@kind(25000)
def memory_inits(m, n):
    m.memory()
    m.datas = [b"\1\4\1\2\3\4" for i in range(n)]
    m.start(*[const(i % 1000) + const(0) + const(4) + bytes([0xFC, 8]) + u(i) + u(0) for i in range(n)])


@kind(25000, "--emit", "obj")
def datas_object(m, n):
    datas(m, n)


@kind(25000)
def elems(m, n):
    m.tables = [bytes([FUNCREF, 0]) + u(n * 4)]
    f = m.func(1, op(GET, 0))
    m.elems = [b"\0" + const(i * 4) + bytes([END, 2]) + u(f) + u(f) for i in range(n)]
    m.start(const(1), const(0), op(CALL_INDIRECT, 1, 0), op(DROP))


@kind(25000)
def elems_passive(m, n):
    m.tables = [bytes([FUNCREF, 0]) + u(n * 4)]
    f = m.func(1, op(GET, 0))
    m.elems = [bytes([1, 0, 2]) + u(f) + u(f) for i in range(n)]
    m.start()


@kind(25000, "--emit", "obj")
def elems_object(m, n):
    elems(m, n)


@kind(100000)
def elem_items(m, n):
    m.tables = [bytes([FUNCREF, 0]) + u(n)]
    f = m.func(1, op(GET, 0))
    m.elems = [b"\0" + const(0) + bytes([END]) + u(n) + u(f) * n]
    m.start(const(1), const(0), op(CALL_INDIRECT, 1, 0), op(DROP))


@kind(25000, "--emit", "obj")
def elem_exprs(m, n):
    """Items that are an imported global, so that instantiation computes them."""
    m.imports = [name("host") + name("global") + bytes([3, FUNCREF, 0])]
    m.tables = [bytes([FUNCREF, 0]) + u(n)]
    m.elems = [b"\4" + const(0) + bytes([END]) + u(n) + bytes([0x23, 0, END]) * n]


# Control flow.


def nested(m, n, opening, closing):
    m.memory()
    m.start(*[opening(i) for i in range(n)], *[closing(i) for i in range(n)], locals=[(2, I32)])


@kind(12500)
def nested_blocks(m, n):
    nested(m, n, lambda i: op(BLOCK, EMPTY) + opaque(i) + op(BR_IF, i), lambda i: opaque(i) + op(SET, 0) + op(END) + const(i) + op(GET, 0) + bytes([STORE, 2, 0]))


@kind(12500)
def nested_loops(m, n):
    nested(m, n, lambda i: op(LOOP, EMPTY), lambda i: op(GET, 0) + const(1) + op(ADD) + op(TEE, 0) + const(i) + op(XOR) + op(BR_IF, 0) + op(END))


@kind(12500)
def nested_loops_table(m, n):
    table = op(GET, 0) + bytes([BR_TABLE]) + vec([u(i) for i in range(n)]) + u(n)
    nested(m, n, lambda i: op(LOOP, EMPTY) + op(GET, 0) + const(1) + op(ADD) + op(SET, 0), lambda i: (table if i == 0 else b"") + op(END))


@kind(12500)
def nested_ifs(m, n):
    nested(m, n, lambda i: opaque(i) + op(IF, EMPTY), lambda i: op(ELSE) + opaque(i) + op(SET, 0) + op(END) + const(i) + op(GET, 0) + bytes([STORE, 2, 0]))


@kind(12500)
def nested_tries(m, n):
    m.tags = [b"\0\0"]
    call = m.func(0, bytes([0x08, 0]))
    nested(m, n, lambda i: op(BLOCK, EMPTY) + bytes([0x1F, EMPTY, 1, 0, 0, 0]), lambda i: (op(CALL, call) if i == 0 else b"") + op(END) + const(i) + op(SET, 0) + op(END))


@kind(12500)
def tries(m, n):
    m.tags = [b"\0\0"]
    call = m.func(0, bytes([0x08, 0]))
    m.start(*[op(BLOCK, EMPTY) + bytes([0x1F, EMPTY, 1, 0, 0, 0]) + op(CALL, call) + op(END) + const(i) + op(SET, 0) + op(END) for i in range(n)], locals=[(2, I32)])


@kind(12500)
def ifs(m, n):
    m.func(1, *[op(GET, 0) + const(i) + op(XOR) + op(IF, EMPTY) + op(GET, 0) + const(i) + op(ADD) + op(SET, 0) + op(END) for i in range(n)], op(GET, 0))
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(12500)
def loops(m, n):
    m.func(1, *[op(LOOP, EMPTY) + op(GET, 0) + const(1) + op(ADD) + op(TEE, 0) + const(i) + op(XOR) + op(BR_IF, 0) + op(END) for i in range(n)], op(GET, 0))
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(12500)
def returns(m, n):
    m.memory()
    m.func(1, *[opaque(i) + op(IF, EMPTY) + const(i) + op(RETURN) + op(END) for i in range(n)], op(GET, 0))
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(12500)
def exits(m, n):
    """A block that is left from N places with a value and a local."""
    m.memory()
    m.func(1, bytes([BLOCK, I32]), *[opaque(i) + op(SET, 1) + opaque(i + 1) + op(GET, 1) + op(BR_IF, 0) + op(SET, 0) for i in range(n)], op(GET, 0), op(END), op(GET, 1), op(ADD), locals=[(1, I32)])
    m.start(const(1), op(CALL, 0), op(DROP))


def switch(m, n, case, locals=(), before=b"", after=b""):
    body = [before, op(BLOCK, EMPTY) * (n + 1), op(GET, 0), bytes([BR_TABLE]), vec([u(i) for i in range(n)]), u(n), op(END)]
    for i in range(n):
        body += [case(i), op(END)]
    m.func(1, *body, after, op(GET, 0), locals=locals)
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(5000)
def table_returns(m, n):
    switch(m, n, lambda i: const(i * 7) + op(RETURN))


@kind(5000)
def table_falls(m, n):
    """Every case changes a local and falls through to the next one."""
    switch(m, n, lambda i: op(GET, 0) + const(i) + op(ADD) + op(SET, 0))


@kind(5000)
def table_breaks(m, n):
    switch(m, n, lambda i: const(i) + op(SET, 0) + op(BR, n - i - 1))


@kind(5000)
def table_locals(m, n):
    """Every case falls through and changes one of twenty locals."""
    m.memory()
    before = b"".join(opaque(i) + op(SET, 1 + i) for i in range(20))
    after = b"".join(op(GET, 0) + op(GET, 1 + i) + op(ADD) + op(SET, 0) for i in range(20))
    switch(m, n, lambda i: op(GET, 1 + i % 20) + op(GET, 1 + (i + 7) % 20) + op(ADD) + op(SET, 1 + i % 20), [(20, I32)], before, after)


@kind(5000)
def table_breaks_locals(m, n):
    """Every case changes one of twenty locals and leaves."""
    m.memory()
    before = b"".join(opaque(i) + op(SET, 1 + i) for i in range(20))
    after = b"".join(op(GET, 0) + op(GET, 1 + i) + op(ADD) + op(SET, 0) for i in range(20))
    switch(m, n, lambda i: op(GET, 1 + i % 20) + const(i) + op(ADD) + op(SET, 1 + i % 20) + op(BR, n - i - 1), [(20, I32)], before, after)


@kind(5000)
def table_calls(m, n):
    """Every case calls with a local and falls through."""
    ty = m.func(1, op(GET, 0))
    body = [op(BLOCK, EMPTY) * (n + 1), op(GET, 0), bytes([BR_TABLE]), vec([u(i) for i in range(n)]), u(n), op(END)]
    for i in range(n):
        body += [op(GET, 0) + const(i) + op(ADD) + op(CALL, ty) + op(SET, 0), op(END)]
    f = m.func(1, *body, op(GET, 0))
    m.start(const(1), op(CALL, f), op(DROP))


@kind(5000)
def table_values(m, n):
    """Every label has a result that the table passes on."""
    block = bytes([BLOCK, I32])
    body = [block * (n + 1), op(GET, 0), op(GET, 0), bytes([BR_TABLE]), vec([u(i) for i in range(n)]), u(n), op(END)]
    for i in range(n):
        body += [const(i), op(XOR), op(END)]
    m.func(1, *body)
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(5000)
def table_loop(m, n):
    """An interpreter: the cases go back to the loop around the table."""
    body = [op(LOOP, EMPTY), op(BLOCK, EMPTY) * (n + 1), op(GET, 0), bytes([BR_TABLE]), vec([u(i) for i in range(n)]), u(n), op(END)]
    for i in range(n):
        body += [op(GET, 1) + const(i) + op(ADD) + op(TEE, 1) + op(SET, 0) + op(BR, n - i), op(END)]
    m.func(1, *body, op(END), op(GET, 1), locals=[(1, I32)])
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(750)
def tables_loop(m, n):
    """An interpreter whose instructions each load the next: tables in one loop, all of which lead back to its start too."""
    m.memory()
    load = lambda code, offset: op(GET, 0) + bytes([code, 0]) + u(offset)
    table = load(0x2D, 0) + bytes([BR_TABLE]) + vec([u(t) for t in range(6)]) + u(6) + op(END)
    back = b"".join(op(BR, 5 - t) + op(END) for t in range(4))
    one = lambda i: (op(GET, 0) + const(i) + op(ADD) + load(0x28, i) + load(0x2D, i + 1) + op(SELECT) + op(SET, 0)
                     + op(BLOCK, EMPTY) * 6 + table + back + op(GET, 1) + const(1) + op(ADD) + op(SET, 1) + op(END) + op(GET, 1) + op(BR_IF, 0))
    m.func(1, op(LOOP, EMPTY), *[one(i) for i in range(n)], op(END), op(GET, 1), locals=[(1, I32)])
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(100000)
def table_few(m, n):
    targets = vec([u(i % 3) for i in range(n)]) + u(3)
    m.func(1, *[op(BLOCK, EMPTY)] * 4, op(GET, 0), bytes([BR_TABLE]), targets, *[op(END) + const(i) + op(SET, 0) for i in range(4)], op(GET, 0))
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(1000)
def tables_many(m, n):
    """Switches one after the other."""
    table = bytes([BR_TABLE]) + vec([u(i) for i in range(8)]) + u(8)
    one = op(BLOCK, EMPTY) * 9 + op(GET, 0) + table + op(END) + b"".join(op(GET, 1) + const(i) + op(ADD) + op(SET, 1) + op(BR, 7 - i) + op(END) for i in range(8))
    m.func(1, one * n, op(GET, 1), locals=[(1, I32)])
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(100)
def tables_nested(m, n):
    """A switch in the first case of a switch, N deep."""
    table = bytes([BR_TABLE]) + vec([u(i) for i in range(20)]) + u(20)

    def head(i):
        return op(BLOCK, EMPTY) * 21 + op(GET, 0) + table + op(END)

    def tail(i):
        return b"".join(op(GET, 1) + const(j) + op(ADD) + op(SET, 1) + op(BR, 19 - j) + op(END) for j in range(20))

    m.func(1, *[head(i) for i in range(n)], *[tail(i) for i in range(n)], op(GET, 1), locals=[(1, I32)])
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(500)
def tables_wide(m, n):
    """N tables that all name the same N labels."""
    m.memory()
    table = opaque(1) + op(IF, EMPTY) + opaque(2) + bytes([BR_TABLE]) + vec([u(1 + i) for i in range(500)]) + u(501) + op(END)
    switch_in = [op(BLOCK, EMPTY) * 501, table * n, op(END)]
    for i in range(500):
        switch_in += [op(GET, 0) + const(i) + op(ADD), op(SET, 0), op(END)]
    m.func(1, *switch_in, op(GET, 0))
    m.start(const(1), op(CALL, 0), op(DROP))


# Straight lines, locals, calls.


@kind(50000)
def straight(m, n):
    m.func(1, *[op(GET, 0) + const(i) + op(XOR) + const(i * 3 + 1) + op(MUL) + op(SET, 0) for i in range(n)], op(GET, 0))
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(50000)
def straight_memory(m, n):
    m.memory()
    m.func(1, *[op(GET, 0) + op(GET, 0) + op(LOAD, 2, i % 999) + const(i) + op(XOR) + op(STORE, 2, i % 777) for i in range(n)], op(GET, 0))
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(12500)
def stack(m, n):
    m.func(1, *[op(GET, 0) + const(i) + op(XOR) + op(TEE, 0) for i in range(n)], op(ADD) * (n - 1))
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(12500)
def stack_calls(m, n):
    """N results of calls wait on the stack."""
    f = m.func(1, op(GET, 0), const(1), op(ADD))
    m.start(*[const(i) + op(CALL, f) for i in range(n)], op(ADD) * (n - 1), op(DROP))


@kind(10000)
def locals(m, n):
    count = min(n, 40000)
    m.func(1, *[op(GET, 0) + const(i) + op(XOR) + op(TEE, 0) + op(SET, 1 + i) for i in range(count)], *[op(GET, 0) + op(GET, 1 + i) + op(ADD) + op(SET, 0) for i in range(count)], op(GET, 0), locals=[(count, I32)])
    m.start(const(1), op(CALL, 0), op(DROP))


def locals_ifs_of(m, count, n):
    m.func(1, *[op(GET, 0) + const(i) + op(XOR) + op(IF, EMPTY) + op(GET, 0) + const(i) + op(ADD) + op(SET, 1 + i % count) + op(END) for i in range(n)], *[op(GET, 0) + op(GET, 1 + i) + op(ADD) + op(SET, 0) for i in range(count)], op(GET, 0), locals=[(count, I32)])
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(10000)
def locals_ifs(m, n):
    """4,000 locals, N ifs that each write one."""
    locals_ifs_of(m, 4000, n)


@kind(1000)
def locals_many_ifs(m, n):
    """N locals, 40,000 ifs that each write one."""
    locals_ifs_of(m, n, 40000)


@kind(5000)
def locals_loop(m, n):
    """A loop that changes N locals."""
    count = min(n, 20000)
    m.func(1, op(LOOP, EMPTY), *[op(GET, i) + op(GET, 1 + i) + op(ADD) + op(SET, 1 + i) for i in range(count)], op(GET, count), op(BR_IF, 0), op(END), op(GET, 1), locals=[(count, I32)])
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(250)
def locals_loops(m, n):
    """N loops that each may change 200 locals."""
    one = op(LOOP, EMPTY) + b"".join(op(GET, i) + op(GET, 1 + i) + op(ADD) + op(SET, 1 + i) for i in range(200)) + op(GET, 200) + op(BR_IF, 0) + op(END)
    m.func(1, one * n, op(GET, 1), locals=[(200, I32)])
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(2500)
def calls_wide(m, n):
    """N calls with 100 parameters and 50 results."""
    ty = m.type([I32] * 100, [I32] * 50)
    f = m.func(ty, *[op(GET, i) for i in range(50)])
    m.start(*[b"".join(const(i + j) for j in range(100)) + op(CALL, f) + op(DROP) * 50 for i in range(n)])


@kind(250)
def wide(m, n):
    """Functions with N parameters and N results."""
    n = min(n, 1000)
    ty = m.type([I32, I64] * (n // 2), [I64, I32] * (n // 2))
    f = m.func(ty, *[op(GET, n - 1 - i) for i in range(n)])
    m.start(*[const(j) + b"\x42" + s(j) for j in range(n // 2)], op(CALL, f), op(DROP) * n)


@kind(12500)
def indirect_types(m, n):
    for i in range(n):
        m.type(signature(i))
    m.tables = [bytes([FUNCREF, 0]) + u(10)]
    zero = {I32: const(0), I64: b"\x42\0", 0x7D: b"\x43\0\0\0\0", 0x7C: b"\x44" + bytes(8)}
    m.start(*[b"".join(zero[t] for t in signature(i)) + const(0) + op(CALL_INDIRECT, 2 + i, 0) for i in range(n)])


@kind(25000)
def indirect_calls(m, n):
    m.tables = [bytes([FUNCREF, 0]) + u(10)]
    m.func(1, *[op(GET, 0) + op(GET, 0) + op(CALL_INDIRECT, 1, 0) + op(SET, 0) for i in range(n)], op(GET, 0))
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(25000)
def calls(m, n):
    f = m.func(1, op(GET, 0), const(1), op(ADD))
    m.start(*[op(GET, 0) + op(CALL, f) + op(SET, 0) for i in range(n)], locals=[(1, I32)])


@kind(12500)
def divisions(m, n):
    """Each may trap in two ways."""
    m.func(1, *[op(GET, 0) + op(GET, 0) + op(0x6D) + const(i) + op(XOR) + op(SET, 0) for i in range(n)], op(GET, 0))
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(12500)
def vectors(m, n):
    """Different vector constants."""
    m.memory()
    m.func(1, opaque(0) + b"\xfd\x11" + op(SET, 1), *[op(GET, 1) + b"\xfd\x0c" + i.to_bytes(16, "little") + b"\xfd\xae\1" + op(SET, 1) for i in range(n)], op(GET, 1), b"\xfd\x1b\0", locals=[(1, V128)])
    m.start(const(1), op(CALL, 0), op(DROP))


@kind(12500)
def ref_funcs(m, n):
    """References to N functions, each through a global of its own."""
    m.memory()
    for i in range(n):
        f = m.func(1, op(GET, 0))
        m.globals.append(bytes([FUNCREF, 1, 0xD2]) + u(f) + bytes([END]))
    m.start(*[op(GLOBAL_GET, i) + op(0xD1) + op(DROP) for i in range(n)])


def main():
    if len(sys.argv) == 1:
        for text, (n, options, _) in KINDS.items():
            print(text, n, *options)
        return
    text, n = sys.argv[1], int(sys.argv[2])
    module = Module()
    KINDS[text][2](module, n)
    sys.stdout.buffer.write(module.bytes())


main()
