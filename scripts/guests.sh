#!/bin/sh
# Compiles the C guests of the test suite again. Needs zig, or a command in $ZIG: after `pip install ziglang`, "python3 -m ziglang".
set -eu
cd "$(dirname "$0")/../testsuite/guests"
for source in *.c; do
    case $source in
        threads.c)
            flags='-mcpu=generic+atomics+bulk_memory -pthread
                -Wl,--shared-memory,--import-memory,--max-memory=67108864,-z,stack-size=262144,--export=wasi_thread_start'
            ;;
        *) flags= ;;
    esac
    # shellcheck disable=SC2086
    ${ZIG:-zig} cc -target wasm32-wasi -O2 -s $flags "$source" -o "${source%.c}.wasm"
    chmod 644 "${source%.c}.wasm"
done
