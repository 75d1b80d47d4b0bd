//! The `wative` executable.

fn main() -> std::process::ExitCode {
    wative::run()
}
