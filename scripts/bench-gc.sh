#!/bin/sh
# Programs with structures and arrays (scripts/bench/gc) beside wasmtime, whose code is compiled before: for each the best wall time of five runs in seconds, and
# the size of the executable.
#
# bench-gc.sh, with wative and wasmtime on the PATH (or $WATIVE, $WASMTIME).
set -eu
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
features=gc=y,function-references=y

# The best time of a command.
best() {
    for _ in 1 2 3 4 5; do
        start=$(date +%s%N)
        "$@" > "$work/out" 2>&1
        echo $(($(date +%s%N) - start))
    done | sort -n | awk 'NR == 1 { printf "%.3f", $1 / 1e9 }'
}

printf '%-10s %10s %10s %10s\n' program wative wasmtime bytes
for source in "$here"/bench/gc/*.wat; do
    name=$(basename "$source" .wat)
    "${WATIVE:-wative}" build "$source" -o "$work/$name" --strip
    "${WASMTIME:-wasmtime}" compile -W $features "$source" -o "$work/$name.cwasm"
    ours=$(best "$work/$name")
    theirs=$(best "${WASMTIME:-wasmtime}" run --allow-precompiled -W $features "$work/$name.cwasm")
    printf '%-10s %10s %10s %10s\n' "$name" "$ours" "$theirs" "$(stat -c %s "$work/$name")"
done
