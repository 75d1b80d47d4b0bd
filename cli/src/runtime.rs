//! The prebuilt runtime library, embedded by the build script: for each target a relocatable object, the same optimised for size, and one with TLS.

use crate::imports;
use crate::target::Target;
use wative_compiler::options::{OptLevel, Platform};

/// C header for hosts that link objects by hand.
pub const HEADER: &str = include_str!("wative.h");

/// The runtime's object file for `target`, or nothing if this wative was built without it.
pub fn object(target: Target) -> Option<&'static [u8]> {
    let bytes: &'static [u8] = match target {
        Target::X86_64Linux => include_bytes!(concat!(env!("OUT_DIR"), "/runtime-x86_64.o")),
        Target::Aarch64Linux => include_bytes!(concat!(env!("OUT_DIR"), "/runtime-aarch64.o")),
        Target::X86_64Darwin | Target::Aarch64Darwin => &[],
    };
    (!bytes.is_empty()).then_some(bytes)
}

/// Functions in which a program that refers to them may spend its time: servers, the collector, tasks, strings between components, exceptions.
const FAST: [&str; 7] = [
    "wative_rt_main_serve",
    "wative_gc_start",
    "wative_gc_new_heap",
    "wative_rt_task_call",
    "wative_rt_transcode",
    "wative_rt_throw",
    "wative_rt_throw_ref",
];

/// The runtime's object file for a program whose object file this is: the one for speed or the one for size (always with `-Os`).
pub fn object_for(target: Target, program: &[u8], opt: OptLevel) -> Option<&'static [u8]> {
    if opt != OptLevel::Os && imports::refers_to(program, &FAST) {
        return object(target);
    }
    let bytes: &'static [u8] = match target {
        Target::X86_64Linux => include_bytes!(concat!(env!("OUT_DIR"), "/small-x86_64.o")),
        Target::Aarch64Linux => include_bytes!(concat!(env!("OUT_DIR"), "/small-aarch64.o")),
        Target::X86_64Darwin | Target::Aarch64Darwin => &[],
    };
    (!bytes.is_empty()).then_some(bytes)
}

/// The object with TLS for `target`, which the runtime library refers to where a program sends requests.
pub fn tls(target: Target) -> &'static [u8] {
    match target {
        Target::X86_64Linux => include_bytes!(concat!(env!("OUT_DIR"), "/tls-x86_64.o")),
        Target::Aarch64Linux => include_bytes!(concat!(env!("OUT_DIR"), "/tls-aarch64.o")),
        Target::X86_64Darwin | Target::Aarch64Darwin => &[],
    }
}

/// How to get the runtime for a target that is not built in.
pub fn how_to_add(target: Target) -> String {
    match target.platform() {
        Platform::Linux => {}
        Platform::Darwin => return "only objects can be made for macOS (--emit obj)".to_owned(),
    }
    format!(
        "run `rustup target add {}` (or set WATIVE_RUNTIME_RUSTC_{} to a rustc that has it) and build wative again",
        target.name(),
        target.arch().to_uppercase()
    )
}
