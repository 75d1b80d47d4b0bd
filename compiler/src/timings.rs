//! Where the time of a compilation goes.

use std::time::{Duration, Instant};

/// Time spent in each phase, in order of first use. What several threads do at once is added up.
#[derive(Clone, Debug, Default)]
pub struct Timings {
    /// Name of the phase, and its time.
    pub phases: Vec<(&'static str, Duration)>,
}

impl Timings {
    /// Does something that belongs to a phase.
    pub fn measure<T>(&mut self, phase: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.add(phase, start.elapsed());
        result
    }

    /// Adds time to a phase.
    pub fn add(&mut self, phase: &'static str, time: Duration) {
        match self.phases.iter_mut().find(|(other, _)| *other == phase) {
            Some((_, total)) => *total += time,
            None => self.phases.push((phase, time)),
        }
    }

    /// Adds what another thread has spent.
    pub fn merge(&mut self, other: &Timings) {
        for &(phase, time) in &other.phases {
            self.add(phase, time);
        }
    }
}
