#!/bin/sh
# How compilation grows: modules that have N of something, and 4 N, beside `wasmtime compile`. For each: processor seconds and megabytes at 4 N, and
# how many times as much time 4 N takes as N (4 is linear; below a tenth of a second it says little). `-` is a refusal or more than
# LIMIT seconds (default 60). scripts/bench-growth.sh [KIND...] takes those kinds only; scripts/bench/growth.py lists and describes them.
# $WATIVE is the command (default target/release/wative), $WASMTIME the other (default wasmtime; left out where there is none).
set -eu
cd "$(dirname "$0")/.."
wative=${WATIVE:-target/release/wative}
wasmtime=${WASMTIME:-wasmtime}
work=$(mktemp -d "${TMPDIR:-/tmp}/wative-growth-XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM

# Runs a command, prints its processor time in seconds and its memory in megabytes.
measure() {
    python3 - "${LIMIT:-60}" "$@" <<'END'
import resource, subprocess, sys
try:
    subprocess.run(sys.argv[2:], check=True, timeout=float(sys.argv[1]), capture_output=True)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{usage.ru_utime + usage.ru_stime:.2f} {usage.ru_maxrss / 1024:.0f}")
except (subprocess.SubprocessError, OSError):
    print("- -")
END
}

# Measures a command on both modules, prints seconds and megabytes of the large one, and the ratio of the times.
both() {
    small=$(measure "$@" "$work/1.wasm")
    large=$(measure "$@" "$work/4.wasm")
    echo "$small $large" | awk '{ ratio = $1 == "-" || $3 == "-" ? "-" : sprintf("%.1f", ($3 + .001) / ($1 + .001)); printf "%8s %6s %6s", $3, $4, ratio }'
}

printf '%-22s%8s  %-22s %-22s %s\n' '' '' '-O2' '-O0' 'wasmtime'
printf '%-22s%8s' kind '4 N'
for _ in -O2 -O0 wasmtime; do printf ' %8s %6s %6s' s MB 'x'; done
echo
scripts/bench/growth.py | while read -r kind n options; do
    case " $* " in *" $kind "* | "  ") ;; *) continue ;; esac
    scripts/bench/growth.py "$kind" "$n" >"$work/1.wasm"
    scripts/bench/growth.py "$kind" $((4 * n)) >"$work/4.wasm"
    printf '%-22s%8s' "$kind" $((4 * n))
    for level in -O2 -O0; do
        # shellcheck disable=SC2086
        printf ' %s' "$(both "$wative" build "$level" $options -o "$work/out")"
    done
    if command -v "$wasmtime" >/dev/null; then
        printf ' %s' "$(both "$wasmtime" compile -W all-proposals=y -o "$work/out")"
    fi
    echo
done
