#!/bin/sh
# Compiles the components of testsuite/guests again that wit-bindgen makes bindings for. Needs zig (or a command in $ZIG, see guests.sh), wit-bindgen (crate wit-bindgen-cli)
# and wasm-tools. The interfaces are those that the crate wasip2 comes with, which cargo fetches.
set -eu
cd "$(dirname "$0")/../testsuite/guests"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src" "$work/wit"
printf '[package]\nname = "interfaces"\nversion = "0.0.0"\nedition = "2024"\n[dependencies]\nwasip2 = "=1.0.4"\n' > "$work/Cargo.toml"
touch "$work/src/lib.rs"
crate=$(cargo metadata --format-version 1 --manifest-path "$work/Cargo.toml" | grep -o '"manifest_path":"[^"]*/wasip2-[^"]*"' | cut -d'"' -f4)
cp -r "$(dirname "$crate")/wit/deps" "$work/wit/deps"

compile() { # FOLDER WORLD
    folder=$1 world=$2
    cp "$folder/world.wit" "$work/wit"
    wit-bindgen c --all-features --world "$world" "$work/wit" --out-dir "$work"
    for source in "$folder"/*.c; do
        ${ZIG:-zig} cc -target wasm32-wasi -mexec-model=reactor -Wl,--no-entry -Os -s -I "$work" \
            "$source" "$work/$world.c" "$work/${world}_component_type.o" -o "$work/module.wasm"
        wasm-tools component new "$work/module.wasm" -o "${source%.c}.component.wasm"
        chmod 644 "${source%.c}.component.wasm"
    done
}

compile net net
compile wasi2 all
compile proxy proxy
