"""Writes layout.txt: sizes, alignments and flat types of random types, as the specification's definitions.py has them.

usage: layout.py DIRECTORY-OF-DEFINITIONS > layout.txt
"""

import random
import sys

sys.path.insert(0, sys.argv[1])
import definitions as d

random.seed(7)
OPTIONS = d.LiftLowerOptions("utf8", d.MemInst(bytearray(), "i32"))
types, lines = [], []


def add(text, ty):
    types.append(ty)
    lines.append(text)


def pick():
    """The number of a type that is not too large."""
    return random.choice([i for i, t in enumerate(types) if len(d.flatten_type(t, OPTIONS)) < 40])


def maybe():
    return random.choice([None, pick()])


def show(number):
    return "-" if number is None else str(number)


def get(number):
    return None if number is None else types[number]


for name in "Bool S8 U8 S16 U16 S32 U32 S64 U64 F32 F64 Char String".split():
    add(name, getattr(d, name + "Type")())
for _ in range(80):
    kind = random.randrange(7)
    if kind == 0:
        a = pick()
        add(f"List {a}", d.ListType(types[a]))
    elif kind == 1:
        a, n = pick(), random.randrange(1, 6)
        add(f"FixedList {a} {n}", d.ListType(types[a], n))
    elif kind == 2:
        fields = [pick() for _ in range(random.randrange(1, 6))]
        add("Tuple " + " ".join(map(str, fields)), d.TupleType([types[i] for i in fields]))
    elif kind == 3:
        cases = [maybe() for _ in range(random.choice([1, 2, 3, 5, 40]))]
        ty = d.VariantType([d.CaseType(str(i), get(c)) for i, c in enumerate(cases)])
        add("Variant " + " ".join(map(show, cases)), ty)
    elif kind == 4:
        a = pick()
        add(f"Option {a}", d.OptionType(types[a]))
    elif kind == 5:
        a, b = maybe(), maybe()
        add(f"Result {show(a)} {show(b)}", d.ResultType(get(a), get(b)))
    else:
        n = random.choice([1, 8, 9, 16, 17, 32])
        add(f"Flags {n}", d.FlagsType([str(i) for i in range(n)]))
for n in (1, 2, 256, 257, 65536, 65537):
    add(f"Enum {n}", d.EnumType([str(i) for i in range(n)]))
for line, ty in zip(lines, types):
    flat = "".join({"i32": "i", "i64": "I", "f32": "f", "f64": "F"}[t] for t in d.flatten_type(ty, OPTIONS))
    print(f"{line} | {d.elem_size(ty, 'i32')} {d.alignment(ty, 'i32')} {flat}")
