#!/bin/sh
# Measures input and output beside native C and wasmtime: seconds of each operation (best of RUNS, default 3), and how many times
# as long as native it takes. Works in a fresh directory of DIR (default /dev/shm, which is memory: the kernel's own time is small).
# Needs a C compiler ($CC, default cc), zig for the module ($ZIG, as scripts/guests.sh) or a compiled one in $IO_WASM, and, to be
# compared, wasmtime ($WASMTIME, default wasmtime; left out where there is none). What takes longer than LIMIT seconds
# (default 60; wasmtime lists 100,000 entries in ten minutes) is shown as `-`. $WATIVE is the command (default target/release/wative).
set -eu
cd "$(dirname "$0")/.."
wative=${WATIVE:-target/release/wative}
wasmtime=${WASMTIME:-wasmtime}
limit=${LIMIT:-60}
work=$(mktemp -d "${DIR:-/dev/shm}/wative-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
mkdir "$work/d"

${CC:-cc} -O2 -o "$work/native" scripts/bench/io.c
if [ -n "${IO_WASM:-}" ]; then
    cp "$IO_WASM" "$work/io.wasm"
else
    ${ZIG:-zig} cc -target wasm32-wasi -O2 -s scripts/bench/io.c -o "$work/io.wasm"
fi
"$wative" build "$work/io.wasm" -o "$work/confined" --dir "$work/d::/d"
"$wative" build "$work/io.wasm" -o "$work/free" --dir "$work/d::/d" --no-harden
kinds="native wative free"
if command -v "$wasmtime" >/dev/null; then
    "$wasmtime" compile "$work/io.wasm" -o "$work/io.cwasm"
    kinds="$kinds wasmtime"
fi

run() { # KIND OPERATION
    case $1 in
        native) timeout "$limit" "$work/native" "$2" "$work/d" ;;
        wative) timeout "$limit" "$work/confined" "$2" /d ;;
        free) timeout "$limit" "$work/free" "$2" /d ;;
        wasmtime) timeout "$limit" "$wasmtime" run --allow-precompiled --dir "$work/d::/d" "$work/io.cwasm" "$2" /d ;;
    esac
}

printf '%-10s' operation
for kind in $kinds; do printf ' %18s' "$kind"; done
printf '\n'
run native write64k >/dev/null
for operation in write1 write64k read1g create stat open readdir clock; do
    printf '%-10s' "$operation"
    base=
    for kind in $kinds; do
        best=
        for _ in $(seq "${RUNS:-3}"); do
            if [ "$operation" = create ]; then rm -rf "$work/d/many"; fi
            seconds=$(run "$kind" "$operation") || seconds=
            if [ -z "$seconds" ]; then break; fi
            best=$(awk -v a="$seconds" -v b="${best:-$seconds}" 'BEGIN { print (a < b) ? a : b }')
        done
        if [ -z "$seconds" ]; then
            printf ' %18s' -
            continue
        fi
        base=${base:-$best}
        printf ' %10.4f (%4.2fx)' "$best" "$(awk -v a="$best" -v b="$base" 'BEGIN { print a / b }')"
    done
    printf '\n'
done
