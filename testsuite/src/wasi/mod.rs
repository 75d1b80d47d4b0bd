//! WASI preview 1 in executables: the test suite of others.

mod corpus;

use crate::report::Report;
use crate::target::Target;

/// Runs all parts.
pub fn group(target: &Target, filter: &str) -> Vec<(String, Report)> {
    let name = |part: &str| format!("wasi {} {part}", target.name);
    vec![(name("test suite"), corpus::report(target, filter))]
}
