#!/bin/sh
# Writes the script testsuite/components/linked.wast again: a component of two modules with `dylink.0` sections, which share a memory, a table and a stack,
# and calls.wast beside their sources. Needs zig (or a command in $ZIG, see guests.sh)
# and wasm-tools (or $WASM_TOOLS).
set -eu
cd "$(dirname "$0")/../testsuite/guests/linked"
tools=${WASM_TOOLS:-wasm-tools}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for module in library program; do
    ${ZIG:-zig} cc -target wasm32-freestanding -O1 -fPIC -fvisibility=default -c $module.c -o "$work/$module.o"
    # zig's driver refuses what makes libraries; its linker does not.
    ${ZIG:-zig} wasm-ld --experimental-pic -shared --strip-all --no-entry --export-dynamic --export-if-defined=__wasm_call_ctors \
        --unresolved-symbols=import-dynamic "$work/$module.o" -o "$work/$module.so"
done
$tools component embed linked.wit --world linked "$work/program.so" -o "$work/program.so"
$tools component link "$work/library.so" "$work/program.so" -o "$work/linked.wasm"
{
    echo ';; Made by scripts/guests-linked.sh of the sources in testsuite/guests/linked.'
    $tools print "$work/linked.wasm"
    cat calls.wast
} > ../../components/linked.wast
