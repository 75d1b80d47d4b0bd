#!/bin/sh
# Installs what some tests need and cargo does not bring: a C compiler and binutils for x86-64 and AArch64, LLVM's linker (it knows
# Mach-O), gdb, qemu-user, python3, nginx and Chromium (Debian and Ubuntu). Tests that miss a tool say so and are skipped.
set -eu
sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -q
$sudo apt-get install -y -q --no-install-recommends gcc libc6-dev binutils gcc-aarch64-linux-gnu libc6-dev-arm64-cross \
    binutils-aarch64-linux-gnu lld gdb gdb-multiarch qemu-user python3 nginx
# Ubuntu has no such package.
$sudo apt-get install -y -q --no-install-recommends chromium || echo "no Chromium: what needs it is skipped" >&2

# Before version 8, qemu notes the state of each page that a program reserves, and a 32-bit memory is two million of them: a tenth of
# a second for each. Debian 12 has such a one, and in its backports one that computes `bsl` wrongly; Debian 13's is a static executable.
version=$(qemu-aarch64 --version | sed -n 's/^qemu-aarch64 version \([0-9]*\).*/\1/p')
[ "${version:-0}" -lt 8 ] || exit 0
archive=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Created-By: Packages' | sed -n 's/^Debian //p' | head -n 1)
[ -n "$archive" ] || exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
# Lists of their own: the system's sources stay as they are.
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive trixie main" >"$work/sources"
cat >"$work/apt.conf" <<END
Dir::State::lists "$work/lists";
Dir::Cache "$work/cache";
Dir::Etc::sourcelist "$work/sources";
Dir::Etc::sourceparts "/dev/null";
APT::Sandbox::User "root";
Acquire::Languages "none";
END
export APT_CONFIG="$work/apt.conf"
cd "$work"
if apt-get -qq update && apt-get -qq download qemu-user; then
    dpkg -x qemu-user_*.deb "$work/qemu"
    $sudo install "$work"/qemu/usr/bin/qemu-aarch64 "$work"/qemu/usr/bin/qemu-x86_64 /usr/local/bin/
fi
