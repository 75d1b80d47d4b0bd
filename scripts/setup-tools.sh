#!/bin/sh
# Installs what some tests need and cargo does not bring: a C compiler and binutils for x86-64 and AArch64, LLVM's linker (it knows
# Mach-O), gdb and qemu-user (Debian and Ubuntu). Tests that miss a tool say so and are skipped.
set -eu
sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -q
$sudo apt-get install -y -q --no-install-recommends gcc libc6-dev binutils gcc-aarch64-linux-gnu libc6-dev-arm64-cross \
    binutils-aarch64-linux-gnu lld gdb gdb-multiarch qemu-user
