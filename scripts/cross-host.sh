#!/bin/bash
# Proves that the AArch64 `wative` compiles as this one does: builds the command for AArch64, runs it under qemu with nothing on its PATH,
# and compares what both make of some programs for both targets, byte for byte. scripts/cross-host.sh [MODULE…]
#
# Needs qemu-aarch64 and a C cross compiler as linker (scripts/setup-tools.sh). The runtime libraries inside both commands come from
# the same compilers, because another rustc may make other code of them. Takes about ten CPU minutes the first time.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(uname -m)" = x86_64 ] || { echo "this script runs on x86-64" >&2; exit 1; }
modules=("$@")
if [ $# = 0 ]; then
    modules=(testsuite/guests/*.wasm)
fi

# This machine's command as every build makes it.
WATIVE_RUNTIME_RUSTC_AARCH64=$(scripts/runtime-rustc.sh aarch64)
export WATIVE_RUNTIME_RUSTC_AARCH64
cargo build

# The other one by the Rust that has AArch64's standard library: the one in use after `rustup target add`, else Debian's.
WATIVE_RUNTIME_RUSTC_X86_64=$(scripts/runtime-rustc.sh x86_64) \
    RUSTC=$WATIVE_RUNTIME_RUSTC_AARCH64 \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS=-Ctarget-feature=+crt-static \
    cargo build --package wative --profile cross-host \
    --target aarch64-unknown-linux-gnu --target-dir "${CARGO_TARGET_DIR:-target}/cross-host"

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
native() {
    "${CARGO_TARGET_DIR:-target}/debug/wative" "$@"
}
qemu=$(command -v qemu-aarch64)
foreign() {
    env -i PATH=/nowhere "$qemu" \
        "${CARGO_TARGET_DIR:-target}/cross-host/aarch64-unknown-linux-gnu/cross-host/wative" "$@"
}

# Both write a file with the same arguments; it must be the same file.
count=0
compare() {
    native "$@" -o "$results/native"
    foreign "$@" -o "$results/foreign"
    if ! cmp "$results/native" "$results/foreign"; then
        echo "different results: wative $*" >&2
        exit 1
    fi
    count=$((count + 1))
}

foreign targets
for target in x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu; do
    compare runtime --target $target
    for module in "${modules[@]}"; do
        compare build "$module" --target $target
    done
done
echo "$count files are the same, made on $(uname -m) and on AArch64"
