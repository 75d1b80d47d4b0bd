#!/bin/sh
# Prints a rustc that can compile the runtime library for Linux on ARCH: scripts/runtime-rustc.sh [ARCH [PREFIX]]
#
# ARCH is aarch64 (the default) or x86_64. The build of wative takes the rustc from a variable:
#     export WATIVE_RUNTIME_RUSTC_AARCH64="$(scripts/runtime-rustc.sh aarch64)"
# Where rustup works none of this is needed: after `rustup target add ARCH-unknown-linux-gnu` the build finds everything itself,
# and this script prints that rustc. Elsewhere, on Debian and its kin, it unpacks the distribution's rustc and the standard
# library of the other architecture into PREFIX (default target/runtime-rustc-ARCH): nothing is installed, no architecture is
# added to the system, and the next call finds what is there. Takes about 20 seconds and 600 MB.
set -eu
arch=${1:-aarch64}
target=$arch-unknown-linux-gnu
cd "$(dirname "$0")/.."
prefix=$(realpath -m "${2:-${CARGO_TARGET_DIR:-target}/runtime-rustc-$arch}")

fail() {
    echo "$*" >&2
    exit 1
}

# Whether this rustc has the core library for the target.
has_core() {
    directory=$("$1" --print target-libdir --target "$target" 2>/dev/null) || return 1
    set -- "$directory"/libcore-*.rlib
    [ -e "$1" ]
}

named=WATIVE_RUNTIME_RUSTC_$(echo "$arch" | tr a-z A-Z)
for rustc in "$(printenv "$named" || echo rustc)" rustc "$prefix/rustc"; do
    if found=$(command -v "$rustc") && has_core "$found"; then
        echo "$found"
        exit
    fi
done

case $arch in
    aarch64) foreign=arm64 ;;
    x86_64) foreign=amd64 ;;
    *) fail "unknown architecture $arch: aarch64 or x86_64" ;;
esac
for tool in apt-get apt-cache dpkg; do
    command -v $tool >/dev/null || fail "no rustc has a standard library for $target: run 'rustup target add $target'"
done

# Package lists for both architectures, kept apart from the system's own.
work=$prefix.new
rm -rf "$work"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/debs"
native=$(dpkg --print-architecture)
cat >"$work/apt.conf" <<END
Dir::State::lists "$work/lists";
Dir::Cache "$work/cache";
APT::Architecture "$native";
APT::Architectures { "$native"; "$foreign"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
END
export APT_CONFIG="$work/apt.conf"
apt-get -qq update >&2

# Debian stable has the current compiler as rustc-web beside an older rustc; take the newer one.
newest() {
    apt-cache policy "$1" | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}
name=rustc
version=$(newest rustc)
web=$(newest rustc-web)
if [ -n "$web" ] && dpkg --compare-versions "$web" gt "$version"; then
    name=rustc-web
    version=$web
fi
[ -n "$version" ] || fail "the package archive has no rustc: run 'rustup target add $target'"
std=libstd-rust${name#rustc}

# All packages of one version; the compiler's shared library is in the one that is named after the release.
release=${version%%[+~-]*}
cd "$work/debs"
apt-get -qq download "$name:$native=$version" "$std-${release%.*}:$native=$version" \
    "$std-dev:$native=$version" "$std-dev:$foreign=$version" >&2
unpack() {
    for package in *.deb; do
        dpkg -x "$package" "$work"
        rm "$package"
    done
}
unpack
libraries=$work/usr/lib/$(uname -m)-linux-gnu
llvm=$(ldd "$libraries"/librustc_driver-*.so | sed -n 's/.*libLLVM[-.a-z]*\([0-9]*\)[^ ]* => not found/\1/p')
if [ -n "$llvm" ]; then
    apt-get -qq download "libllvm$llvm" libz3-4 >&2
    unpack
fi
cd "$work"

# The real rustc looks for its driver where packages are installed.
cat >rustc <<'END'
#!/bin/sh
usr=$(dirname "$(readlink -f "$0")")/usr
LD_LIBRARY_PATH="$usr/lib/$(uname -m)-linux-gnu" exec "$usr/bin/rustc" --sysroot "$usr" "$@"
END
chmod +x rustc
rm -rf lists cache debs apt.conf usr/share
has_core "$work/rustc" || fail "$name $version has no usable standard library for $target: $("$work/rustc" --version 2>&1)"
rm -rf "$prefix"
mv "$work" "$prefix"
echo "$prefix/rustc"
