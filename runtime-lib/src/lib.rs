//! The runtime library linked into every compiled program: start-up, memories, tables, traps and WASI preview 1 on
//! Linux system calls. There is no libc below it, and no allocator but for requests of servers (`state::region`).
//!
//! # Building the object
//!
//! Programs link exactly one relocatable object, made by one compiler call without dependencies (paths are relative
//! to the workspace, `TARGET` is `x86_64-unknown-linux-gnu` or `aarch64-unknown-linux-gnu`):
//!
//! ```text
//! rustc runtime-lib/src/lib.rs --crate-name wative_runtime --edition 2024 --crate-type staticlib \
//!     --cfg 'feature="standalone"' --target TARGET -C opt-level=3 -C lto=fat -C codegen-units=1 -C panic=abort \
//!     -C relocation-model=pic -C overflow-checks=off --emit obj=wative_runtime.o,link=unused.a
//! ```
//!
//! `link` is asked for as well, because only then rustc optimises the object together with `core`: without it the object
//! would refer to `core`'s functions. The archive itself is thrown away.
//!
//! For AArch64 add `-C target-feature=-outline-atomics`. `ar rcs libwative_runtime.a wative_runtime.o` gives the
//! archive for linking by hand. Every function has a section of its own, so `--gc-sections` keeps only what a program
//! imports; for this reason nothing here may collect WASI functions in a table.
//!
//! `cargo check` and `cargo test` see the same code as a library without the parts that `feature = "standalone"`
//! guards (panic handler, `_start`, memcpy and its family), which the host's std brings itself.
//!
//! # Code map
//!
//! Five folders: `entry` brings a program to life and calls into it, `state` is what it works on, `fault` is how it leaves its code other
//! than by returning, `wasi` and `wasi2` are what it imports, `net` is what those reach beyond the machine. They stand on `arch` and `sys`. Files beside the folders serve all of them; the compiler
//! includes `abi`, `calls`, `escape`, `nr` and `streams` as well.
//!
//! | module | concern |
//! |---|---|
//! | [`abi`] | the contract with compiled code |
//! | `calls`, `check` | what compiled code calls and modules import, as rows; comparing the functions with them |
//! | `arch` | everything that depends on the CPU: entry, stack switch, signal context, system call |
//! | `sys`, `nr` | everything that depends on the OS: system calls, their structures and constants, clocks; their numbers |
//! | `entry` | from `_start` to the main function, main functions, the C interface, confinement by the kernel |
//! | `state` | instances, memories, tables, exceptions; the stacks and threads that compiled code runs on |
//! | `fault` | from a program counter to function, trap and backtrace; signals, throwing |
//! | `gc` | the garbage-collected heap |
//! | `http` | HTTP/1.1 |
//! | `wasi`, `wasi2`, `wasi3` | WASI preview 1, and what toolchains expect besides; WASI 0.2 and 0.3 for components |
//! | `net` | the network: what is granted, sockets, looking up names |
//! | [`canonical`], `component` | components: what the compiler knows as well; handles, strings, what scripts print |
//! | `streams` | which instructions may trap, as the compiler writes it |
//! | `text`, `escape` | output without `core::fmt`; names that can be shown |
//!
//! Architecture invariant: no code outside `arch` names a register, none outside `sys` and `nr` a system call number.
#![cfg_attr(not(test), no_std)]
// An `unsafe fn` here is unsafe as a whole: its contract covers every line of it.
#![allow(unsafe_op_in_unsafe_fn)]
#![cfg_attr(not(test), warn(clippy::undocumented_unsafe_blocks))]

// Only servers use it (`state::region`).
extern crate alloc;

pub mod abi;
mod arch;
mod calls;
pub mod canonical;
mod check;
mod component;
mod entry;
mod escape;
mod fault;
mod gc;
mod http;
mod net;
pub mod nr;
mod state;
pub mod streams;
mod sys;
mod text;
mod wasi;
mod wasi2;
mod wasi3;

/// A panic is a bug in this library. Nothing is formatted, so that the formatting machinery is not linked.
#[cfg(all(feature = "standalone", not(test)))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    sys::write_all(
        sys::STDERR,
        b"wative: internal error in the runtime library\n",
    );
    sys::abort()
}
