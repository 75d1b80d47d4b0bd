#!/bin/sh
# Servers beside `wasmtime serve` and a native one (scripts/bench/hyper, which answers any path with a line) on one processor and on two: requests a second, median and 99th percentile in microseconds, for 1 and 16 connections; memory; size;
# time from the start to the first answer. The load generator runs on the same machine.
#
# bench-serve.sh COMPONENT [PATH] [SECONDS], with wative and wasmtime on the PATH (or $WATIVE, $WASMTIME), cargo, gcc and curl.
set -eu
here=$(dirname "$0")
component=$1 path=${2:-/} seconds=${3:-5}
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
gcc -O2 -o "$work/load" "$here/bench/load.c"
cargo build -q --release --manifest-path "$here/bench/hyper/Cargo.toml" --target-dir "$here/../target/hyper"
native=$here/../target/hyper/release/hyper-server
"${WATIVE:-wative}" build "$component" -o "$work/server" --strip
"${WASMTIME:-wasmtime}" compile "$component" -o "$work/server.cwasm"

# Kilobytes of a process and its children that nobody else has.
memory() {
    for pid in "$1" $(pgrep -P "$1"); do
        awk '/^Private_/ { sum += $2 } END { print sum + 0 }' "/proc/$pid/smaps_rollup"
    done | awk '{ sum += $1 } END { print sum }'
}

measure() {
    name=$1 port=$2
    shift 2
    begun=$(date +%s%N)
    "$@" > "$work/out" 2>&1 &
    server=$!
    until curl -s -o /dev/null "http://127.0.0.1:$port$path"; do :; done
    first=$((($(date +%s%N) - begun) / 1000))
    for connections in 1 16; do
        echo "$name, $connections connections: $("$work/load" "$port" $connections "$seconds" "$path")"
    done
    echo "$name: first answer after $first us, $(memory $server) KiB"
    kill "$server"
    wait "$server" || true
}

stat -c '%n: %s bytes' "$work/server" "$work/server.cwasm" "$native"
for cpus in 0 0,1; do
    measure "wative, cpus $cpus" 18080 taskset -c "$cpus" "$work/server" --listen 127.0.0.1:18080
    measure "wasmtime, cpus $cpus" 18081 taskset -c "$cpus" "${WASMTIME:-wasmtime}" serve --allow-precompiled -Scli --addr 127.0.0.1:18081 "$work/server.cwasm"
    measure "hyper, cpus $cpus" 18082 taskset -c "$cpus" "$native" 127.0.0.1:18082
done
