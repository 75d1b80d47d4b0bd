//! The `wative` executable.

/// A compilation is half a million small allocations for each megabyte of machine code, which the C library's allocators take several times as long for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    wative::run()
}
