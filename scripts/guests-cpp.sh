#!/bin/sh
# Compiles the C++ guest of the test suite again, with both forms of exceptions. Needs zig, or a command in $ZIG: after `pip install ziglang`,
# "python3 -m ziglang". Its C++ library is built without exceptions: what is missing is compiled from the sources that come with it.
set -eu
cd "$(dirname "$0")/../testsuite/guests"
zig=${ZIG:-zig}
lib=$($zig env | sed -n 's/.*lib_dir[^"]*"\([^"]*\)".*/\1/p')
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
printf '\t.tagtype __cpp_exception i32\n\t.globl __cpp_exception\n__cpp_exception:\n' > "$out/tag.s"
$zig cc -target wasm32-wasi -c "$out/tag.s" -o "$out/tag.o"
for legacy in true false; do
    flags="-target wasm32-wasi -O2 -fwasm-exceptions -mllvm -wasm-enable-eh -mllvm -wasm-use-legacy-eh=$legacy
        -Xclang -target-feature -Xclang +exception-handling"
    library="-I$lib/libcxxabi/include -I$lib/libcxx/src -I$lib/libunwind/include -D_LIBCPP_BUILDING_LIBRARY -D_LIBCXXABI_BUILDING_LIBRARY
        -D_LIBCXXABI_HAS_NO_THREADS -D_LIBUNWIND_HAS_NO_THREADS -D_LIBUNWIND_HIDE_SYMBOLS -DNDEBUG"
    for source in cxa_exception cxa_personality; do
        $zig c++ $flags $library -std=c++23 -c "$lib/libcxxabi/src/$source.cpp" -o "$out/$source.o"
    done
    $zig cc $flags $library -c "$lib/libunwind/src/Unwind-wasm.c" -o "$out/unwind.o"
    $zig c++ $flags -c throws.cpp -o "$out/throws.o"
    if $legacy; then name=throws-legacy; else name=throws; fi
    $zig c++ -target wasm32-wasi -O2 -s "$out"/*.o -o $name.wasm
    chmod 644 $name.wasm
done
