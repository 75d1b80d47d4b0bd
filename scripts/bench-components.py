#!/usr/bin/env python3
"""Measures what calls between components and streams cost, beside wasmtime: nanoseconds of a call (best of RUNS, default 5), user time.

$WATIVE is the command (default target/release/wative), $WASMTIME that of wasmtime (default wasmtime; left out where there is none). Each function runs with one call and with
many; the difference counts. Both must give the same result.

bench-components.py APPS: what modules of WASI preview 1 cost as components, by the adapter that toolchains use. APPS is a folder with `modules` and `cases/NAME/case.json` (`module`, `args`, `stdin`, `dirs`).
Prints for each module that the adapter takes the bytes of its executables without grants, as it is and adapted, with symbols and stripped, and processor time of both (user and system, best of RUNS);
at the end geometric means, of times those of programs that take 20 ms at least. $WASM_TOOLS is wasm-tools, $ADAPTER the adapter for commands (`wasi_snapshot_preview1.command.wasm`).
"""

import glob
import json
import math
import os
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.join(HERE, "bench", "canonical.wat")
ASYNC = os.path.join(HERE, "bench", "async.wat")
FEATURES = ["-Wcomponent-model-async", "-Wcomponent-model-more-async-builtins", "-Wcomponent-model-async-stackful"]
RUNS = int(os.environ.get("RUNS", "5"))
WATIVE = os.path.abspath(os.environ.get("WATIVE", os.path.join(HERE, "..", "target", "release", "wative")))
WASMTIME = shutil.which(os.environ.get("WASMTIME", "wasmtime"))
CASES = [
    ("two numbers", "add", 50_000_000),
    ("string, 10 bytes", "text10", 5_000_000),
    ("string, 1 MiB", "text1m", 1_000),
    ("list<u8>, 1 MiB", "bytes1m", 2_000),
    ("list of 100 records", "records100", 50_000),
    ("method of a resource", "method", 5_000_000),
    ("new and dropped resource", "fresh", 5_000_000),
]
ASYNC_CASES = [
    ("async call, waited for", "call", 300_000),
    ("async call, async", "call-async", 300_000),
    ("stream<u8>, 1 element", "stream1", 300_000),
    ("stream<u8>, 4096 at a time", "stream4096", 100_000),
]


def build(source, executable, *options):
    """Bytes of the executable."""
    subprocess.run([WATIVE, "build", source, "-o", executable, *options], check=True)
    return os.path.getsize(executable)


def process_time(command, stdin):
    """Seconds of processors, and what the command printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(command, stdin=open(stdin) if stdin else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, ran.stdout


def run_case(work, folder, case, sources):
    """Best times of the sources, with copies of the directories that the case has."""
    grants = []
    for at, (host, guest) in enumerate(case.get("dirs", [])):
        copy = os.path.join(work, f"dir{at}")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(os.path.join(folder, host), copy, symlinks=True) if host else os.makedirs(copy)
        grants += ["--dir", f"{copy}::{guest}"]
    stdin = case.get("stdin") and os.path.join(folder, case["stdin"])
    times = []
    for at, source in enumerate(sources):
        executable = os.path.join(work, f"run{at}")
        build(source, executable, *grants)
        times.append(min(process_time([executable, *case.get("args", [])], stdin)[0] for _ in range(RUNS)))
    return times


def adapted(apps):
    tools, adapter = shlex.split(os.environ.get("WASM_TOOLS", "wasm-tools")), os.environ["ADAPTER"]
    ratios = [[], [], []]
    print(f"{'':32} {'module':>10} {'adapted':>10} {'ratio':>6} {'stripped':>10} {'adapted':>10} {'ratio':>6} {'ms':>8} {'adapted':>8} {'ratio':>6}")
    with tempfile.TemporaryDirectory() as work:
        for path in sorted(glob.glob(os.path.join(apps, "cases", "*", "case.json"))):
            folder = os.path.dirname(path)
            case = json.load(open(path))
            module = os.path.join(apps, "modules", case["module"])
            component, executable = os.path.join(work, "component.wasm"), os.path.join(work, "executable")
            made = subprocess.run([*tools, "component", "new", "--adapt", f"wasi_snapshot_preview1={adapter}", module, "-o", component], stderr=subprocess.DEVNULL)
            if made.returncode or "dirs" in case and any(host.startswith("@") for host, _ in case["dirs"]):
                continue
            sizes = [[build(source, executable, *options) for source in (module, component)] for options in ([], ["--strip"])]
            times = run_case(work, folder, case, (module, component))
            pairs = [*sizes, times]
            for which, (plain, other) in zip(ratios, pairs):
                if which is not ratios[2] or plain >= 0.02:
                    which.append(other / plain)
            cells = [f"{plain:10} {other:10} {other / plain:6.3f}" for plain, other in sizes]
            cells.append(f"{times[0] * 1e3:8.1f} {times[1] * 1e3:8.1f} {times[1] / max(times[0], 1e-9):6.3f}")
            print(f"{os.path.basename(folder):32} " + " ".join(cells), flush=True)
    means = [math.exp(sum(map(math.log, which)) / len(which)) for which in ratios]
    print(f"geometric means: {means[0]:.3f} of {len(ratios[0])}, stripped {means[1]:.3f}, time {means[2]:.3f} of {len(ratios[2])}")


def user_time(command):
    """Seconds, and what the command printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, ran.stdout


def best(command):
    times, outputs = zip(*(user_time(command) for _ in range(RUNS)))
    return min(times), outputs[0]


def main():
    if len(sys.argv) > 1:
        return adapted(sys.argv[1])
    print(f"{'':26} {'wative':>10} {'wasmtime':>10} {'ratio':>6}   (ns a call)")
    with tempfile.TemporaryDirectory() as work:
        for name, function, count, source in [(*case, SOURCE) for case in CASES] + [(*case, ASYNC) for case in ASYNC_CASES]:
            compiled = os.path.join(work, os.path.basename(source) + ".cwasm")
            if WASMTIME and not os.path.exists(compiled):
                subprocess.run([WASMTIME, "compile", *FEATURES, source, "-o", compiled], check=True)
            costs = []
            results = set()
            commands = [[], []]
            for calls in (1, count):
                call = f"{function}({calls})"
                path = os.path.join(work, f"{function}-{calls}")
                subprocess.run([WATIVE, "build", source, "--invoke", call, "-o", path], check=True)
                commands[0].append([path])
                if WASMTIME:
                    run = [WASMTIME, "run", *FEATURES, "--allow-precompiled", "--invoke", call, compiled]
                    commands[1].append(run)
            for pair in filter(None, commands):
                (one, _), (many, result) = (best(command) for command in pair)
                results.add(result)
                costs.append((many - one) / (count - 1) * 1e9)
            if len(results) != 1:
                sys.exit(f"{name}: the results differ: {results}")
            ratio = f"{costs[0] / costs[1]:6.2f}" if len(costs) > 1 else ""
            print(f"{name:26} " + " ".join(f"{cost:10.1f}" for cost in costs) + f" {ratio}")


if __name__ == "__main__":
    main()
