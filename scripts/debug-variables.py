#!/usr/bin/env python3
"""How many of the variables that clang's own native code shows does a wative executable show, at the same lines?

    scripts/debug-variables.py WATIVE CLANG SOURCE.c...

Each source is compiled by CLANG (`clang`, or `zig cc`) with -O2 -g to native code and to WebAssembly, and that by WATIVE with -g. gdb stops at every line of both, the first time that it is
reached, and prints parameters and variables in scope. A variable counts where native code shows a value; ours is the same, missing or another. Another one is looked at by hand: it may be
that an instruction of the next line came before the line in one of the two. Sources need no library; `_start` is their main function.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def run(*command, **more):
    return subprocess.run([str(it) for it in command], check=True, capture_output=True, text=True, **more).stdout


def shown(executable, source):
    """What gdb shows: (line, function) to the values of names, at the first stop there."""
    lines = range(1, 1 + source.read_text().count("\n"))
    commands = ["set pagination off", "set confirm off", "set width 0", "set debuginfod enabled off", "set print address off",
                "set startup-with-shell off", f"directory {source.parent}"]
    commands += [f"tbreak {source.name}:{line}" for line in lines] + ["run"]
    commands += ["echo \\n@@stop\\n", "frame", "echo @@values\\n", "info args", "info locals", "continue"] * len(lines)
    script = executable.with_suffix(".gdb")
    script.write_text("\n".join(commands))
    text = subprocess.run(["gdb", "-batch", "-nx", "-x", script, executable], capture_output=True, text=True, timeout=600).stdout
    stops = {}
    for part in text.split("@@stop\n")[1:]:
        head, _, values = part.partition("@@values\n")
        place = re.search(r"#0 +(?:0x[0-9a-f]+ in )?(\w+) .* at .*:(\d+)\n", head)
        if not place:
            continue
        names = dict(re.findall(r"^(\w+) = (.*)$", values.split("\nTemporary breakpoint")[0], re.M))
        stops.setdefault((int(place[2]), place[1]), names)
    return stops


def main():
    wative, clang, *sources = sys.argv[1:]
    total = same = missing = other = 0
    with tempfile.TemporaryDirectory() as work:
        for source in map(Path, sources):
            name = Path(work) / source.stem
            common = [*clang.split(), "-O2", "-gdwarf-5", "-fno-sanitize=all", source.resolve()]
            run(*common, "-D_start=main", "-Wno-main-return-type", "-o", name.with_suffix(".native"))
            run(*common, "-target", "wasm32-freestanding", "-nostdlib", "-ffreestanding", "-Wl,--no-entry", "-Wl,--export=_start", "-o", name.with_suffix(".wasm"))
            run(wative, "build", name.with_suffix(".wasm"), "-g", "-o", name.with_suffix(".ours"))
            native, ours = (shown(name.with_suffix(it), source.resolve()) for it in (".native", ".ours"))
            for place, values in sorted(native.items()):
                for variable, value in values.items():
                    if "<optimized out>" in value or place not in ours:
                        continue
                    total += 1
                    mine = ours[place].get(variable, "<optimized out>")
                    if "<optimized out>" in mine:
                        missing += 1
                    elif mine == value:
                        same += 1
                    else:
                        other += 1
                        print(f"{source.name}:{place[0]} {place[1]}: {variable} is {mine}, native {value}")
    print(f"{total} variables shown by native code: {same} the same, {other} another, {missing} not shown")


main()
