#!/bin/sh
# Compiles the guests of the test group `serve` again. Needs zig (or a command in $ZIG, see guests.sh) and wasm-tools (or $WASM_TOOLS).
set -eu
cd "$(dirname "$0")/../testsuite/guests/http"
tools=${WASM_TOOLS:-wasm-tools}
for guest in server client constant; do
    # That of WASI 0.3 has its world in a file with others.
    wit=$guest.wit
    [ -f $wit ] || wit=tasks.wit
    ${ZIG:-zig} cc -target wasm32-freestanding -O2 -s -nostdlib -Wl,--no-entry -o $guest.core.wasm $guest.c
    $tools component embed -w $guest $wit $guest.core.wasm -o $guest.core.wasm
    $tools component new $guest.core.wasm -o $guest.wasm
    rm $guest.core.wasm
    chmod 644 $guest.wasm
done
