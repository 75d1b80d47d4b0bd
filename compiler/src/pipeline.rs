//! The way of a function through the compiler: its steps in order, with the reasons, and what runs around each: the verifier and the clock.
//!
//! ```text
//! wasm::translate, wasm::synth   a body becomes IR                  "translate"
//! STEPS                          IR becomes better IR, then machine-level IR
//! mach::lower                    machine IR                         "lower"
//! mach::regalloc, mach::frame    registers and frame                "allocate registers"
//! mach::emitter                  machine code                       "emit"
//! ```
//!
//! For whoever looks for a miscompile: `Options::stop_after` leaves out the optional steps behind the first so many, and `Options::print_after`
//! shows a function as it was behind a step.

use crate::entity::EntityId;
use crate::error::Error;
use crate::expand;
use crate::ir::facts::{Bodies, Facts, FuncFacts};
use crate::ir::{Func, MemBase, Program, World, guards, verify};
use crate::opt::{Cx, bytes, dce, dispatch, gvn, inline, jumps, nans, objects, params, vectors};
use crate::options::{Emit, OptLevel, Options, StopAfter};
use crate::timings::Timings;

/// A step of the way.
struct Step {
    name: &'static str,
    when: When,
    run: fn(&mut Func, &Cx),
}

/// When a step runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    /// `Options::deterministic`, at every level.
    Deterministic,
    /// From -O1 on.
    Simple,
    /// From -O2 on.
    Full,
    /// From -O2 on, but for -Os.
    Speed,
    /// From -O2 on, where expansion repeats itself: accesses to memories whose base is loaded, checks of their bounds, and everything that is
    /// reached through pointers of an open instance.
    Repeats,
    /// From -O1 on, where there are types of objects.
    Objects,
}

/// All steps in order.
const STEPS: &[Step] = &[
    // What all others are to see.
    step("inline", When::Full, inline::run),
    // The front end's block parameters hide everything else, so they go first.
    step("params", When::Simple, params::run),
    // Fewer joins make fewer places where value numbering loses facts.
    step("jumps", When::Simple, jumps::run),
    // References are known once parameters are gone; what was in memory is then seen by value numbering.
    step("objects", When::Full, objects::run),
    step("gvn", When::Full, gvn::run),
    // Value numbering folds branches and empties blocks.
    step("jumps", When::Full, jumps::run),
    // Loop parameters whose sources value numbering has found to be equal.
    step("params", When::Full, params::run),
    // What addresses and shifts add up to is known.
    step("bytes", When::Full, bytes::run),
    // Every pass leaves dead instructions behind.
    step("dce", When::Simple, dce::run),
    // All that loops do is known and simple; accesses are still those of WebAssembly.
    step("vectors", When::Speed, vectors::run),
    // Hides arithmetic behind selects.
    step("nans", When::Deterministic, nans::run),
    // Access to the instance's state becomes what the machine does.
    step(EXPAND, When::Always, expand::run),
    // Expansion loads the same descriptors and checks the same bounds over and over.
    step("late gvn", When::Repeats, gvn::run),
    step("late dce", When::Repeats, dce::run),
    // Tests of types answer in several places, what branches on them is next.
    step("late jumps", When::Objects, jumps::run),
    step("dispatch", When::Full, dispatch::run),
];

const EXPAND: &str = "expand";

/// Steps that must lie behind others, wherever both are in the table: with the reasons.
const ORDER: &[(&str, &str)] = &[
    // Value numbering and dead code see arithmetic as it is, not the selects around it.
    ("gvn", "nans"),
    ("dce", "nans"),
    // It makes no operations of WebAssembly's level, and what is behind it understands none.
    ("nans", EXPAND),
    ("gvn", EXPAND),
    // Places in memory are compared by the values that addresses are.
    ("gvn", "bytes"),
    ("bytes", "dce"),
    // Accesses are those of WebAssembly.
    ("bytes", EXPAND),
    ("dce", "vectors"),
    ("vectors", "nans"),
    ("vectors", EXPAND),
    (EXPAND, "late gvn"),
    // Accesses are those of objects.
    ("objects", EXPAND),
    // It leaves dead instructions.
    ("gvn", "dce"),
    ("late gvn", "late dce"),
    // Bodies hold nothing that is yet to be done to the whole.
    ("inline", "params"),
    // Value numbering knows more of selects than of joins.
    ("late gvn", "dispatch"),
    (EXPAND, "late jumps"),
];

const _: () = check_order();

const fn step(name: &'static str, when: When, run: fn(&mut Func, &Cx)) -> Step {
    Step { name, when, run }
}

/// Refuses to be compiled if [`STEPS`] is not in [`ORDER`].
const fn check_order() {
    let mut i = 0;
    while i < ORDER.len() {
        let (first, second) = ORDER[i];
        let mut behind = false;
        let mut at = 0;
        while at < STEPS.len() {
            let name = STEPS[at].name;
            assert!(
                !(behind && is_same(name, first)),
                "a step stands behind one that must follow it"
            );
            behind |= is_same(name, second);
            at += 1;
        }
        assert!(behind, "the order names a step that does not exist");
        i += 1;
    }
}

const fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut same = a.len() == b.len();
    let mut i = 0;
    while same && i < a.len() {
        same = a[i] == b[i];
        i += 1;
    }
    same
}

impl When {
    /// Whether a step is not one of those that code is as right without, or one of the first so many of these.
    fn takes_part(self, left: &mut usize) -> bool {
        if matches!(self, When::Always | When::Deterministic) {
            return true;
        }
        let takes_part = *left > 0;
        *left = left.saturating_sub(1);
        takes_part
    }

    fn holds(self, program: &Program, options: &Options) -> bool {
        let is_loaded = |base| matches!(base, MemBase::Value | MemBase::Checked);
        match self {
            When::Always => true,
            When::Deterministic => options.deterministic,
            When::Simple => options.opt != OptLevel::O0,
            When::Full => options.opt.is_full(),
            When::Speed => options.opt.is_for_speed(),
            When::Objects => When::Simple.holds(program, options) && program.types.data_count() > 0,
            When::Repeats => {
                let repeats = program.world == World::Open
                    || program
                        .memories
                        .values()
                        .any(|m| is_loaded(m.base) || m.is_wide());
                When::Full.holds(program, options) && repeats
            }
        }
    }
}

/// What holds while a program's functions go their way.
pub struct Pipeline<'a> {
    program: &'a Program,
    options: &'a Options,
    share_addresses: bool,
    bodies: Bodies,
    /// The steps that run.
    steps: Vec<&'static Step>,
}

impl<'a> Pipeline<'a> {
    /// The way that the options ask for. `share_addresses` is the instruction set's wish.
    ///
    /// # Errors
    /// `Options::print_after` names no step that runs.
    pub fn new(
        program: &'a Program,
        options: &'a Options,
        share_addresses: bool,
    ) -> Result<Self, Error> {
        // No function takes more.
        let mut left = match options.stop_after {
            StopAfter::Each(steps) => steps,
            StopAfter::In { .. } => usize::MAX,
        };
        let runs =
            |step: &&Step| step.when.holds(program, options) && step.when.takes_part(&mut left);
        let mut steps: Vec<&Step> = STEPS.iter().filter(runs).collect();
        if options.emit == Emit::Ir {
            let end = match &options.print_after {
                Some(name) => steps
                    .iter()
                    .rposition(|step| step.name == name)
                    .map(|at| at + 1),
                None => steps.iter().position(|step| step.name == EXPAND),
            };
            let end = end.ok_or_else(|| unknown_step(&steps))?;
            steps.truncate(end);
        }
        Ok(Pipeline {
            program,
            options,
            share_addresses,
            bodies: bodies(program, options.opt),
            steps,
        })
    }

    /// Takes a function from the front end through all steps, and says what its callers may know of it.
    ///
    /// # Panics
    /// If `Options::verify` is set and a step breaks the function: a bug in the compiler.
    pub fn run(&self, func: &mut Func, facts: &Facts, timings: &mut Timings) -> FuncFacts {
        self.run_and_show(func, facts, timings, |_| ())
    }

    /// As [`run`](Self::run). `show` gets the function as it is when it is optimised: before access to the instance's state is expanded.
    ///
    /// # Panics
    /// As [`run`](Self::run).
    pub fn run_and_show(
        &self,
        func: &mut Func,
        facts: &Facts,
        timings: &mut Timings,
        mut show: impl FnMut(&Func),
    ) -> FuncFacts {
        let cx = self.cx(facts);
        let mut left = self.options.stop_after.steps(func.id.index());
        let (first, rest) = self.halves();
        self.check(func, "the front end");
        self.steps(first, func, &cx, &mut left, timings, &mut show);
        let found = facts.of(func, &self.bodies);
        self.steps(rest, func, &cx, &mut left, timings, &mut show);
        found
    }

    /// What [`run`](Self::run) answers, without the steps behind that.
    pub fn facts(&self, func: &mut Func, facts: &Facts, timings: &mut Timings) -> FuncFacts {
        let mut left = self.options.stop_after.steps(func.id.index());
        let (first, _) = self.halves();
        self.steps(
            first,
            func,
            &self.cx(facts),
            &mut left,
            timings,
            &mut |_| (),
        );
        facts.of(func, &self.bodies)
    }

    fn cx<'c>(&'c self, facts: &'c Facts) -> Cx<'c> {
        let fold = self.options.opt != OptLevel::O0;
        Cx {
            program: self.program,
            facts,
            fold,
            share_addresses: self.share_addresses && fold,
            bodies: &self.bodies,
        }
    }

    /// The steps before and behind the place where callers look at a function.
    fn halves(&self) -> (&[&'static Step], &[&'static Step]) {
        let is_late = |step: &&Step| matches!(step.when, When::Deterministic | When::Always);
        let at = self.steps.iter().position(is_late);
        self.steps.split_at(at.unwrap_or(self.steps.len()))
    }

    fn steps(
        &self,
        steps: &[&Step],
        func: &mut Func,
        cx: &Cx,
        left: &mut usize,
        timings: &mut Timings,
        show: &mut impl FnMut(&Func),
    ) {
        for step in steps {
            if !step.when.takes_part(left) {
                continue;
            }
            if step.name == EXPAND {
                show(func);
            }
            timings.measure(step.name, || (step.run)(func, cx));
            self.check(func, step.name);
        }
    }

    fn check(&self, func: &Func, after: &str) {
        if !self.options.verify {
            return;
        }
        let checked =
            verify::verify(func, self.program).and_then(|()| guards::verify(func, self.program));
        if let Err(error) = checked {
            panic!("invalid IR after {after}: {error}\n{func}");
        }
    }
}

/// How large what takes the place of calls may be, by measurement.
fn bodies(program: &Program, opt: OptLevel) -> Bodies {
    let (leaf, other) = match opt {
        OptLevel::O0 | OptLevel::O1 => (0, 0),
        OptLevel::O2 => (32, 0),
        OptLevel::O3 => (80, 40),
        OptLevel::Os => (6, 0),
    };
    Bodies {
        leaf,
        other,
        hot: program.hot,
    }
}

fn unknown_step(steps: &[&Step]) -> Error {
    let mut names: Vec<&str> = steps.iter().map(|step| step.name).collect();
    names.dedup();
    Error::new("no step of that name runs").help(format!("the steps are: {}", names.join(", ")))
}
