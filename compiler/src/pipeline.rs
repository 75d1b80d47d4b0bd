//! The order of the optimisation passes, as data with reasons, and what runs around each pass: the verifier and the clock.

use crate::ir::{Func, MemBase, Program, World, guards, verify};
use crate::opt::{Cx, dce, funnels, gvn, jumps, nans, params};
use crate::options::{OptLevel, Options};
use std::time::{Duration, Instant};

/// A pass in the pipeline.
struct Step {
    name: &'static str,
    run: fn(&mut Func, &Cx) -> bool,
    /// Least effort at which it runs.
    from: Effort,
}

/// Optimisation levels as far as the IR passes tell them apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Effort {
    None,
    Simple,
    Full,
}

/// All steps in order.
const STEPS: &[Step] = &[
    // The front end's block parameters hide everything else, so they go first.
    Step {
        name: "params",
        run: params::run,
        from: Effort::Simple,
    },
    // Fewer joins make fewer places where value numbering loses facts.
    Step {
        name: "jumps",
        run: jumps::run,
        from: Effort::Simple,
    },
    Step {
        name: "gvn",
        run: gvn::run,
        from: Effort::Full,
    },
    // Value numbering folds branches and empties blocks.
    Step {
        name: "jumps",
        run: jumps::run,
        from: Effort::Full,
    },
    // Loop parameters whose sources value numbering has found to be equal.
    Step {
        name: "params",
        run: params::run,
        from: Effort::Full,
    },
    // Last: every pass leaves dead instructions behind.
    Step {
        name: "dce",
        run: dce::run,
        from: Effort::Simple,
    },
];

/// With `Options::deterministic`, at every level, behind all others: it hides arithmetic behind selects.
const CANONICAL_NANS: Step = Step {
    name: "nans",
    run: nans::run,
    from: Effort::None,
};

/// Steps behind expansion.
const LATE_STEPS: &[Step] = &[
    // Expansion loads the same descriptors and checks the same bounds over and over.
    Step {
        name: "late gvn",
        run: gvn::run,
        from: Effort::Full,
    },
    Step {
        name: "late dce",
        run: dce::run,
        from: Effort::Full,
    },
];

/// For the register allocator, at last: `jumps` would undo it. The local allocator has no use for it.
const FUNNELS: Step = Step {
    name: "funnels",
    run: funnels::run,
    from: Effort::Simple,
};

/// Time spent in each pass.
#[derive(Clone, Debug, Default)]
pub struct Timings {
    /// Pass name and time, in order of first use.
    pub passes: Vec<(&'static str, Duration)>,
}

impl Timings {
    /// Adds time to a pass.
    pub fn add(&mut self, name: &'static str, time: Duration) {
        match self.passes.iter_mut().find(|(other, _)| *other == name) {
            Some((_, total)) => *total += time,
            None => self.passes.push((name, time)),
        }
    }

    /// Adds another thread's times.
    pub fn merge(&mut self, other: &Timings) {
        for &(name, time) in &other.passes {
            self.add(name, time);
        }
    }
}

/// Optimises a function as the options say.
///
/// # Panics
/// If `options.verify` is set and a pass breaks the function: a bug in the compiler.
pub fn optimise(func: &mut Func, program: &Program, options: &Options, timings: &mut Timings) {
    let cx = Cx { program };
    check(func, program, options, "the front end");
    let last = options.deterministic.then_some(&CANONICAL_NANS);
    for step in STEPS.iter().chain(last) {
        if step.from > effort(options.opt) {
            continue;
        }
        let start = Instant::now();
        (step.run)(func, &cx);
        timings.add(step.name, start.elapsed());
        check(func, program, options, step.name);
    }
}

/// Optimises an expanded function once more where expansion repeats itself: accesses to memories whose base is loaded, checks of their
/// bounds, and everything that is reached through pointers of an open instance.
///
/// # Panics
/// As [`optimise`].
pub fn optimise_late(func: &mut Func, program: &Program, options: &Options, timings: &mut Timings) {
    let is_loaded = |base| matches!(base, MemBase::Value | MemBase::Checked);
    let repeats =
        program.world == World::Open || program.memories.values().any(|m| is_loaded(m.base));
    let late = if repeats { LATE_STEPS } else { &[] };
    let cx = Cx { program };
    for step in late.iter().chain([&FUNNELS]) {
        if step.from > effort(options.opt) {
            continue;
        }
        let start = Instant::now();
        (step.run)(func, &cx);
        timings.add(step.name, start.elapsed());
        check(func, program, options, step.name);
    }
}

fn effort(level: OptLevel) -> Effort {
    match level {
        OptLevel::O0 => Effort::None,
        OptLevel::O1 => Effort::Simple,
        OptLevel::O2 | OptLevel::O3 | OptLevel::Os => Effort::Full,
    }
}

/// Verifies what a pass has made of a function, if that is asked for.
///
/// # Panics
/// If the pass broke it.
pub fn check(func: &Func, program: &Program, options: &Options, after: &str) {
    if !options.verify {
        return;
    }
    let checked = verify::verify(func, program).and_then(|()| guards::verify(func));
    if let Err(error) = checked {
        panic!("invalid IR after {after}: {error}\n{func}");
    }
}
