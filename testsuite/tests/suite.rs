//! Runs every group of tests, or those named on the command line, and prints a summary line for each.
//!
//! `cargo test -p wative-testsuite --test suite -- [GROUP [FILTER]]`; see `docs/testing.md`.

use std::process::ExitCode;

use wative_testsuite::report::Output;
use wative_testsuite::target::Selection;
use wative_testsuite::{corpus, groups};

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).filter(|a| !a.starts_with('-'));
    let wanted = words.next().unwrap_or_default();
    let filter = words.next().unwrap_or_default();
    let selection = match Selection::new() {
        Ok(selection) => selection,
        Err(why) => {
            println!("{why}");
            return ExitCode::FAILURE;
        }
    };
    for line in &selection.left_out {
        println!("{line}");
    }
    match corpus::find() {
        Some(path) => println!("corpus: {}", path.display()),
        None => println!(
            "corpus: not found (beside the checkout or in WATIVE_CORPUS); its tests are left out"
        ),
    }
    let mut output = Output::new();
    for group in groups::all() {
        if wanted.is_empty() || group.name.starts_with(&wanted) {
            (group.run)(&selection.targets, &filter, &mut output);
        }
    }
    println!("{}", output.total);
    if output.total.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
