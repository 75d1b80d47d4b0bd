#!/bin/sh
# Fuzzes with fresh seeds: scripts/fuzz.sh [SECONDS [KIND...]]. Each KIND (default: all) gets an
# equal part of SECONDS (default 3600). WATIVE_TARGETS=x64 fuzzes for that target only. Failures print their seed; SEED=N repeats one
# (`cargo test -p wative-testsuite --test suite -- fuzz KIND`), FUZZ_KEEP=FOLDER keeps the modules of wrong programs.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-3600}
[ $# = 0 ] || shift
[ $# -gt 0 ] || set -- mutants components programs objects loops searches continuations links canonical variants reuse wasmtime
failed=0
for kind; do
    # Damaged modules and components are only compiled. The compiler must not need more memory than this for small modules, whatever they say (kilobytes).
    limit=unlimited
    case $kind in mutants | components) limit=${FUZZ_MEMORY:-16000000} ;; esac
    (
        ulimit -v "$limit"
        WATIVE_LONG=1 FUZZ_SECONDS=$((seconds / $#)) cargo test --release --test suite -- fuzz "$kind"
    ) || failed=1
done
exit $failed
