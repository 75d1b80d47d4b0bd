//! The `wative` command, as a library: the executable only calls [`run`], and the test suite uses [`driver`] in its own
//! process.
//!
//! | module | concern |
//! |---|---|
//! | [`args`] | every command and option with its help text |
//! | [`commands`] | one function per command |
//! | [`driver`], [`library`] | modules to executable or library, in memory |
//! | [`inputs`], [`output`] | reading modules; writing results, all or nothing |
//! | [`runtime`], [`archive`] | the embedded runtime library |
//! | [`imports`], [`external`] | imports given by `--link` objects; `--linker` |
//! | [`grants`], [`tree`] | what the program may use: options, manifest, files inside the executable |
//! | [`wit`], [`header`] | the WIT of components; C headers made from it, or from modules |
//! | [`inspect`], [`executable`] | what a module is and needs; what an executable was granted |
//! | [`explore`] | the page of `wative explore` |
//! | [`cache`], [`launch`] | executables of `wative run`: keeping and executing them |
//! | `functions`, `remote` | compiled functions that are kept from one compilation to the next, in a directory or on a server |
//! | [`report`], `excerpt` | standard error: errors, the lines of a module that they are about, warnings, timings, progress |
//! | [`target`], [`cpu`] | triples; levels of their processors |
//!
//! Architecture invariant: only [`commands`], [`report`] and [`output`] print, and only [`run`] decides the exit status.

pub mod archive;
pub mod args;
pub mod cache;
pub mod commands;
pub mod cpu;
mod debug;
pub mod driver;
mod excerpt;
pub mod executable;
pub mod explore;
pub mod external;
mod functions;
pub mod grants;
pub mod header;
pub mod imports;
pub mod inputs;
pub mod inspect;
mod json;
pub mod launch;
pub mod library;
pub mod network;
pub mod output;
mod remote;
pub mod report;
pub mod runtime;
mod size;
pub mod target;
pub mod tree;
pub mod wit;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use wative_compiler::Error;

use args::{COMMANDS, Cli};

/// Why a command ends without success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The options contradict each other; exit status 2.
    Usage(Error),
    /// Exit status 1.
    Failed(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Failed(error)
    }
}

/// Runs the command line of this process and returns its exit status: 0, 1 for errors, 2 for bad usage. A successful
/// `wative run` does not return: the program takes the process's place.
pub fn run() -> ExitCode {
    driver::record_panics();
    let cli = match Cli::try_parse_from(with_command(std::env::args_os().collect())) {
        Ok(cli) => cli,
        Err(error) => {
            report::usage(&error);
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    report::set_format(cli.message_format);
    let result = std::panic::catch_unwind(|| commands::run(cli.command))
        .unwrap_or_else(|payload| Err(Failure::Failed(driver::internal_error(&*payload))));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(error)) => {
            report::error(&error);
            ExitCode::from(2)
        }
        Err(Failure::Failed(error)) => {
            report::error(&error);
            ExitCode::FAILURE
        }
    }
}

/// The arguments with the shorthand spelled out: `wative FILE…` is `wative build FILE…`.
fn with_command(mut args: Vec<OsString>) -> Vec<OsString> {
    const TOP_LEVEL: [&str; 4] = ["-h", "--help", "-V", "--version"];
    if let Some(first) = args.get(1)
        && !COMMANDS
            .iter()
            .chain(&TOP_LEVEL)
            .any(|known| first == known)
    {
        args.insert(1, OsString::from("build"));
    }
    args
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorthand() {
        let expand = |text: &str| {
            let args = with_command(text.split(' ').map(OsString::from).collect());
            args.join(" ".as_ref()).into_string().unwrap()
        };
        assert_eq!(expand("wative app.wasm -o x"), "wative build app.wasm -o x");
        assert_eq!(expand("wative -O1 app.wasm"), "wative build -O1 app.wasm");
        assert_eq!(expand("wative run app.wasm"), "wative run app.wasm");
        assert_eq!(expand("wative --help"), "wative --help");
        assert_eq!(expand("wative"), "wative");
    }
}
