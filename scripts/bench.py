#!/usr/bin/env python3
"""Measures the code and the compiler: programs in C, native by clang -O3, and from WebAssembly by wative, wasmtime and wasm2c with clang -O3.

    scripts/bench.py                        all programs, five runs of each, every column
    scripts/bench.py --runs 3 lua sqlite    some programs
    scripts/bench.py --columns native,O2    some columns
    scripts/bench.py --instructions         counts of callgrind instead of times (one run)
    scripts/bench.py --json FILE --svg FILE --markdown FILE

The runs of a program are interleaved, and its ratios are medians of ratios of one round each, of CPU time (user and system). Every column must print what the native
program prints. `build` is CPU seconds, peak memory and bytes of code in the module per CPU second of each compiler.

Programs are in scripts/bench/programs, C libraries come out of crates (scripts/bench/libraries). Needs zig for both compilations ($ZIG, default `zig`); wasmtime ($WASMTIME) and
wasm2c ($WASM2C, and $WABT_RUNTIME, the folder with wasm-rt-impl.c) are left out where there are none. $WATIVE is the command (default target/release/wative).
"""

import argparse
import glob
import json
import math
import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "bench", "programs")
LIBRARIES = os.path.join(HERE, "bench", "libraries")
ZIG = shlex.split(os.environ.get("ZIG", "zig"))
WATIVE = os.path.abspath(os.environ.get("WATIVE", os.path.join(HERE, "..", "target", "release", "wative")))
WASMTIME = shutil.which(os.environ.get("WASMTIME", "wasmtime"))
WASM2C = shutil.which(os.environ.get("WASM2C", "wasm2c"))
WABT_RUNTIME = os.environ.get("WABT_RUNTIME")

# Name, crate, folder in it, sources, those among them that are not needed, definitions.
OF_CRATES = [
    ("bzip2", "bzip2-sys", "bzip2-1.0.8", ["*.c"], "bzip2.c bzip2recover.c dlltest.c mk251.c spewG.c unzcrash.c", ["BZ_NO_STDIO"]),
    # Errors end the program: WASI has no setjmp.
    ("lua", "lua-src", "lua-5.4.7", ["l*.c"], "lua.c luac.c linit.c liolib.c loslib.c loadlib.c ldblib.c lmathlib.c lutf8lib.c lcorolib.c",
     ["_SETJMP_H", "l_signalT=int", "luai_jmpbuf=int", "LUAI_THROW(L,c)=abort()", "LUAI_TRY(L,c,a)={a}"]),
    ("sqlite", "libsqlite3-sys", "sqlite3", ["sqlite3.c", "wasm32-wasi-vfs.c"], "",
     ["SQLITE_OS_OTHER=1", "SQLITE_TEMP_STORE=3", "SQLITE_THREADSAFE=0", "SQLITE_OMIT_LOAD_EXTENSION", "SQLITE_OMIT_WAL"]),
    ("zstd", "zstd-sys", "zstd/lib", ["common/*.c", "compress/*.c", "decompress/*.c"], "", ["ZSTD_DISABLE_ASM", "ZSTD_LEGACY_SUPPORT=0"]),
]

# Options for WebAssembly alone: programs that are written with vectors.
FOR_WASM = {"matrix4": ["-msimd128"]}

# Columns of executables beside `native`, with options of the command for ours.
LEVELS = {"O0": ["-O0"], "Os": ["-Os"], "O2": [], "O3": ["-O3"], "v3": ["--cpu", "x86-64-v3"]}


def run(command, **more):
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    if ran.returncode:
        sys.exit(f"{shlex.join(command)}: status {ran.returncode}\n{ran.stderr[-2000:]}")
    return ran.stdout


def cost(command):
    """CPU seconds, peak memory in bytes, and output of a command."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode()
    if child.returncode:
        sys.exit(f"{shlex.join(command)}: status {child.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, text


def sources():
    """Name, C files and options of each program."""
    found = {}
    for path in sorted(glob.glob(os.path.join(PROGRAMS, "*.c"))):
        found[os.path.basename(path)[:-2]] = ([path], [])
    manifest = os.path.join(LIBRARIES, "Cargo.toml")
    packages = json.loads(run(["cargo", "metadata", "--format-version", "1", "--locked", "--manifest-path", manifest]))["packages"]
    for name, crate, folder, patterns, without, defines in OF_CRATES:
        place = next(p["manifest_path"] for p in packages if p["name"] == crate)
        folder = os.path.join(os.path.dirname(place), folder)
        files = [f for pattern in patterns for f in sorted(glob.glob(os.path.join(folder, pattern)))]
        files = [f for f in files if os.path.basename(f) not in without.split()]
        options = ["-w", "-I" + folder, "-I" + LIBRARIES, "-I" + PROGRAMS] + ["-D" + d for d in defines]
        found[name] = ([os.path.join(LIBRARIES, name + ".c")] + files, options)
    return found


class Program:
    """A program with its executables by column."""

    def __init__(self, name, files, options, folder, columns, counting):
        self.name = name
        self.wasm = os.path.join(folder, name + ".wasm")
        self.commands, self.build, self.bytes = {}, {}, {}
        # Products are rounded before they are added, as they are in WebAssembly.
        compile = ["cc", "-O3", "-ffp-contract=off", *options, *files]
        run(ZIG + compile + ["-target", "wasm32-wasi", "-s", "-o", self.wasm, *FOR_WASM.get(name, [])])
        native = os.path.join(folder, name + ".native")
        run(ZIG + compile + ["-mcpu=baseline", "-o", native, "-lm"])
        self.add("native", [native], native)
        # Its code for vectors needs headers of another project.
        if "wasm2c" in columns and name not in FOR_WASM:
            self.add("wasm2c", *self.by_wasm2c(folder))
        if "wasmtime" in columns:
            compiled = os.path.join(folder, name + ".cwasm")
            self.build["wasmtime"] = cost([WASMTIME, "compile", self.wasm, "-o", compiled])[:2]
            self.add("wasmtime", [WASMTIME, "run", "--allow-precompiled", compiled], compiled)
        for column, level in LEVELS.items():
            if column in columns:
                out = os.path.join(folder, f"{name}.{column}")
                # The confined process would not survive valgrind's own system calls.
                confined = ["--no-harden"] if counting else []
                self.build[column] = cost([WATIVE, "build", self.wasm, "-o", out, "--strip", *confined, *level])[:2]
                self.add(column, [out], out)
        self.times = {column: [] for column in self.commands}

    def add(self, column, command, file):
        self.commands[column] = command
        self.bytes[column] = os.path.getsize(file)

    def by_wasm2c(self, folder):
        place = os.path.join(folder, self.name + ".c.d")
        os.mkdir(place)
        run([WASM2C, "-n", "program", self.wasm, "-o", os.path.join(place, "program.c")])
        out = os.path.join(folder, self.name + ".wasm2c")
        files = [os.path.join(place, "program.c"), os.path.join(HERE, "bench", "wasm2c-wasi.c")]
        files += [os.path.join(WABT_RUNTIME, f) for f in ("wasm-rt-impl.c", "wasm-rt-mem-impl.c")]
        run(ZIG + ["cc", "-O3", "-ffp-contract=off", "-w", "-fno-sanitize=all", "-mcpu=baseline", "-I" + place, "-I" + WABT_RUNTIME, *files, "-o", out, "-lm"])
        return [out], out

    def round(self):
        wanted = None
        for column, command in self.commands.items():
            seconds, _, text = cost(command)
            wanted = wanted or text
            if text != wanted:
                sys.exit(f"{self.name}: {column} prints {text!r}, the native program {wanted!r}")
            self.times[column].append(seconds)

    def count(self):
        for column, command in self.commands.items():
            if column == "wasmtime":
                continue
            ran = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            total = [line.split()[-1] for line in ran.stderr.splitlines() if "Collected" in line]
            if total:
                self.times[column].append(int(total[0]) / 1e9)

    def ratio(self, column):
        """How often the native program's time, or None."""
        pairs = list(zip(self.times.get(column, []), self.times["native"]))
        return statistics.median(a / b for a, b in pairs) if pairs else None


def mean(values):
    values = [v for v in values if v]
    return math.exp(sum(math.log(v) for v in values) / len(values)) if values else None


def number(value):
    return "-" if value is None else f"{value:.2f}"


def table(programs, columns):
    """Lines of a table: programs where we lose most first."""
    ours = "O2" if "O2" in columns else columns[-1]
    rows = [["program", "native s"] + columns]
    for p in sorted(programs, key=lambda p: -(p.ratio(ours) or 0)):
        rows.append([p.name, f"{statistics.median(p.times['native']):.3f}"] + [number(p.ratio(c)) for c in columns])
    rows.append(["geometric mean", ""] + [number(mean(p.ratio(c) for p in programs)) for c in columns])
    rows.append(["largest", ""] + [number(max((p.ratio(c) or 0 for p in programs), default=None)) for c in columns])
    return rows


def builds(programs, columns):
    """Lines of a table: what compiling all programs costs."""
    rows = [["compiler", "CPU s", "MB/s", "peak MB", "MB out"]]
    size = sum(os.path.getsize(p.wasm) for p in programs)
    for c in columns:
        if all(c in p.build for p in programs):
            seconds = sum(p.build[c][0] for p in programs)
            peak = max(p.build[c][1] for p in programs)
            rows.append([c, f"{seconds:.2f}", f"{size / seconds / 1e6:.2f}", f"{peak / 1e6:.0f}", f"{sum(p.bytes[c] for p in programs) / 1e6:.2f}"])
    return rows


def show(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join([row[0].ljust(widths[0])] + [cell.rjust(w) for cell, w in zip(row[1:], widths[1:])]))
    print(flush=True)


def markdown(rows):
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines) + "\n"


def svg(programs, columns):
    """Bars of all ratios: a group for each program, the native time as a line."""
    colors = ["#888888", "#d1495b", "#edae49", "#00798c", "#30638e", "#6a4c93"]
    programs = sorted(programs, key=lambda p: -(p.ratio("O2" if "O2" in columns else columns[-1]) or 0))
    scale, bar, top = 120, 6, 40
    height = top + len(programs) * (len(columns) * bar + 8) + 10
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="760" height="{height}" font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>']
    for i, c in enumerate(columns):
        out.append(f'<rect x="{110 + i * 90}" y="10" width="10" height="10" fill="{colors[i % 6]}"/><text x="{124 + i * 90}" y="19">{c}</text>')
    y = top
    for p in programs:
        out.append(f'<text x="100" y="{y + len(columns) * bar // 2 + 4}" text-anchor="end">{p.name}</text>')
        for i, c in enumerate(columns):
            value = p.ratio(c)
            if value:
                out.append(f'<rect x="110" y="{y}" width="{min(value, 5) * scale:.1f}" height="{bar - 1}" fill="{colors[i % 6]}"><title>{p.name}, {c}: {value:.2f}</title></rect>')
            y += bar
        y += 8
    out.append(f'<line x1="{110 + scale}" y1="{top - 6}" x2="{110 + scale}" y2="{height - 8}" stroke="black" stroke-dasharray="3 2"/></svg>')
    return "\n".join(out) + "\n"


def arguments():
    parser = argparse.ArgumentParser(description="Measures the code and the compiler beside native clang, wasmtime and wasm2c.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--columns", help="of " + ", ".join(["wasm2c", "wasmtime", *LEVELS]))
    parser.add_argument("--instructions", action="store_true")
    parser.add_argument("--keep", help="a folder where all executables stay")
    for form in ("json", "svg", "markdown"):
        parser.add_argument("--" + form)
    parser.add_argument("programs", nargs="*")
    return parser.parse_args()


def main():
    options = arguments()
    columns = options.columns.split(",") if options.columns else ["wasm2c", "wasmtime", *LEVELS]
    columns = [c for c in columns if c != "native"]
    for column, there in (("wasm2c", WASM2C and WABT_RUNTIME), ("wasmtime", WASMTIME and not options.instructions), ("v3", "avx2" in open("/proc/cpuinfo").read())):
        if column in columns and not there:
            print(f"{column} is left out", file=sys.stderr)
            columns.remove(column)
    folder = options.keep or tempfile.mkdtemp(prefix="wative-bench-")
    os.makedirs(folder, exist_ok=True)
    try:
        programs = []
        for name, (files, flags) in sources().items():
            if options.programs and name not in options.programs:
                continue
            program = Program(name, files, flags, folder, columns, options.instructions)
            for _ in range(1 if options.instructions else options.runs):
                program.count() if options.instructions else program.round()
            programs.append(program)
            print(name, *(f"{c} {number(program.ratio(c))}" for c in columns), file=sys.stderr, flush=True)
        tables = [table(programs, columns), builds(programs, columns)]
        for rows in tables:
            show(rows)
        write(options, programs, columns, tables)
    finally:
        if not options.keep:
            shutil.rmtree(folder)


def write(options, programs, columns, tables):
    where = f"{time.strftime('%Y-%m-%d')}, {processor()}, {options.runs} runs"
    if options.json:
        data = [{"name": p.name, "times": p.times, "build": p.build, "bytes": p.bytes} for p in programs]
        with open(options.json, "w") as f:
            json.dump({"when": where, "columns": columns, "programs": data}, f, indent=1)
    if options.svg:
        with open(options.svg, "w") as f:
            f.write(svg(programs, columns))
    if options.markdown:
        with open(options.markdown, "w") as f:
            f.write(where + "\n\n" + "\n".join(markdown(rows) for rows in tables))


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


if __name__ == "__main__":
    main()
