#!/usr/bin/env python3
"""What 64-bit addresses cost: the programs of the benchmark (scripts/bench/programs) that need no C library, compiled by zig for memories with addresses of 32 and of
64 bits, and each to an executable.

    scripts/bench-memory64.py [--runs N] [--memory MODE] [PROGRAM...]

Runs are interleaved, and what counts is the least CPU time (user and system) of each. Both must return the same. Pointers have 64 bits as well, so a program with many
takes more memory and cache: that is part of the cost. Needs zig ($ZIG, default `zig`) and wative ($WATIVE, default `wative`).
"""
import argparse
import math
import os
import pathlib
import resource
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = HERE / "bench" / "programs"
BARE = HERE / "bench" / "bare"
# These call what only a C library has.
LEFT_OUT = {"format", "json", "parser", "sort"}


def build(program, bits, memory, work):
    module = work / f"{program}{bits}.wasm"
    subprocess.run(
        [
            os.environ.get("ZIG", "zig"), "cc", "-target", f"wasm{bits}-freestanding", "-O3", "-g0", "-mbulk-memory", "-Wl,--no-entry", "-Wl,--strip-debug",
            "-Wl,-z,stack-size=1048576", f"-I{BARE}", f"-I{PROGRAMS}", f'-DPROGRAM="{program}.c"', BARE / "bare.c", "-o", module,
        ],
        check=True,
    )
    executable = work / f"{program}{bits}"
    wative = os.environ.get("WATIVE", "wative")
    subprocess.run([wative, "build", module, "--invoke", "run", "--memory", memory, "-o", executable], check=True)
    return executable


def run(executable):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run([executable], stdout=subprocess.PIPE, check=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, ran.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--memory", default="fixed", choices=["fixed", "pinned", "checked"])
    parser.add_argument("programs", nargs="*")
    args = parser.parse_args()
    programs = args.programs or sorted(path.stem for path in PROGRAMS.glob("*.c") if path.stem not in LEFT_OUT)
    ratios = []
    print(f"{'program':12} {'32 bits':>8} {'64 bits':>8} {'ratio':>6}")
    with tempfile.TemporaryDirectory() as folder:
        for program in programs:
            executables = [build(program, bits, args.memory, pathlib.Path(folder)) for bits in (32, 64)]
            best = [math.inf, math.inf]
            answers = set()
            for _ in range(args.runs):
                for i, executable in enumerate(executables):
                    seconds, answer = run(executable)
                    best[i] = min(best[i], seconds)
                    answers.add(answer)
            if len(answers) != 1:
                raise SystemExit(f"{program}: different results: {answers}")
            ratios.append(best[1] / best[0])
            print(f"{program:12} {best[0]:8.3f} {best[1]:8.3f} {ratios[-1]:6.2f}", flush=True)
    print(f"geometric mean of {len(ratios)}: {math.exp(sum(map(math.log, ratios)) / len(ratios)):.3f}")


if __name__ == "__main__":
    main()
