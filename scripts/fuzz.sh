#!/bin/sh
# Fuzzes for SECONDS (default 3600): half with damaged modules, half with generated programs. Failures print their seed;
# SEED=N repeats one, FUZZ_KEEP=FOLDER keeps the modules of wrong programs.
set -eu
cd "$(dirname "$0")/.."
# The compiler must not need more memory than this for small modules, whatever they say (kilobytes).
ulimit -v "${FUZZ_MEMORY:-16000000}"
FUZZ_SECONDS=$((${1:-3600} / 2)) cargo test --release -p wative-testsuite --test suite -- fuzz
