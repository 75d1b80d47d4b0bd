//! WASI preview 1 in executables: the test suite of others.

mod corpus;

use crate::report::Output;
use crate::target::Target;

/// Runs all parts.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        let name = |part: &str| format!("wasi {} {part}", target.name);
        output.report(&name("test suite"), corpus::report(target, filter));
    }
}
