#!/bin/sh
# Compiles the C guests of the test suite again. Needs zig, or a command in $ZIG: after `pip install ziglang`, "python3 -m ziglang".
set -eu
cd "$(dirname "$0")/../testsuite/guests"
for source in *.c; do
    ${ZIG:-zig} cc -target wasm32-wasi -O2 -s "$source" -o "${source%.c}.wasm"
    chmod 644 "${source%.c}.wasm"
done
