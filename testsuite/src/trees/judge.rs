//! A batch of trees: what the interpreter says, and whether executables agree.

use std::fmt;

use wative_compiler::Input;
use wative_compiler::abi::TrapCode;
use wative_compiler::ir::interp::Nans;
use wative_compiler::ir::{EntryKind, MemoryMode};
use wative_compiler::options::{CpuFeatures, OptLevel, Options};

use super::inputs::{self, CELL, ROWS};
use super::module::{self, Expected};
use super::ops::Nan;
use super::oracle::{How, Oracle};
use super::relaxed;
use super::tree::Tree;
use crate::compile;
use crate::differential::ask;
use crate::spec::chain::{Answer, hex};
use crate::target::Target;

/// How trees are compiled.
#[derive(Clone, Debug)]
pub struct Setup {
    pub target: Target,
    pub cpu: CpuFeatures,
    /// Name of the CPU level.
    pub level: &'static str,
    pub memory: MemoryMode,
    pub opt: OptLevel,
    pub deterministic: bool,
}

impl Setup {
    /// The compiler's options.
    fn options(&self) -> Options {
        Options {
            isa: self.target.isa,
            platform: self.target.platform.platform(),
            cpu: self.cpu,
            opt: self.opt,
            memory: self.memory,
            deterministic: self.deterministic,
            entry: EntryKind::Script,
            jobs: 1,
            verify: true,
            ..Options::default()
        }
    }

    /// Compiles and links a module.
    fn executable(&self, text: &str) -> Result<Vec<u8>, String> {
        compile::executable(&[input(text)?], &self.target, &self.options())
            .map_err(|failure| failure.to_string())
    }

    /// In a word, for summaries and failures.
    pub fn name(&self) -> String {
        let deterministic = if self.deterministic {
            " deterministic"
        } else {
            ""
        };
        format!(
            "{} {:?} {:?}{deterministic}",
            self.level, self.memory, self.opt
        )
    }
}

/// Trees with what they must compute.
pub struct Batch {
    pub trees: Vec<Tree>,
    pub expected: Vec<Expected>,
    /// A row in which the tree traps, and how.
    traps: Vec<Option<(usize, TrapCode)>>,
    /// The module but for what is expected.
    text: String,
    /// What the trees end with, in each row.
    outcomes: Vec<Vec<Outcome>>,
}

/// What a row ends with: slots, NaNs that are free canonical, and the memory's cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    Slots(Vec<u64>, Vec<u8>),
    Trap(TrapCode),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Slots(slots, cell) if cell.is_empty() => write!(f, "{slots:x?}"),
            Outcome::Slots(slots, cell) => {
                write!(f, "{slots:x?} and in memory ")?;
                cell.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            Outcome::Trap(code) => write!(f, "trap {code:?}"),
        }
    }
}

impl Batch {
    /// Interprets trees. They are tried with other NaNs and relaxed results as well unless the program is `deterministic`: rows in which that
    /// makes a difference are left out.
    ///
    /// # Errors
    /// The module is not valid, or the interpreter cannot run it.
    pub fn new(mut trees: Vec<Tree>, deterministic: bool) -> Result<Batch, String> {
        if deterministic {
            let results = trees.iter_mut().flat_map(|tree| &mut tree.results);
            results.for_each(|(_, nan)| *nan = Nan::Exact);
        }
        let text = module::text(&trees);
        let oracle = Oracle::new(&text, &trees)?;
        let rows = |how: How| oracle.rows(&trees, deterministic, how);
        let plain = rows(How::Plain)?;
        let mut others = vec![rows(How::Elsewhere)?];
        if !deterministic {
            for nans in [
                Nans::Odd,
                Nans::Odder { seed: 1 },
                Nans::Ones { negative: false },
                Nans::Ones { negative: true },
                Nans::Negative,
                Nans::Host,
                Nans::Last,
            ] {
                others.push(rows(How::Nans(nans))?);
            }
            for choice in relaxed::choices() {
                for nans in [Nans::Canonical, Nans::Negative] {
                    others.push(rows(How::Relaxed(choice, nans))?);
                }
            }
        }
        let mut expected = Vec::new();
        let mut traps = Vec::new();
        for (n, outcomes) in plain.iter().enumerate() {
            let mut trap = None;
            let mut skipped = 0;
            let mut number = 0;
            for (row, outcome) in outcomes.iter().enumerate() {
                let differs = others
                    .iter()
                    .any(|rows| rows[n].get(row).is_some_and(|o| o != outcome));
                match outcome {
                    _ if differs => skipped |= 1 << row,
                    Outcome::Trap(code) => {
                        trap.get_or_insert((row, *code));
                        skipped |= 1 << row;
                    }
                    Outcome::Slots(..) => number = mixed(number, outcome),
                }
            }
            expected.push(Expected { skipped, number });
            traps.push(trap);
        }
        Ok(Batch {
            trees,
            expected,
            traps,
            text,
            outcomes: plain,
        })
    }

    /// Rows that are compared, of all trees together.
    pub fn rows(&self) -> usize {
        let compared = |e: &Expected| e.skipped.count_zeros() as usize;
        let traps = self.traps.iter().flatten().count();
        self.expected.iter().map(compared).sum::<usize>() + traps
    }

    /// Trees of which no row is compared.
    pub fn idle(&self) -> usize {
        let rows = self.expected.iter().zip(&self.traps);
        rows.filter(|(e, trap)| e.skipped == u32::MAX && trap.is_none())
            .count()
    }

    /// Compiles and runs the batch. Gives the numbers of the trees that are wrong, and how.
    pub fn judge(&self, setup: &Setup) -> Vec<(usize, String)> {
        let mut wrong = Vec::new();
        self.judge_some(setup, (0..self.trees.len()).collect(), &mut wrong);
        wrong
    }

    /// Judges some of the trees. What cannot be compiled or ends the process is found by halving.
    fn judge_some(&self, setup: &Setup, which: Vec<usize>, wrong: &mut Vec<(usize, String)>) {
        if which.is_empty() {
            return;
        }
        let why = match self.part(&which).attempt(setup) {
            Ok(list) => {
                wrong.extend(list.into_iter().map(|(n, why)| (which[n], why)));
                return;
            }
            Err(why) => why,
        };
        if let &[only] = &which[..] {
            wrong.push((only, why));
            return;
        }
        // Whom the message accuses goes alone; messages of several threads can be mixed up, so nobody is believed.
        if let Some(accused) = accused(&why).filter(|&n| n < which.len()) {
            let mut rest = which;
            let alone = rest.remove(accused);
            let known = wrong.len();
            self.judge_some(setup, vec![alone], wrong);
            if wrong.len() > known {
                return self.judge_some(setup, rest, wrong);
            }
            return self.halves(setup, rest, wrong);
        }
        self.halves(setup, which, wrong);
    }

    fn halves(&self, setup: &Setup, mut which: Vec<usize>, wrong: &mut Vec<(usize, String)>) {
        let second = which.split_off(which.len().div_ceil(2));
        self.judge_some(setup, which, wrong);
        self.judge_some(setup, second, wrong);
    }

    fn part(&self, which: &[usize]) -> Batch {
        let trees: Vec<Tree> = which.iter().map(|&n| self.trees[n].clone()).collect();
        let text = match which.len() == self.trees.len() {
            true => self.text.clone(),
            false => module::text(&trees),
        };
        Batch {
            trees,
            expected: which.iter().map(|&n| self.expected[n]).collect(),
            traps: which.iter().map(|&n| self.traps[n]).collect(),
            text,
            outcomes: Vec::new(),
        }
    }

    /// The trees that are wrong, and how. `Err`: it cannot be compiled, or ends in another way than it should.
    fn attempt(&self, setup: &Setup) -> Result<Vec<(usize, String)>, String> {
        /// Trees that may trap wrongly, and trees that may be wrong, before the rest is not looked at.
        const RUNS: usize = 40;
        const WRONG: usize = 200;
        let end = module::expectations(&self.trees, &self.expected);
        let executable = setup.executable(&format!("{}{end}", self.text))?;
        let mut lines = "instantiate 0\n".to_string();
        lines.push_str(&format!("invoke 0 {} \n", hex("run")).repeat(RUNS));
        for n in 0..WRONG {
            lines.push_str(&format!("invoke 0 {} {n:x}\n", hex("failed")));
        }
        let trapping: Vec<(usize, usize, TrapCode)> = self
            .traps
            .iter()
            .enumerate()
            .filter_map(|(n, trap)| trap.map(|(row, code)| (n, row, code)))
            .collect();
        for (n, row, _) in &trapping {
            lines.push_str(&format!(
                "invoke 0 {} {n:x}:{:x}\n",
                hex("one"),
                !(1u32 << row)
            ));
        }
        let answers = ask(&executable, &setup.target, &lines)?;
        let [instantiated, runs @ ..] = &answers[..] else {
            return Err("no answers".to_string());
        };
        if *instantiated != Answer::Slots(Vec::new()) || runs.len() != RUNS + WRONG + trapping.len()
        {
            return Err(format!("{instantiated:?}, {} answers", answers.len()));
        }
        let (runs, rest) = runs.split_at(RUNS);
        let (numbers, traps) = rest.split_at(WRONG);
        let count = match runs.last() {
            Some(Answer::Slots(count)) => count[0] as usize,
            other => return Err(format!("more than {RUNS} trees trap wrongly: {other:?}")),
        };
        if count > WRONG {
            return Err(format!("{count} trees are wrong"));
        }
        let mut wrong = Vec::new();
        for number in &numbers[..count] {
            match number {
                Answer::Slots(n) => wrong.push((n[0] as usize, "wrong".to_string())),
                other => return Err(format!("{other:?}")),
            }
        }
        for ((n, row, code), got) in trapping.iter().zip(traps) {
            if *got != Answer::Trap(*code) && !wrong.iter().any(|(other, _)| other == n) {
                wrong.push((*n, format!("row {row}: {got:x?} instead of trap {code:?}")));
            }
        }
        Ok(wrong)
    }

    /// A failure's text: the tree, the first row in which it differs, with both answers, and what repeats it.
    pub fn explain(&self, n: usize, setup: &Setup, why: &str) -> String {
        let tree = &self.trees[n];
        let difference = difference(tree, setup).unwrap_or_else(|e| e);
        let text = tree.function("(export \"f\")");
        format!(
            "TREES={} on {}: {why}; {difference}\n{text}",
            tree.name,
            setup.name()
        )
    }
}

/// The number of the tree whose function a message about a bug names.
fn accused(why: &str) -> Option<usize> {
    let (_, name) = why.split_once("compiling function tree")?;
    let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// A module from text.
fn input(text: &str) -> Result<Input, String> {
    compile::input("trees", text.as_bytes()).map_err(|e| e.to_string())
}

fn mixed(number: u64, outcome: &Outcome) -> u64 {
    let Outcome::Slots(slots, cell) = outcome else {
        return number;
    };
    let words = cell
        .chunks(8)
        .map(|bytes| u64::from_le_bytes(bytes.try_into().expect("8 bytes")));
    slots.iter().copied().chain(words).fold(number, module::mix)
}

/// A module with the tree alone, with a row's cell in its memory.
pub fn alone(tree: &Tree, row: usize) -> String {
    let mut text = "(module\n".to_string();
    text.push_str(&tree.function("(export \"f\")"));
    let body = &tree.code;
    if tree.objects {
        text.push_str(&module::objects());
    }
    if tree.memory || body.contains("$") && needs_helpers(body) {
        text.push_str(&module::helpers());
        text.push_str(&inputs::segment(inputs::TABLE, inputs::table()));
        text.push_str(&inputs::segment(CELL, inputs::cell(row)));
        text.push_str(&format!(
            "(func (export \"cell\") (param i32) (result i64) (i64.load offset={CELL} (local.get 0)))\n"
        ));
    }
    text + ")\n"
}

/// Whether the text needs more than itself.
fn needs_helpers(body: &str) -> bool {
    ["call", "$g_", "table", "memory.", "$number"]
        .iter()
        .any(|word| body.contains(word))
}

/// The first row whose answers differ, with the tree alone.
fn difference(tree: &Tree, setup: &Setup) -> Result<String, String> {
    let batch = Batch::new(vec![tree.clone()], setup.deterministic)?;
    let skipped = batch.expected[0].skipped;
    let trap = batch.traps[0].map(|(row, _)| row);
    let rows: Vec<usize> = (0..ROWS)
        .filter(|&row| skipped >> row & 1 == 0 || trap == Some(row))
        .collect();
    let end = module::expectations(&batch.trees, &batch.expected);
    let executable = setup.executable(&format!("{}{end}", batch.text))?;
    let mut lines = "instantiate 0\n".to_string();
    for row in &rows {
        lines.push_str(&format!("invoke 0 {} 0:{:x}\n", hex("one"), !(1u32 << row)));
    }
    let answers = ask(&executable, &setup.target, &lines)?;
    for (&row, answer) in rows.iter().zip(&answers[1..]) {
        let want = &batch.outcomes[0][row];
        let agrees = match (want, answer) {
            (Outcome::Slots(..), Answer::Slots(number)) => mixed(0, want) == number[0],
            (Outcome::Trap(code), Answer::Trap(other)) => code == other,
            _ => false,
        };
        if !agrees {
            return in_row(tree, row, want, setup);
        }
    }
    Ok("alone it is right".to_string())
}

/// What the tree computes in a row, in words.
fn in_row(tree: &Tree, row: usize, want: &Outcome, setup: &Setup) -> Result<String, String> {
    let arguments = tree.arguments(row);
    let list: Vec<String> = arguments.iter().map(|v| format!("{v:x}")).collect();
    let mut lines = format!("instantiate 0\ninvoke 0 {} {}\n", hex("f"), list.join(":"));
    if tree.memory {
        for at in (0..inputs::CELL_SIZE).step_by(8) {
            lines.push_str(&format!("invoke 0 {} {at:x}\n", hex("cell")));
        }
    }
    let executable = setup.executable(&alone(tree, row))?;
    let answers = ask(&executable, &setup.target, &lines)?;
    let got = match answers.get(1) {
        Some(Answer::Slots(slots)) => {
            let mut slots = slots.clone();
            tree.canonicalise(&mut slots);
            let cell = answers[2..].iter().flat_map(|answer| match answer {
                Answer::Slots(word) => word[0].to_le_bytes().to_vec(),
                _ => Vec::new(),
            });
            Outcome::Slots(slots, cell.collect())
        }
        Some(Answer::Trap(code)) => Outcome::Trap(*code),
        other => return Ok(format!("alone, row {row}: {other:?}")),
    };
    Ok(format!(
        "row {row}, arguments {}: {got}, interpreter {want}",
        list.join(" ")
    ))
}
