//! Trees of operations: every op over every op that an instruction set could take into one instruction, tried on all targets and CPU levels.
//!
//! The ops are those of the compiler's table ([`ops`]); the trees come in families ([`families`]) in a fixed order, so that `TREES=FAMILY:N` is one
//! of them. A normal run takes every Nth tree (`TREES_STRIDE`), of which the commit decides where it begins (`TREES_OFFSET`); `WATIVE_LONG=1`
//! takes all.

mod families;
mod form;
mod inputs;
mod judge;
mod module;
mod ops;
mod oracle;
mod relaxed;
mod tree;

use std::collections::BTreeMap;
use std::ops::Range;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{CpuFeatures, Isa, OptLevel};

use crate::parallel;
use crate::report::{Output, Report};
use crate::spec::{is_left_out, is_long};
use crate::target::Target;
use families::{Depends, FAMILIES, Family};
use inputs::ROWS;
use judge::{Batch, Setup};
use tree::Tree;

/// Of how many trees a normal run takes one. A prime, so that what follows each other in a family is not left out together.
const STRIDE: usize = 61;

/// Trees of a family that a run takes.
#[derive(Clone, Copy, Debug)]
enum Pick {
    One(usize),
    Every { stride: usize, offset: usize },
}

impl Pick {
    fn takes(self, n: usize) -> bool {
        match self {
            Pick::One(only) => n == only,
            Pick::Every { stride, offset } => n % stride == offset % stride,
        }
    }
}

/// What became of trees in a configuration.
#[derive(Debug, Default)]
struct Found {
    right: usize,
    /// Trees without a row that could be wrong.
    idle: usize,
    /// Of each kind how many are wrong, and one in words.
    wrong: BTreeMap<String, (usize, String)>,
}

fn number(name: &str) -> Option<usize> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs families.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    let only = std::env::var("TREES").ok();
    let only = only.as_deref().and_then(|name| {
        let (family, number) = name.split_once(':')?;
        Some((family, number.parse().ok()?))
    });
    let usual = if is_long() { 1 } else { STRIDE };
    let stride = number("TREES_STRIDE").filter(|&n| n > 0).unwrap_or(usual);
    let offset = number("TREES_OFFSET").unwrap_or_else(commit) % stride;
    if only.is_none() {
        println!("trees: TREES_STRIDE={stride} TREES_OFFSET={offset}");
    }
    for family in FAMILIES {
        if !family.name.contains(filter) {
            continue;
        }
        match only {
            Some((name, number)) if name == family.name => {
                run(family, Pick::One(number), targets, output);
            }
            Some(_) => {}
            None => run(family, Pick::Every { stride, offset }, targets, output),
        }
    }
}

/// A number that changes with the commit, if git knows one.
fn commit() -> usize {
    let folder = env!("CARGO_MANIFEST_DIR");
    let head = Command::new("git")
        .args(["-C", folder, "rev-parse", "HEAD"])
        .output();
    let text = head.map(|out| String::from_utf8_lossy(&out.stdout).into_owned());
    let digits = text.ok().and_then(|text| text.get(..8).map(str::to_string));
    digits
        .and_then(|digits| usize::from_str_radix(&digits, 16).ok())
        .unwrap_or(0)
}

/// Trees of a family that one worker makes and tries, a batch after the other.
const PART: usize = 8 * module::MOST;

fn run(family: &Family, pick: Pick, targets: &[Target], output: &mut Output) {
    let setups = setups(family.depends, targets);
    let deterministic = family.depends == Depends::Deterministic;
    let found: Vec<Mutex<Found>> = setups.iter().map(|_| Mutex::default()).collect();
    let (picked, all) = count(family, pick);
    let part = (picked / 4).clamp(1000, PART);
    let starts: Vec<usize> = (0..picked).step_by(part).collect();
    let rows = AtomicUsize::new(0);
    let complaints = parallel::map(&starts, |&start| {
        let trees = make(family, pick, start..start + part);
        for trees in trees.chunks(module::MOST) {
            let batch = Batch::new(trees.to_vec(), deterministic)?;
            rows.fetch_add(batch.rows(), Ordering::Relaxed);
            for (setup, found) in setups.iter().zip(&found) {
                judge(&batch, setup, found);
            }
        }
        Ok::<(), String>(())
    });
    let share = 100.0 * rows.into_inner() as f64 / (picked * ROWS).max(1) as f64;
    println!(
        "    {}: {picked} of {all} trees, {share:.0} % of the rows say something",
        family.name
    );
    let mut complaints: Vec<String> = complaints.into_iter().filter_map(Result::err).collect();
    for (setup, found) in setups.iter().zip(found) {
        let found = found.into_inner().expect("no worker panics while storing");
        let mut report = Report::default();
        report.pass(found.right);
        report.skip(found.idle, "every row is left out");
        for (kind, (count, text)) in found.wrong {
            report.fail_many(count, format!("{count} of {kind}: {text}"));
        }
        // No executable was to blame.
        complaints.drain(..).for_each(|why| report.fail(why));
        output.report(&format!("trees {} {}", family.name, setup.name()), report);
    }
}

/// Tries a batch, and explains the first tree of each kind that is wrong.
fn judge(batch: &Batch, setup: &Setup, found: &Mutex<Found>) {
    let lock = || found.lock().expect("no worker panics while storing");
    let wrong = batch.judge(setup);
    let idle = batch.idle();
    lock().right += batch.trees.len() - wrong.len() - idle;
    lock().idle += idle;
    for (n, why) in &wrong {
        let kind = &batch.trees[*n].kind;
        let is_known = lock().wrong.contains_key(kind);
        let text = match is_known {
            true => String::new(),
            false => batch.explain(*n, setup, why),
        };
        lock().wrong.entry(kind.clone()).or_insert((0, text)).0 += 1;
    }
}

/// How many trees of a family are picked, and how many there are.
fn count(family: &Family, pick: Pick) -> (usize, usize) {
    let (mut picked, mut all) = (0, 0);
    (family.each)(&mut |_| {
        picked += usize::from(pick.takes(all));
        all += 1;
    });
    (picked, all)
}

/// Those of the picked trees whose numbers among the picked ones are in the range.
fn make(family: &Family, pick: Pick, range: Range<usize>) -> Vec<Tree> {
    let (mut picked, mut all) = (0, 0);
    let mut trees = Vec::new();
    (family.each)(&mut |make| {
        if pick.takes(all) {
            if range.contains(&picked) {
                let name = format!("{}:{all}", family.name);
                trees.push(Tree { name, ..make() });
            }
            picked += 1;
        }
        all += 1;
    });
    trees
}

/// The configurations in which the trees of a family make different code.
fn setups(depends: Depends, targets: &[Target]) -> Vec<Setup> {
    let mut list = Vec::new();
    for target in targets {
        let memories = match depends {
            Depends::Memory | Depends::Atomics => {
                &[MemoryMode::Fixed, MemoryMode::Pinned, MemoryMode::Checked][..]
            }
            Depends::Level | Depends::Deterministic => &[MemoryMode::Fixed],
        };
        let memories = memories
            .iter()
            .filter(|&&memory| !is_left_out(memory, target));
        let memories: Vec<MemoryMode> = memories.copied().collect();
        // AArch64's levels tell apart atomics only.
        let newest = match (target.isa, depends) {
            (Isa::X64, _) | (Isa::A64, Depends::Atomics) => target.newest_cpu(),
            (Isa::A64, _) => CpuFeatures::BASELINE,
        };
        let mut cpus = vec![CpuFeatures::BASELINE, newest];
        cpus.dedup();
        for cpu in cpus {
            let mut names = CpuFeatures::levels(target.isa).iter();
            let name = names.find(|(_, features)| *features == cpu);
            let level = name.map_or("native", |(name, _)| name);
            for &memory in &memories {
                for opt in [OptLevel::O0, OptLevel::O2] {
                    list.push(Setup {
                        target: target.clone(),
                        cpu,
                        level,
                        memory,
                        opt,
                        deterministic: depends == Depends::Deterministic,
                    });
                }
            }
        }
    }
    list
}
