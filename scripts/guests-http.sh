#!/bin/sh
# Compiles the guests of the test group `serve` again. Needs zig (or a command in $ZIG, see guests.sh) and wasm-tools (or $WASM_TOOLS).
set -eu
cd "$(dirname "$0")/../testsuite/guests/http"
tools=${WASM_TOOLS:-wasm-tools}
${ZIG:-zig} cc -target wasm32-freestanding -O2 -s -nostdlib -Wl,--no-entry -o server.core.wasm server.c
$tools component embed server.wit server.core.wasm -o server.core.wasm
$tools component new server.core.wasm -o server.wasm
rm server.core.wasm
chmod 644 server.wasm
