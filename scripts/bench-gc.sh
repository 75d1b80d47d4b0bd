#!/bin/sh
# Programs with structures and arrays (scripts/bench/gc, and modules that are given) beside wasmtime, whose code is compiled before, and V8, by node: for each the best time
# of five runs in seconds, and the size of the executable. Of node only what the module itself takes counts, neither its start nor reading the module.
#
# bench-gc.sh [MODULE.wasm|MODULE.wasm:EXPORT]..., the latter for what has no `_start`, with wative, wasmtime and wasm-tools (which makes the binary files that node reads) on the PATH, or $WATIVE, $WASMTIME and $WASM_TOOLS. $NODE is a
# node that has garbage collection without an option (22 or newer; npm's package "node" is one); without it the column is left out.
set -eu
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
features=gc=y,function-references=y,exceptions=y

# The best of five: nanoseconds, one on the last line that each prints.
best() {
    for _ in 1 2 3 4 5; do
        "$@"
    done | sort -n | awk 'NR == 1 { printf "%.3f", $1 / 1e9 }'
}

# How long a command takes.
wall() {
    start=$(date +%s%N)
    "$@" > "$work/out" 2>&1
    echo $(($(date +%s%N) - start))
}

# What the runner of node says.
v8() {
    "$node" --no-warnings "$here/bench/gc/run.mjs" "$@" 2>&1 > "$work/out" | tail -n 1
}

node=${NODE:-node}
# A type of structures.
printf '\000asm\001\000\000\000\001\003\001\137\000' > "$work/probe.wasm"
if ! "$node" --no-warnings "$here/bench/gc/run.mjs" "$work/probe.wasm" > "$work/out" 2>&1; then
    echo "without V8: there is no node that has garbage collection" >&2
    node=
fi
if [ -n "$node" ] && ! command -v "${WASM_TOOLS:-wasm-tools}" > "$work/out"; then
    echo "without V8: wasm-tools is missing" >&2
    node=
fi

printf '%-12s %8s %8s %8s %8s\n' program wative wasmtime V8 bytes
for source in "$here"/bench/gc/*.wat "$@"; do
    call=
    case $source in
        *:*) call=${source##*:} source=${source%:*} ;;
    esac
    name=$(basename "$source" | sed 's/\.[^.]*$//' | cut -c1-12)
    "${WATIVE:-wative}" build "$source" -o "$work/$name" --strip ${call:+--invoke "$call"}
    "${WASMTIME:-wasmtime}" compile -W $features "$source" -o "$work/$name.cwasm"
    ours=$(best wall "$work/$name")
    theirs=$(best wall "${WASMTIME:-wasmtime}" run --allow-precompiled -W $features ${call:+--invoke "$call"} "$work/$name.cwasm")
    third=-
    if [ -n "$node" ]; then
        "${WASM_TOOLS:-wasm-tools}" parse "$source" -o "$work/$name.wasm"
        third=$(best v8 "$work/$name.wasm" ${call:+"$call"})
    fi
    printf '%-12s %8s %8s %8s %8s\n' "$name" "$ours" "$theirs" "$third" "$(stat -c %s "$work/$name")"
done
