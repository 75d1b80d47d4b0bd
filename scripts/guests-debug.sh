#!/bin/sh
# Compiles the guests of the test group `sources` again, with DWARF 4 unoptimised and DWARF 5 optimised. Needs zig (or a command in $ZIG, see guests.sh).
set -eu
cd "$(dirname "$0")/../testsuite/guests/debug"
compile() { # NAME SUFFIX FLAGS
    ${ZIG:-zig} cc -target wasm32-freestanding -nostdlib -ffreestanding -fno-sanitize=all -Wl,--no-entry -Wl,--export=_start \
        -ffile-prefix-map="$PWD"=. -fdebug-compilation-dir=. $3 "$1.c" -o "$1-$2.wasm"
    chmod 644 "$1-$2.wasm"
}
for source in *.c; do
    compile "${source%.c}" O0 "-O0 -gdwarf-4"
    compile "${source%.c}" O2 "-O2 -gdwarf-5"
done
# Rust's guest needs a rustc for wasm32-unknown-unknown (or a command in $RUSTC).
for level in 0 2; do
    ${RUSTC:-rustc} --target wasm32-unknown-unknown --edition 2021 --crate-type=bin -Copt-level=$level -Cdebuginfo=2 -Coverflow-checks=off \
        -Cpanic=abort -Clink-arg=--no-entry -Clink-arg=--export=_start --remap-path-prefix "$PWD"=. shapes.rs -o "shapes-O$level.wasm"
    chmod 644 "shapes-O$level.wasm"
done
