"""Writes values.txt: values that cross from one component to another, as the specification's definitions.py copies them.

usage: values.py DIRECTORY-OF-DEFINITIONS > values.txt

A line is a function with parameters only, or with a result only:

    KIND ENCODING ENCODING | TYPE, ... | CORE VALUES | MEMORY | OUTCOME

KIND is `params` or `result`; the encodings are those of the side that the values come from and of the side that they go to. Core values are what the first side
has, a result that goes through memory has the address where it is to go behind them. The outcome is `trap`, or `CORE VALUES | MEMORY | REALLOCS` of the second side.
Core values are `TYPE:HEX`. Memories are runs of `ADDRESS:HEX`, zero elsewhere.
"""

import random
import struct
import sys

sys.path.insert(0, sys.argv[1])
import definitions as d

random.seed(12)
PAGE = 65536
ENCODINGS = ["utf8", "utf16", "latin1+utf16"]
PRIMITIVES = "Bool S8 U8 S16 U16 S32 U32 S64 U64 F32 F64 Char String".split()
CHARS = ["a", "Z", " ", "\u00e9", "\u00ff", "\u0100", "\u2603", "\U0001f370", "\ud7ff", "\ue000", "\uffff"]


class Context(d.LiftLowerContext):
    """Allocates one behind the other, and notes how."""

    def __init__(self, encoding, memory):
        super().__init__(d.LiftLowerOptions(encoding, d.MemInst(memory, "i32")), None)
        self.end = 1024
        self.log = []

    def reallocate(self, old, old_size, alignment, size):
        self.log.append((old, old_size, alignment, size))
        ptr = d.align_to(self.end, alignment)
        self.end = ptr + size
        memory = self.opts.memory
        for i in range(min(old_size, size)):
            memory[ptr + i] = memory[old + i]
        return ptr


def make_type(depth):
    kind = random.randrange(16 if depth else 6)
    inner = lambda: make_type(depth - 1)
    maybe = lambda: random.choice([None, inner()])
    name = lambda t: "_" if t is None else t[0]
    ty = lambda t: None if t is None else t[1]
    if kind < 6:
        primitive = random.choice(PRIMITIVES)
        return primitive.lower(), getattr(d, primitive + "Type")()
    if kind < 9:
        a = inner()
        return f"list({a[0]})", d.ListType(a[1])
    if kind == 9:
        a, n = inner(), random.choice([1, 2, 3, 6])
        return f"fixed({n},{a[0]})", d.ListType(a[1], n)
    if kind < 12:
        fields = [inner() for _ in range(random.randrange(1, 5))]
        return "tuple(" + ",".join(f[0] for f in fields) + ")", d.TupleType([f[1] for f in fields])
    if kind == 12:
        cases = [maybe() for _ in range(random.choice([1, 2, 3, 4, 300]))]
        ty_ = d.VariantType([d.CaseType(str(i), ty(c)) for i, c in enumerate(cases)])
        return "variant(" + ",".join(map(name, cases)) + ")", ty_
    if kind == 13:
        a = inner()
        return f"option({a[0]})", d.OptionType(a[1])
    if kind == 14:
        a, b = maybe(), maybe()
        return f"result({name(a)},{name(b)})", d.ResultType(ty(a), ty(b))
    n = random.choice([1, 7, 8, 12, 16, 20, 32])
    if random.randrange(2):
        return f"flags({n})", d.FlagsType([str(i) for i in range(n)])
    return f"enum({n})", d.EnumType([str(i) for i in range(n)])


def make_text(encoding):
    wide = len(CHARS) if random.randrange(2) else 5
    text = "".join(random.choice(CHARS[:wide]) for _ in range(random.choice([0, 1, 3, 9, 30])))
    if random.randrange(3) == 0:
        text = "x" * random.choice([1, 8, 20]) + text
    units = len(text.encode("utf-16-le")) // 2
    if encoding == "utf8":
        return (text, encoding, len(text.encode()))
    if encoding == "utf16":
        return (text, encoding, units)
    if all(ord(c) < 256 for c in text) and random.randrange(3):
        return (text, encoding, len(text))
    return (text, encoding, units | 1 << 31)


def make_value(ty, encoding):
    t = d.despecialize(ty)
    v = lambda ty: make_value(ty, encoding)
    match t:
        case d.BoolType():
            return bool(random.randrange(2))
        case d.F32Type():
            return struct.unpack("<f", struct.pack("<f", random.choice([0.0, -1.5, 1e30, float("inf"), random.random()])))[0]
        case d.F64Type():
            return random.choice([0.0, -1.5, 1e300, float("-inf"), random.random()])
        case d.CharType():
            return random.choice(CHARS)
        case d.StringType():
            return make_text(encoding)
        case d.ListType(e, n):
            return [v(e) for _ in range(n if n is not None else random.choice([0, 1, 2, 5]))]
        case d.RecordType(fields):
            return {f.label: v(f.t) for f in fields}
        case d.VariantType(cases):
            c = random.choice(cases)
            return {c.label: None if c.t is None else v(c.t)}
        case d.FlagsType(labels):
            return {l: bool(random.randrange(2)) for l in labels}
        case _:
            size = d.elem_size(t, "i32") * 8
            signed = type(t).__name__.startswith("S")
            low, high = (-(1 << size - 1), (1 << size - 1) - 1) if signed else (0, (1 << size) - 1)
            return random.choice([low, high, random.randint(low, high)])


def preset(context, value):
    """Strings as their side has them: what is latin1+utf16 need not be as narrow as it could be."""
    text, encoding, tagged = value
    if encoding == "utf8":
        raw, align = text.encode(), 1
    elif encoding == "utf16" or tagged >> 31:
        raw, align = text.encode("utf-16-le"), 2
    else:
        raw, align = text.encode("latin-1"), 2
    ptr = context.reallocate(0, 0, align, len(raw))
    context.opts.memory.bytes[ptr : ptr + len(raw)] = raw
    return ptr, tagged


def core(types, values):
    out = []
    for t, v in zip(types, values):
        if t == "f32":
            v = d.core_i32_reinterpret_f32(v)
        elif t == "f64":
            v = d.core_i64_reinterpret_f64(v)
        out.append(f"{t}:{v:x}")
    return " ".join(out)


def show(memory):
    runs, at = [], 0
    while at < len(memory):
        if memory[at] == 0:
            at += 1
            continue
        end = at
        while any(memory[end : end + 8]):
            end += 1
        runs.append(f"{at:x}:{memory[at:end].hex()}")
        at = end
    return " ".join(runs)


def lift_range(context, value):
    return preset(context, value)


def case(kind, mutate):
    start, goal = random.choice(ENCODINGS), random.choice(ENCODINGS)
    count = random.choice([1, 1, 2, 4, 9]) if kind == "params" else 1
    types = [make_type(3) for _ in range(count)]
    limit = d.MAX_FLAT_PARAMS if kind == "params" else d.MAX_FLAT_RESULTS
    ts = [t for _, t in types]
    values = [make_value(t, start) for t in ts]
    source, target = Context(start, bytearray(PAGE)), Context(goal, bytearray(PAGE))
    # The first side has its values as it would have been given them, but for strings.
    own = d.store_string_into_range
    d.store_string_into_range = lift_range
    flat = d.lower_flat_values(source, limit, values, ts)
    d.store_string_into_range = own
    flat_types = d.flatten_types(ts, source.opts)
    spilled = len(flat_types) > limit
    if spilled:
        flat_types = ["i32"]
    if mutate == "upper":
        for i, t in enumerate(flat_types):
            if not spilled and t == "i32" and len(ts) == len(flat_types) and type(ts[i]).__name__ in ("U8Type", "S8Type", "U16Type", "S16Type", "BoolType", "FlagsType"):
                flat[i] |= random.getrandbits(32) & 0xFFFF0000
    elif mutate:
        used = [i for i in range(1024, source.end)]
        for _ in range(random.randrange(1, 4)):
            if used and random.randrange(3):
                source.opts.memory.bytes[random.choice(used)] = random.choice([0, 1, 0x80, 0xD8, 0xFF, random.randrange(256)])
            else:
                i = random.randrange(len(flat))
                if flat_types[i] in ("i32", "i64"):
                    flat[i] = random.choice([flat[i] ^ 1, flat[i] ^ 2, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFF8, 0x110000, 0xD800, 1 << 31])
    place = []
    if spilled and kind == "result":
        at = d.align_to(512, d.alignment(d.TupleType(ts), "i32"))
        place = [random.choice([at, at, at, at + 1, PAGE - 1, 0xFFFFFFF8])]
    given = core(flat_types, flat)
    if place:
        given = " ".join([given, core(["i32"], place)])
    memory = show(source.opts.memory.bytes)
    head = f"{kind} {start} {goal} | {', '.join(n for n, _ in types)} | {given} | {memory}"
    try:
        lifted = d.lift_flat_values(source, limit, d.CoreValueIter(flat), ts)
        out = d.CoreValueIter(place) if place else None
        lowered = d.lower_flat_values(target, limit, lifted, ts, out)
    except IndexError:
        # The page is full.
        return None
    except d.Trap:
        return head + " | trap"
    if mutate and mutate != "upper" and any("f32" in n or "f64" in n for n, _ in types):
        # There may be NaNs, whose bits are nobody's business.
        return None
    results = core(["i32"] if spilled else flat_types, lowered)
    log = " ".join(",".join(str(n) for n in call) for call in target.log)
    return f"{head} | {results} | {show(target.opts.memory.bytes)} | {log}"


lines = set()
while len(lines) < 420:
    kind = random.choice(["params", "params", "result"])
    mutate = random.choice([None, None, "upper", "any", "any"])
    line = case(kind, mutate)
    if line and len(line) < 1500:
        lines.add(line)
print("\n".join(sorted(lines)))
