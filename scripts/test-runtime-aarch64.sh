#!/bin/sh
# The unit tests of the runtime library for AArch64, in an emulator (scripts/setup-tools.sh installs it). One at a time: some start processes, and the emulator's
# fork may hang where another thread is in the middle of something.
set -eu
cd "$(dirname "$0")/.."
RUST_TEST_THREADS=1 RUSTC=${WATIVE_RUNTIME_RUSTC_AARCH64:-$(scripts/runtime-rustc.sh aarch64)} \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS=-Ctarget-feature=+crt-static \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER=qemu-aarch64 \
    cargo test -p wative-runtime --lib --target aarch64-unknown-linux-gnu \
    --target-dir "${CARGO_TARGET_DIR:-target}/runtime-aarch64" "$@"
