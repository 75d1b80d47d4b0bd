#!/bin/sh
# Installs what some tests need and cargo does not bring: gdb, objdump, a C compiler, qemu-user (Debian and Ubuntu), and zig
# into .wative-tools. Tests that miss a tool say so and are skipped.
set -eu
cd "$(dirname "$0")/.."
sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -q
$sudo apt-get install -y -q --no-install-recommends gcc libc6-dev binutils gdb qemu-user python3-venv
[ -d .wative-tools ] || python3 -m venv .wative-tools
.wative-tools/bin/pip install -q ziglang
