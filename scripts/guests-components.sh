#!/bin/sh
# Compiles the components of testsuite/guests again that wit-bindgen makes bindings for. Needs zig (or a command in $ZIG, see guests.sh), wit-bindgen (crate wit-bindgen-cli)
# and wasm-tools. The interfaces are those that the crates wasip2 and wasip3 come with, which cargo fetches.
set -eu
cd "$(dirname "$0")/../testsuite/guests"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src" "$work/wit/deps" "$work/all/deps"
printf '[package]\nname = "interfaces"\nversion = "0.0.0"\nedition = "2024"\n[dependencies]\nwasip2 = "=1.0.4"\nwasip3 = "=0.10.0"\n' > "$work/Cargo.toml"
touch "$work/src/lib.rs"
interfaces() { # CRATE
    cargo metadata --format-version 1 --manifest-path "$work/Cargo.toml" | grep -o "\"manifest_path\":\"[^\"]*/$1-[^\"]*\"" | cut -d'"' -f4 | xargs dirname
}
cp -r "$(interfaces wasip2)"/wit/deps/* "$work/wit/deps"
# Both versions beside each other.
for crate in wasip2 wasip3; do
    for package in "$(interfaces $crate)"/wit/deps/*.wit; do
        cp "$package" "$work/all/deps/$crate-$(basename "$package")"
    done
done

compile() { # FOLDER WORLD [INTERFACES [SOURCES [FLAGS]]]
    folder=$1 world=$2 wit=$work/${3:-wit} sources=${4:-$1} flags=${5:-}
    cp "$folder/world.wit" "$wit"
    # Functions of WASI 0.3 that are async are called as others are. No name is of two versions, so they can do without.
    wit-bindgen c --all-features --sync all --world "$world" "$wit" --out-dir "$work"
    sed -i 's/_0_2_[0-9]*_/_/g; s/_0_3_[0-9]*_/_/g' "$work/$world.h" "$work/$world.c"
    for source in "$sources"/*.c; do
        out=$folder/$(basename "${source%.c}").component.wasm
        # shellcheck disable=SC2086
        ${ZIG:-zig} cc -target wasm32-wasi -mexec-model=reactor -Wl,--no-entry -Os -s $flags -I "$work" \
            "$source" "$work/$world.c" "$work/${world}_component_type.o" -o "$work/module.wasm"
        wasm-tools component new "$work/module.wasm" -o "$out"
        chmod 644 "$out"
    done
}

compile net net
compile wasi2 all
compile wasi3 all all wasi2 -DWASI3
compile net3 net3 all
compile proxy proxy
