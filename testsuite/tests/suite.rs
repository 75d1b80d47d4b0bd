//! Runs every group of tests, or those named on the command line, and prints a summary line for each.
//!
//! `cargo test -p wative-testsuite --test suite -- [GROUP [FILTER]]`; see `docs/testing.md`.

use std::process::ExitCode;
use std::time::Instant;

use wative_testsuite::report::Report;
use wative_testsuite::target::Target;
use wative_testsuite::{corpus, groups};

/// Failures of one group that are printed; the count in the summary line is of all.
const SHOWN: usize = 40;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).filter(|a| !a.starts_with('-'));
    let wanted = words.next().unwrap_or_default();
    let filter = words.next().unwrap_or_default();
    match corpus::find() {
        Some(path) => println!("corpus: {}", path.display()),
        None => println!(
            "corpus: not found (beside the checkout or in WATIVE_CORPUS); its tests are left out"
        ),
    }
    let mut total = Report::default();
    for target in Target::all() {
        for group in groups::all() {
            if !wanted.is_empty() && !group.name.starts_with(&wanted) {
                continue;
            }
            let start = Instant::now();
            for (name, report) in (group.run)(&target, &filter) {
                println!("{name}: {report} [{:.1} s]", start.elapsed().as_secs_f64());
                for (reason, count) in &report.skipped {
                    println!("    {count} skipped: {reason}");
                }
                for failure in report.failures.iter().take(limit()) {
                    println!("    FAILED {failure}");
                }
                total.absorb(report);
            }
        }
    }
    println!("{total}");
    if total.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// `SHOW=N` prints up to N failures of each group.
fn limit() -> usize {
    std::env::var("SHOW")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(SHOWN)
}
