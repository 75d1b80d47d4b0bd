//! WASI preview 1 in executables: the test suite of others, every call, every way of opening, what is granted, how the kernel confines, what
//! systems refuse, errors that only a certain system gives, streams; and WASI 0.2.

mod calls;
mod confined;
mod corpus;
mod encodings;
mod ends;
mod failures;
mod granted;
mod modes;
pub mod preview2;
mod refused;
mod script;
mod streams;
mod zones;

use crate::report::Output;
use crate::target::Target;

/// Runs all parts.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        let name = |part: &str| format!("wasi {} {part}", target.name);
        output.report(&name("calls"), calls::report(target, filter));
        output.report(&name("modes"), modes::report(target, filter));
        output.report(&name("grants"), granted::report(target, filter));
        output.report(&name("confinement"), confined::report(target, filter));
        output.report(&name("refusals"), refused::report(target, filter));
        output.report(&name("errors"), failures::report(target, filter));
        output.report(&name("streams"), streams::report(target, filter));
        output.report(&name("preview 2"), preview2::report(target, filter));
        output.report(
            &name("preview 2 encodings"),
            encodings::report(target, filter),
        );
        output.report(&name("time zones"), zones::report(target, filter));
        output.report(&name("preview 2 streams"), ends::report(target, filter));
        output.report(
            &name("preview 2 races"),
            preview2::races::report(target, filter),
        );
        output.report(&name("test suite"), corpus::report(target, filter));
    }
}
