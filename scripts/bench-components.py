#!/usr/bin/env python3
"""Measures what calls between components and streams cost, beside wasmtime: nanoseconds of a call (best of RUNS, default 5), user time.

$WATIVE is the command (default target/release/wative), $WASMTIME that of wasmtime (default wasmtime; left out where there is none). Each function runs with one call and with
many; the difference counts. Both must give the same result.
"""

import os
import resource
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


def user_time(command):
    """Seconds, and what the command printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, ran.stdout


def best(command):
    times, outputs = zip(*(user_time(command) for _ in range(RUNS)))
    return min(times), outputs[0]


def main():
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
