//! Counts and reasons of one group of tests.
//!
//! Every group ends in one summary line, `spec fixed O2: 21034 passed, 0 failed, 310 skipped`, and one
//! line for each reason why something was skipped. A failure is one line of its own as soon as the group ends.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Instant;

/// Failures of one report that are printed unless `SHOW` says how many; the count in the summary line is of all.
const SHOWN: usize = 40;

/// Results of a group. Groups of parallel workers are merged with [`Report::absorb`].
#[derive(Debug, Default)]
pub struct Report {
    pub passed: usize,
    pub skipped: BTreeMap<String, usize>,
    pub failed: usize,
    /// What failed; several tests that one cause fails share a line.
    pub failures: Vec<String>,
}

impl Report {
    /// Notes `count` tests that did what they must.
    pub fn pass(&mut self, count: usize) {
        self.passed += count;
    }
    /// Notes one failed test.
    pub fn fail(&mut self, what: impl Into<String>) {
        self.fail_many(1, what);
    }
    /// Notes `count` tests that failed of one cause.
    pub fn fail_many(&mut self, count: usize, what: impl Into<String>) {
        if count > 0 {
            self.failed += count;
            self.failures.push(what.into());
        }
    }
    /// Notes `count` tests that cannot be judged, and why.
    pub fn skip(&mut self, count: usize, reason: impl Into<String>) {
        if count > 0 {
            *self.skipped.entry(reason.into()).or_default() += count;
        }
    }
    /// Notes the outcome of a test that explains its failure.
    pub fn outcome(&mut self, name: &str, result: Result<(), String>) {
        match result {
            Ok(()) => self.pass(1),
            Err(why) => self.fail(format!("{name}: {why}")),
        }
    }
    /// Adds the results of another report.
    pub fn absorb(&mut self, other: Report) {
        self.passed += other.passed;
        for (reason, count) in other.skipped {
            self.skip(count, reason);
        }
        self.failed += other.failed;
        self.failures.extend(other.failures);
    }
    /// Number of skipped tests over all reasons.
    pub fn skipped_total(&self) -> usize {
        self.skipped.values().sum()
    }
}

impl fmt::Display for Report {
    /// `N passed, N failed, N skipped`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed,
            self.failed,
            self.skipped_total()
        )
    }
}

/// Prints reports as they come, each with the time since the one before it, and adds them up.
#[derive(Debug)]
pub struct Output {
    pub total: Report,
    last: Instant,
    shown: usize,
}

impl Output {
    /// Starts the clock.
    pub fn new() -> Output {
        let shown = std::env::var("SHOW").ok();
        Output {
            total: Report::default(),
            last: Instant::now(),
            shown: shown.and_then(|n| n.parse().ok()).unwrap_or(SHOWN),
        }
    }

    /// Prints a summary line, the reasons of skips and the failures.
    pub fn report(&mut self, name: &str, report: Report) {
        println!(
            "{name}: {report} [{:.1} s]",
            self.last.elapsed().as_secs_f64()
        );
        self.last = Instant::now();
        for (reason, count) in &report.skipped {
            println!("    {count} skipped: {reason}");
        }
        for failure in report.failures.iter().take(self.shown) {
            println!("    FAILED {failure}");
        }
        self.total.absorb(report);
    }
}

impl Default for Output {
    fn default() -> Output {
        Output::new()
    }
}
