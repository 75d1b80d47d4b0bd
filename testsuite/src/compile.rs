//! The compiler as tests use it: in process, with panics caught and told apart from refusals.

use std::fmt;
use std::sync::Once;

use wative::driver::{self, BuildOptions};
use wative_compiler::options::Options;
use wative_compiler::{Compiled, Error, Input};

use crate::target::Target;

/// Why there is no result.
#[derive(Clone, Debug)]
pub enum Failure {
    /// An error for the user.
    Refused(Error),
    /// A bug: message and place.
    Panicked(String),
}

impl Failure {
    /// The reason for a skip, if the compiler refused because it lacks a feature.
    pub fn unsupported(&self) -> Option<String> {
        match self {
            // The validator itself names proposals where a module is refused with all of them, too.
            Failure::Refused(e)
                if e.reason.contains("proposal is not supported")
                    || e.reason.contains("proposal must be enabled") =>
            {
                Some(e.reason.clone())
            }
            Failure::Refused(_) | Failure::Panicked(_) => None,
        }
    }

    fn of(error: Error) -> Failure {
        if error.reason.starts_with("internal compiler error") {
            Failure::Panicked(error.reason)
        } else {
            Failure::Refused(error)
        }
    }
}

impl fmt::Display for Failure {
    /// One line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused(e) => write!(f, "compiler: {}", e.to_string().replace('\n', " | ")),
            Failure::Panicked(why) => f.write_str(&why.replace('\n', " | ")),
        }
    }
}

/// Compiles to an object or a listing.
pub fn compile(inputs: &[Input], options: &Options) -> Result<Compiled, Failure> {
    keep_quiet();
    driver::compile(inputs, options).map_err(Failure::of)
}

/// Compiles and links an executable.
pub fn executable(
    inputs: &[Input],
    target: &Target,
    options: &Options,
) -> Result<Vec<u8>, Failure> {
    executable_with(inputs, target, options, &[])
}

/// As [`executable`], with further objects for the linker: name and contents.
pub fn executable_with(
    inputs: &[Input],
    target: &Target,
    options: &Options,
    objects: &[(String, Vec<u8>)],
) -> Result<Vec<u8>, Failure> {
    keep_quiet();
    let mut build = BuildOptions::new(target.platform);
    build.compile = options.clone();
    build.objects = objects.to_vec();
    driver::build_executable(inputs, &build).map_err(Failure::of)
}

/// A single module as input, from text or binary.
pub fn input(name: &str, module: &[u8]) -> Result<Input, String> {
    Ok(Input {
        name: name.to_string(),
        path: format!("{name}.wat"),
        bytes: wat::parse_bytes(module)
            .map_err(|e| e.to_string())?
            .into_owned(),
        links: Vec::new(),
    })
}

/// Panics become errors; they are not printed between the summaries.
fn keep_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(driver::record_panics);
}
