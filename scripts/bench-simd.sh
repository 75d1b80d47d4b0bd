#!/bin/sh
# Times kernels of SIMD beside native clang -O3 and wasmtime: seconds of each (best of RUNS, default 5), and how many times as long as
# native it takes. All are run in turn in one run, and must compute the same. First at x86-64-v2, then at x86-64-v3 where this processor has it.
# Needs zig ($ZIG, default zig) for both compilations, and, to be compared, wasmtime ($WASMTIME, default wasmtime; left out where
# there is none). $WATIVE is the command (default target/release/wative). SCALE multiplies the work.
set -eu
cd "$(dirname "$0")/.."
wative=${WATIVE:-target/release/wative}
wasmtime=${WASMTIME:-wasmtime}
work=$(mktemp -d "${TMPDIR:-/tmp}/wative-simd-XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM

${ZIG:-zig} cc -target wasm32-wasi -O3 -msimd128 -s scripts/bench/simd.c -o "$work/simd.wasm"
levels=x86_64_v2
if grep -qw avx2 /proc/cpuinfo && grep -qw fma /proc/cpuinfo; then levels="$levels x86_64_v3"; fi
for level in $levels; do
    # No contraction: the module's products are rounded, too.
    ${ZIG:-zig} cc -O3 -mcpu="$level" -ffp-contract=off scripts/bench/simd.c -o "$work/native"
    "$wative" build "$work/simd.wasm" -o "$work/wative" --cpu "$(echo "$level" | sed 's/x86_64_/x86-64-/')"
    kinds="native wative"
    if command -v "$wasmtime" >/dev/null; then
        "$wasmtime" compile "$work/simd.wasm" -o "$work/simd.cwasm"
        kinds="$kinds wasmtime"
    fi
    rm -f "$work"/*.times
    for _ in $(seq "${RUNS:-5}"); do
        "$work/native" "${SCALE:-1}" >>"$work/native.times"
        "$work/wative" "${SCALE:-1}" >>"$work/wative.times"
        case $kinds in *wasmtime) "$wasmtime" run --allow-precompiled "$work/simd.cwasm" "${SCALE:-1}" >>"$work/wasmtime.times" ;; esac
    done
    echo "$level"
    for kind in $kinds; do
        awk -v kind="$kind" '
            !($1 in best) || $2 < best[$1] { best[$1] = $2 }
            { sum[$1] = $3; if (!($1 in seen)) { seen[$1] = 1; order[++n] = $1 } }
            END { for (i = 1; i <= n; i++) print order[i], kind, best[order[i]], sum[order[i]] }' "$work/$kind.times"
    done | awk '
        { if (!($1 in base)) { base[$1] = $3; check[$1] = $4; order[++n] = $1 }
          if ($4 != check[$1]) { print $1, $2, "computes something else" >"/dev/stderr"; wrong = 1 }
          row[$1] = row[$1] sprintf("  %s %.4f (%.2fx)", $2, $3, $3 / base[$1]) }
        END { for (i = 1; i <= n; i++) printf "%-10s%s\n", order[i], row[order[i]]; exit wrong }'
done
