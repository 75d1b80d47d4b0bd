#!/bin/bash
# Makes what people install: for each architecture a tarball with a static `wative` that carries the runtime libraries of all targets, manual pages, completions and
# documents, and a Debian package of the same; checksums; a file to make a container image with.
#
#   scripts/release.sh OUT                            builds the commands for x86-64 and AArch64 and packs them into the directory OUT
#   scripts/release.sh --pack COMMAND ARCH OUT [HERE] packs a command that was built; HERE runs on this machine if COMMAND does not
#   scripts/release.sh --check TARBALL [RUNNER...]    unpacks it into an empty directory and uses it, with nothing on the PATH
#   scripts/release.sh --crates OUT                   packs the crates of the last commit as for crates.io, the command with the runtime libraries of all targets; nothing is published
#   scripts/release.sh --check-crates OUT             unpacks these, installs the command from them by cargo, uses it as --check does, and tests a crate with wative-build
#
# The same commit gives the same bytes: packing depends on nothing but the command and the time in SOURCE_DATE_EPOCH, by default that of the commit, and the commands on
# the compilers alone. Building needs what scripts/cross-host.sh needs, packing tar, gzip and, for the Debian package, dpkg-deb.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -1)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC

usage() {
    sed -n '2,14s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

# Puts the files of a package below a directory: bin and share.
tree() {
    local command=$1 here=$2 to=$3
    install -Dm755 "$command" "$to/bin/wative"
    mkdir -p "$to/share/man/man1"
    "$here" manual "$to/share/man/man1"
    local shell file
    for shell in bash:bash-completion/completions/wative zsh:zsh/site-functions/_wative fish:fish/vendor_completions.d/wative.fish; do
        file=$to/share/${shell#*:}
        mkdir -p "$(dirname "$file")"
        "$here" completions "${shell%%:*}" > "$file"
    done
    install -Dm644 -t "$to/share/doc/wative" "$root"/{README.md,CHANGELOG.md,LICENSE-APACHE,LICENSE-MIT}
    install -Dm644 "$root/runtime-lib/tls/LICENCES.md" "$to/share/doc/wative/LICENCES-TLS.md"
    cp -r "$root/docs" "$to/share/doc/wative/"
    chmod -R u=rwX,go=rX "$to"
    chmod 755 "$to/bin/wative"
    find "$to" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
}

pack() {
    local command=$1 arch=$2 out=$3 here=${4:-$1}
    local work name=wative-$version-$arch-linux
    [ -x "$command" ] || { echo "$command is no command" >&2; exit 1; }
    work=$(mktemp -d)
    mkdir -p "$out"
    tree "$command" "$here" "$work/$name"
    tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --format=ustar -cf - "$name" |
        gzip -9n > "$out/$name.tar.gz"
    if command -v dpkg-deb > /dev/null; then
        debian "$work/$name" "$arch" "$out"
    else
        echo "no dpkg-deb: there is no Debian package" >&2
    fi
    rm -rf "$work"
    container > "$out/Containerfile"
    (cd "$out" && find . -maxdepth 1 -type f ! -name SHA256SUMS -printf '%P\n' | sort | xargs sha256sum > SHA256SUMS)
}

maintainer="the wative developers <wative@localhost>"

# What Debian wants to know of licences (DEP 5).
policy() {
    cat << END
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: wative

Files: *
Copyright: the wative developers
License: Apache-2.0-with-LLVM-exception or MIT
Comment: The crates that the command contains have licences of their own; of those that
 become a part of executables, LICENCES-TLS.md has the notices.

License: Apache-2.0-with-LLVM-exception
$(sed 's/^$/./; s/^/ /' "$root/LICENSE-APACHE")

License: MIT
$(sed 's/^$/./; s/^/ /' "$root/LICENSE-MIT")
END
}

# A Debian package of a tree; it depends on nothing.
debian() {
    local tree=$1 out=$3 arch package
    case $2 in
        x86_64) arch=amd64 ;;
        aarch64) arch=arm64 ;;
        *) echo "Debian has no name here for $2" >&2; exit 1 ;;
    esac
    package=$(mktemp -d)
    cp -a "$tree" "$package/usr"
    gzip -9nr "$package/usr/share/man"
    policy > "$package/usr/share/doc/wative/copyright"
    printf 'wative (%s) unstable; urgency=medium\n\n  * CHANGELOG.md says what changed.\n\n -- %s  %s\n' \
        "$version" "$maintainer" "$(date -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n > "$package/usr/share/doc/wative/changelog.gz"
    chmod 644 "$package/usr/share/doc/wative/"{copyright,changelog.gz}
    mkdir "$package/DEBIAN"
    cat > "$package/DEBIAN/control" << END
Package: wative
Version: $version
Architecture: $arch
Maintainer: $maintainer
Section: devel
Priority: optional
Installed-Size: $(du -sk --apparent-size "$package/usr" | cut -f1)
Description: ahead-of-time compiler from WebAssembly to native executables
 Compiles WebAssembly modules and components to small standalone executables
 and libraries for Linux on x86-64 and AArch64. Nothing else is needed, on the
 machine that compiles and on the one that runs what was compiled.
END
    (cd "$package" && find usr -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums)
    find "$package" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    chmod 755 "$package" "$package/DEBIAN"
    dpkg-deb --root-owner-group -Zxz --build "$package" "$out/wative_${version}_$arch.deb" > /dev/null
    rm -rf "$package"
}

# An image with nothing but the command: podman build -t wative OUT; podman run -v "$PWD:/work" wative build app.wasm
container() {
    cat << END
# The tarball of the architecture that the image is for: --build-arg ARCH=aarch64 for the other one.
FROM scratch
ARG ARCH=x86_64
ADD wative-$version-\${ARCH}-linux.tar.gz /
ENV PATH=/wative-$version-\${ARCH}-linux/bin
WORKDIR /work
ENTRYPOINT ["wative"]
END
}

check() {
    local tarball=$1 work file
    shift
    work=$(mktemp -d)
    gzip -dc "$tarball" | tar -C "$work" -xf -
    use "$work" "$@" "$work"/wative-*/bin/wative
    for file in share/man/man1/wative-build.1 share/bash-completion/completions/wative share/doc/wative/docs/abi.md; do
        [ -s "$work"/wative-*/"$file" ]
    done
    rm -rf "$work"
    echo "$tarball works"
}

# Uses a command, with what it is run by, for both architectures in a directory, with nothing on the PATH.
use() {
    local work=$1 target
    shift
    local wative=("$@")
    # A program with memory, a library and a component's worth of imports: all that can be made without other tools.
    cat > "$work/hello.wat" << 'END'
(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 8) "\10\00\00\00\06\00\00\00hello\n")
    (func (export "_start") (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0)))))
END
    try() {
        (cd "$work" && env -i PATH=/nowhere "${wative[@]}" "$@")
    }
    for target in x86_64 aarch64; do
        try build hello.wat --target "$target" -o "hello-$target"
        try build hello.wat --target "$target" --emit shared -o "libhello-$target.so"
        local run=("$work/hello-$target")
        if [ "$(uname -m)" != "$target" ]; then
            run=("$(command -v "qemu-$target")" "${run[@]}")
        fi
        [ "$(env -i PATH=/nowhere "${run[@]}")" = hello ]
    done
    for target in x86_64-apple-darwin aarch64-apple-darwin; do
        try build hello.wat --target "$target" --emit obj -o "hello-$target.o"
    done
    [ "$(try targets | grep -c ready)" = 2 ]
    try --version | grep -q "^wative $version"
}

# What crates.io would get, in the order in which it would have to be published.
crates=(wative-link wative-compiler wative wative-build)

# Unpacks the last commit into a directory, with the runtime libraries of all targets where the command's build script looks for them.
export_commit() {
    local to=$1 objects other
    git -C "$root" diff --quiet HEAD -- || { echo "the checkout has changes that are not committed" >&2; exit 1; }
    git -C "$root" archive HEAD | tar -C "$to" -xf -
    WATIVE_REVISION=$(git -C "$root" rev-parse --short HEAD)
    export WATIVE_REVISION
    for other in x86_64 aarch64; do
        export "WATIVE_RUNTIME_RUSTC_${other^^}=$("$root/scripts/runtime-rustc.sh" "$other")"
    done
    # The build script makes the objects; the command itself is not needed.
    objects=$(cd "$root" && cargo check --quiet --package wative --message-format=json |
        sed -n '/"reason":"build-script-executed"/{/cli#wative@/s/.*"out_dir":"\([^"]*\)".*/\1/p}')
    mkdir "$to/cli/prebuilt"
    for other in x86_64 aarch64; do
        cp "$objects"/{runtime,small,tls}-"$other".o "$to/cli/prebuilt/"
        [ -s "$to/cli/prebuilt/runtime-$other.o" ]
    done
}

pack_crates() {
    local out=$1 work crate list=()
    work=$(mktemp -d)
    mkdir -p "$out"
    export_commit "$work"
    for crate in cli compiler compiler/link compiler/build; do
        cp "$root"/LICENSE-{APACHE,MIT} "$work/$crate/"
    done
    cp "$root/README.md" "$work/cli/"
    cp "$root/runtime-lib/tls/LICENCES.md" "$work/cli/LICENCES-TLS.md"
    for crate in "${crates[@]}"; do
        list+=(--package "$crate")
    done
    # It is built when it is checked.
    (cd "$work" && cargo package --quiet --offline --no-verify --target-dir "$work/target" "${list[@]}")
    for crate in "${crates[@]}"; do
        cp "$work/target/package/$crate-$version.crate" "$out/"
    done
    rm -rf "$work"
    ls -l "$out"/*.crate
}

check_crates() {
    local out=$1 work crate patches=()
    work=$(mktemp -d)
    for crate in "${crates[@]}"; do
        tar -C "$work" -xzf "$out/$crate-$version.crate"
        # Instead of crates.io, which does not have them.
        patches+=(--config "patch.crates-io.$crate.path=\"$work/$crate-$version\"")
    done
    # Nothing that compiles for other machines is there, and what is judged is what is in the packages, not how fast it is.
    (cd "$work" && env -u WATIVE_RUNTIME_RUSTC_X86_64 -u WATIVE_RUNTIME_RUSTC_AARCH64 \
        cargo install --quiet --offline --debug --path "wative-$version" --root "$work/installed" --target-dir "$work/target" "${patches[@]}")
    use "$work" "$work/installed/bin/wative"
    # A program of somebody else, whose build script compiles a module.
    cp -r "$root/compiler/build/example" "$work/wative-build-$version/"
    cp "$root/Cargo.lock" "$work/wative-build-$version/example/"
    (cd "$work/wative-build-$version/example" && cargo test --quiet --offline --target-dir "$work/target" "${patches[@]}")
    rm -rf "$work"
    echo "the crates in $out work"
}

# Builds the static command for an architecture from a commit that export_commit has unpacked: its path.
build() {
    local arch=$1 from=$2 target=$1-unknown-linux-gnu to upper rustc
    to=$(cd "$root" && realpath -m "${CARGO_TARGET_DIR:-target}/dist")
    upper=$(tr 'a-z-' 'A-Z_' <<< "$target")
    # The same command wherever the sources are, those of crates too.
    export "CARGO_TARGET_${upper}_RUSTFLAGS=-Ctarget-feature=+crt-static --remap-path-prefix=$from=wative --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo"
    export "CARGO_TARGET_${upper}_LINKER=$([ "$(uname -m)" = "$arch" ] && echo cc || echo "$arch-linux-gnu-gcc")"
    rustc=$("$root/scripts/runtime-rustc.sh" "$arch")
    (cd "$from" && RUSTC=$rustc CARGO_PROFILE_RELEASE_STRIP=symbols \
        cargo build --quiet --release --locked --package wative --target "$target" --target-dir "$to" >&2)
    echo "$to/$target/release/wative"
}

case ${1-} in
    --pack)
        [ $# = 4 ] || [ $# = 5 ] || usage
        pack "${@:2}"
        ;;
    --check)
        [ $# -ge 2 ] || usage
        check "${@:2}"
        ;;
    --crates)
        [ $# = 2 ] || usage
        pack_crates "$2"
        ;;
    --check-crates)
        [ $# = 2 ] || usage
        check_crates "$2"
        ;;
    -* | "") usage ;;
    *)
        [ $# = 1 ] || usage
        mkdir -p "$1"
        commit=$(mktemp -d)
        export_commit "$commit"
        here=$(build "$(uname -m)" "$commit")
        for arch in x86_64 aarch64; do
            command=$here
            runner=()
            if [ "$(uname -m)" != "$arch" ]; then
                command=$(build "$arch" "$commit")
                runner=("$(command -v "qemu-$arch")")
            fi
            pack "$command" "$arch" "$1" "$here"
            check "$1/wative-$version-$arch-linux.tar.gz" "${runner[@]}"
        done
        rm -rf "$commit"
        ;;
esac
