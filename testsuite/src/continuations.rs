//! Programs full of continuations, and what they compute by a model of them here: generators in loops, suspended across calls, by way of outer handlers, switched,
//! bound, resumed with exceptions, kept in locals and globals, with objects, floats and more numbers than there are registers on their stacks.
//!
//! A program is a list of bodies, each a list of actions. It is written as a module, and executed by [`Machine`], whose stacks are lists of frames.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use wative_compiler::abi::TrapCode;

use crate::compile;
use crate::differential::{self, Comparison, Setup};
use crate::random::Random;
use crate::spec::chain::{Answer, hex};
use crate::target::Target;
use wative_compiler::Input;

const BODIES: usize = 6;
/// Places for continuations: so many locals of each function, then globals.
const LOCAL_SLOTS: usize = 2;
const SLOTS: usize = 4;
/// Numbers that each function keeps besides the one that it works with.
const KEPT: usize = 6;
/// Calls and resumptions until there are no more.
const FUEL: u32 = 60;

/// What a resumption handles: suspensions by two tags, switches.
#[derive(Clone, Copy)]
struct Handles([bool; 3]);

const SWITCH: usize = 2;

enum Action {
    /// The number times one constant, plus another.
    Compute(u64, u64),
    /// Exchanges the number with a kept one, to which it is added.
    Keep(usize),
    /// Into the hash of the run.
    Log,
    /// Into a new object; out of it.
    Box,
    Unbox,
    Float,
    Suspend(usize),
    /// A new continuation of a body, with a value bound to it or not.
    New {
        slot: usize,
        body: usize,
        bound: bool,
    },
    Resume {
        slot: usize,
        handles: Handles,
    },
    /// Throws a new exception there, or one that was caught already.
    ResumeThrow {
        slot: usize,
        handles: Handles,
        caught: bool,
    },
    /// Resumes a new continuation which gets another new one that it may switch to.
    Pair {
        slot: usize,
        bodies: [usize; 2],
        handles: Handles,
    },
    /// Switches to the partner, if there is one.
    Switch,
    Move {
        from: usize,
        to: usize,
    },
    /// Both have it then: one will be used up.
    Copy {
        from: usize,
        to: usize,
    },
    Call(usize),
    Throw,
    Try(Vec<Action>),
    Loop(u32, Vec<Action>),
}

/// A program.
pub struct Program {
    bodies: Vec<Vec<Action>>,
}

impl Program {
    /// A random one.
    pub fn new(random: &mut Random) -> Program {
        let body = |n| {
            let mut actions = Vec::new();
            for _ in 0..3 + random.below(8) {
                actions.push(action(random, n == 0, 2));
            }
            actions
        };
        Program {
            bodies: (0..BODIES).map(body).collect(),
        }
    }
}

/// An action; the first body runs on no stack of a continuation, so most of what suspends would trap there.
fn action(random: &mut Random, first: bool, depth: usize) -> Action {
    let slot = random.below(SLOTS);
    let body = random.below(BODIES);
    let handles = Handles([
        random.below(4) != 0,
        random.below(4) != 0,
        random.below(8) != 0,
    ]);
    let suspends = !first || random.below(40) == 0;
    match random.below(22) {
        0 => Action::Compute(random.word() | 1, random.word()),
        1 | 2 => Action::Keep(random.below(KEPT)),
        3 => Action::Log,
        4 => Action::Box,
        5 => Action::Unbox,
        6 => Action::Float,
        7..=9 if suspends => Action::Suspend(random.below(2)),
        10 if suspends => Action::Switch,
        7 | 8 | 11 => Action::New {
            slot,
            body,
            bound: random.below(4) == 0,
        },
        9 | 10 | 12..=14 => Action::Resume { slot, handles },
        15 => match random.below(2) {
            0 => Action::ResumeThrow {
                slot,
                handles,
                caught: random.below(2) == 0,
            },
            _ => Action::Throw,
        },
        16 => Action::Pair {
            slot,
            bodies: [body, random.below(BODIES)],
            handles,
        },
        17 => Action::Move {
            from: random.below(SLOTS),
            to: slot,
        },
        18 if random.below(4) == 0 => Action::Copy {
            from: random.below(SLOTS),
            to: slot,
        },
        19 => Action::Call(body),
        n if depth > 0 => {
            let inner = (0..1 + random.below(5)).map(|_| action(random, first, depth - 1));
            let inner = inner.collect();
            match n {
                20 => Action::Try(inner),
                _ => Action::Loop(1 + random.below(3) as u32, inner),
            }
        }
        _ => Action::Log,
    }
}

const HEAD: &str = r#"(module
(rec (type $fs (func (param i64 (ref null $ks)) (result i64))) (type $ks (cont $fs)))
(type $f (func (param i64) (result i64)))
(type $k (cont $f))
(type $f2 (func (param i64 i64) (result i64)))
(type $k2 (cont $f2))
(type $box (struct (field (mut i64))))
(tag $t0 (param i64) (result i64))
(tag $t1 (param i64) (result i64))
(tag $t2 (result i64))
(tag $e (param i64))
(global $hash (mut i64) (i64.const 0))
(global $fuel (mut i32) (i32.const 0))
(global $s2 (mut (ref null $k)) (ref.null $k))
(global $s3 (mut (ref null $k)) (ref.null $k))
(func (export "run") (param i64) (result i64)
  (global.set $hash (i64.const 0))
  (global.set $fuel (i32.const FUEL))
  (block $thrown (result i64)
    (try_table (catch $e $thrown)
      (return (i64.xor (call $b0 (local.get 0) (ref.null $ks)) (global.get $hash))))
    (unreachable))
  (i64.xor (i64.rotl (global.get $hash) (i64.const 9))))
"#;

impl Program {
    /// Its text.
    pub fn text(&self) -> String {
        let mut text = HEAD.replace("FUEL", &FUEL.to_string());
        for (n, body) in self.bodies.iter().enumerate() {
            let mut code = String::new();
            write_all(&mut code, body);
            let kept: String = (0..KEPT).map(|y| format!(" (local $y{y} i64)")).collect();
            let result = (0..KEPT).fold("(local.get $x)".to_string(), |sum, y| {
                format!(
                    "(i64.xor {sum} (i64.rotl (local.get $y{y}) (i64.const {})))",
                    y + 1
                )
            });
            writeln!(
                text,
                "(elem declare func $b{n} $w{n} $d{n})
(func $w{n} (type $f) (call $b{n} (local.get 0) (ref.null $ks)))
(func $d{n} (type $f2) (call $b{n} (i64.add (i64.mul (local.get 0) (i64.const 3)) (local.get 1)) (ref.null $ks)))
(func $b{n} (type $fs) (param $x i64) (param $p (ref null $ks)) (result i64)
(local $s0 (ref null $k)) (local $s1 (ref null $k)) (local $c (ref null $k)) (local $v i64) (local $o (ref null $box)) (local $d f64) (local $n i32){kept}
{code}{result})"
            )
            .expect("a string takes all");
        }
        text.push(')');
        text
    }
}

fn write_all(code: &mut String, actions: &[Action]) {
    for action in actions {
        write(code, action);
    }
}

fn get(slot: usize) -> String {
    let kind = if slot < LOCAL_SLOTS {
        "local"
    } else {
        "global"
    };
    format!("({kind}.get $s{slot})")
}

fn set(slot: usize, value: &str) -> String {
    let kind = if slot < LOCAL_SLOTS {
        "local"
    } else {
        "global"
    };
    format!("({kind}.set $s{slot} {value})")
}

const LET_X: &str = "(local.set $x (i64.xor (local.get $x) ";
const USE_FUEL: &str = "(br_if $skip (i32.eqz (global.get $fuel))) (global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))\n";

fn write(code: &mut String, action: &Action) {
    let text = match action {
        Action::Compute(a, b) => format!(
            "(local.set $x (i64.add (i64.mul (local.get $x) (i64.const {})) (i64.const {})))",
            *a as i64, *b as i64
        ),
        Action::Keep(y) => format!(
            "(local.set $y{y} (i64.add (local.tee $v (local.get $y{y})) (local.get $x))) (local.set $x (local.get $v))"
        ),
        Action::Log => "(global.set $hash (i64.xor (i64.rotl (global.get $hash) (i64.const 5)) (local.get $x)))".to_string(),
        Action::Box => "(local.set $o (struct.new $box (local.get $x)))".to_string(),
        Action::Unbox => "(if (ref.is_null (local.get $o)) (then) (else (local.set $x (i64.add (local.get $x) (struct.get $box 0 (local.get $o))))))".to_string(),
        Action::Float => "(local.set $x (i64.add (local.get $x) (i64.trunc_sat_f64_s (local.get $d))))
(local.set $d (f64.add (f64.mul (local.get $d) (f64.const 0.5)) (f64.convert_i64_u (i64.and (local.get $x) (i64.const 65535)))))".to_string(),
        Action::Suspend(tag) => format!("(local.set $x (i64.add (suspend $t{tag} (local.get $x)) (local.get $x)))"),
        Action::New { slot, body, bound: false } => set(*slot, &format!("(cont.new $k (ref.func $w{body}))")),
        Action::New { slot, body, bound: true } => {
            set(*slot, &format!("(cont.bind $k2 $k (local.get $x) (cont.new $k2 (ref.func $d{body})))"))
        }
        Action::Resume { slot, handles } => {
            let code = |on: &str| format!("(resume $k {on} (local.get $x) (local.get $c))");
            resumption(*slot, *handles, true, code)
        }
        Action::ResumeThrow { slot, handles, caught: false } => {
            let code = |on: &str| format!("(resume_throw $k $e {on} (local.get $x) (local.get $c))");
            resumption(*slot, *handles, true, code)
        }
        Action::ResumeThrow { slot, handles, caught: true } => {
            let exception = "(block $caught (result exnref) (try_table (catch_all_ref $caught) (throw $e (local.get $x))) (unreachable))";
            let code = |on: &str| format!("(resume_throw_ref $k {on} {exception} (local.get $c))");
            resumption(*slot, *handles, true, code)
        }
        Action::Pair { slot, bodies: [one, two], handles } => {
            let code = |on: &str| {
                format!("(resume $ks {on} (local.get $x) (cont.new $ks (ref.func $b{two})) (cont.new $ks (ref.func $b{one})))")
            };
            resumption(*slot, *handles, false, code)
        }
        Action::Switch => "(block $skip (br_if $skip (ref.is_null (local.get $p)))
(switch $ks $t2 (local.get $x) (local.get $p)) (local.set $p) (local.set $v) (local.set $x (i64.add (local.get $x) (local.get $v))))".to_string(),
        Action::Move { from, to } => {
            format!("(local.set $c {}) {} {}", get(*from), set(*from, "(ref.null $k)"), set(*to, "(local.get $c)"))
        }
        Action::Copy { from, to } => set(*to, &get(*from)),
        Action::Call(body) => {
            format!("(block $skip {USE_FUEL}{LET_X}(call $b{body} (local.get $x) (ref.null $ks)))))")
        }
        Action::Throw => "(if (i32.and (i32.wrap_i64 (local.get $x)) (i32.const 1)) (then (throw $e (local.get $x))))".to_string(),
        Action::Try(actions) => {
            code.push_str("(block $after (block $thrown (result i64) (try_table (catch $e $thrown)\n");
            write_all(code, actions);
            format!("(br $after)) (unreachable)) (local.set $v) {LET_X}(i64.rotl (local.get $v) (i64.const 3)))))")
        }
        Action::Loop(count, actions) => {
            // The counter is an operand that stays on the stack.
            writeln!(code, "(i32.const {count}) (loop $next (param i32)").expect("a string takes all");
            write_all(code, actions);
            "(i32.const 1) (i32.sub) (local.tee $n) (local.get $n) (br_if $next) (drop))".to_string()
        }
    };
    code.push_str(&text);
    code.push('\n');
}

/// A resumption of what is in the slot, which is empty then, or of something new, and what becomes of its ends.
fn resumption(slot: usize, handles: Handles, taken: bool, code: impl Fn(&str) -> String) -> String {
    let clauses = ["(on $t0 $on0)", "(on $t1 $on1)", "(on $t2 switch)"];
    let on: String = (clauses.into_iter().zip(handles.0))
        .filter_map(|(text, on)| on.then_some(text))
        .collect();
    let take = match taken {
        true => format!(
            "(local.set $c {}) {} (br_if $skip (ref.is_null (local.get $c)))",
            get(slot),
            set(slot, "(ref.null $k)")
        ),
        false => String::new(),
    };
    let suspended = |factor| {
        format!(
            "(local.set $c) (local.set $v) {} (local.set $x (i64.add (local.get $x) (i64.mul (local.get $v) (i64.const {factor})))) (br $skip)",
            set(slot, "(local.get $c)")
        )
    };
    format!(
        "(block $skip {USE_FUEL}{take}
(block $ret (result i64) (block $on0 (result i64 (ref null $k)) (block $on1 (result i64 (ref null $k))
{} (br $ret))
{})
{})
(local.set $v) {LET_X}(local.get $v))))",
        code(&on),
        suspended(3),
        suspended(2)
    )
}

/// Arguments of a few runs in one instance, with what they answer.
pub fn runs(program: &Program, random: &mut Random) -> Vec<(u64, Answer)> {
    let mut machine = Machine::new(program);
    (0..4)
        .map(|_| {
            let argument = random.word();
            (argument, machine.run(argument))
        })
        .collect()
}

/// Compares the interpreter and native code on every target with the model. For each target: how many answers agreed, or the first difference. Where memory or stack is used up, it ends.
///
/// # Errors
/// The interpreter disagrees.
pub fn compare(
    targets: &[Target],
    inputs: &[Input],
    setup: Setup,
    runs: &[(u64, Answer)],
) -> Result<Comparison, String> {
    let (arguments, want): (Vec<u64>, Vec<&Answer>) =
        runs.iter().map(|(a, want)| (*a, want)).unzip();
    let (answers, has, ran) = differential::interpreted(inputs, setup, "run", &arguments)?;
    if answers.iter().collect::<Vec<_>>() != want {
        return Err(format!(
            "the interpreter answers {answers:x?}, want {want:x?}"
        ));
    }
    let options = differential::options(setup);
    let mut lines = "instantiate 0\n".to_string();
    for (argument, _) in runs {
        writeln!(lines, "invoke 0 {} {argument:x}", hex("run")).expect("a string takes all");
    }
    let on = |target: &Target| {
        let options = differential::on_target(&options, target, setup);
        let executable =
            compile::executable(inputs, target, &options).map_err(|e| e.to_string())?;
        let answers = differential::ask(&executable, target, &lines)?;
        let used_up = [TrapCode::StackOverflow, TrapCode::OutOfMemory].map(Answer::Trap);
        let mut agreed = 0;
        // The first answer is that of the instantiation.
        for (n, (argument, want)) in runs.iter().enumerate() {
            match answers.get(n + 1) {
                Some(got) if got == want => agreed += 1,
                Some(got) if used_up.contains(got) => break,
                got => {
                    return Err(format!(
                        "run {n} of {argument:#x}: {got:x?}, want {want:x?}"
                    ));
                }
            }
        }
        Ok(agreed)
    };
    Ok(Comparison {
        verdicts: targets.iter().map(on).collect(),
        refused: None,
        has,
        ran,
    })
}

/// A script that asserts the answers.
pub fn script(program: &Program, runs: &[(u64, Answer)]) -> String {
    let mut script = program.text();
    for (argument, answer) in runs {
        let call = format!("(invoke \"run\" (i64.const {}))", *argument as i64);
        let line = match answer {
            Answer::Slots(slots) => {
                format!("(assert_return {call} (i64.const {}))", slots[0] as i64)
            }
            Answer::Trap(code) => format!("(assert_trap {call} {:?})", code.message()),
            Answer::Other(other) => unreachable!("{other}"),
        };
        writeln!(script, "\n{line}").expect("a string takes all");
    }
    script
}

/// How a resumption goes on.
#[derive(Clone, Copy)]
struct Resumed {
    slot: usize,
    handles: Handles,
}

#[derive(Clone, Default)]
struct Locals {
    x: u64,
    kept: [u64; KEPT],
    slots: [Option<usize>; LOCAL_SLOTS],
    partner: Option<usize>,
    boxed: Option<u64>,
    float: f64,
}

enum Kind {
    Function(Box<Locals>),
    Try,
    Loop(u32),
}

struct Frame<'a> {
    actions: &'a [Action],
    next: usize,
    kind: Kind,
}

/// A stack, with how the resumption below it goes on.
struct Stack<'a> {
    /// Of what has not begun: the body, and the value that is bound.
    begins: Option<(usize, Option<u64>)>,
    frames: Vec<Frame<'a>>,
    resumed: Resumed,
}

/// The model. What a trap leaves of continuations stays, as in an instance.
pub struct Machine<'a> {
    program: &'a Program,
    /// By number; those that were used are gone.
    continuations: Vec<Option<Vec<Stack<'a>>>>,
    globals: [Option<usize>; SLOTS - LOCAL_SLOTS],
    /// Those that run, the innermost one last.
    stacks: Vec<Stack<'a>>,
    hash: u64,
    fuel: u32,
    /// The instructions on continuations that were executed.
    executed: BTreeSet<&'static str>,
}

/// How a run ends early.
enum End {
    Trap(TrapCode),
    Done(u64),
}

impl<'a> Machine<'a> {
    /// A new instance.
    pub fn new(program: &'a Program) -> Machine<'a> {
        Machine {
            program,
            continuations: Vec::new(),
            globals: [None; SLOTS - LOCAL_SLOTS],
            stacks: Vec::new(),
            hash: 0,
            fuel: 0,
            executed: BTreeSet::new(),
        }
    }

    /// What `run` answers.
    pub fn run(&mut self, x: u64) -> Answer {
        (self.hash, self.fuel) = (0, FUEL);
        self.stacks = vec![Stack {
            begins: None,
            frames: Vec::new(),
            resumed: Resumed {
                slot: 0,
                handles: Handles([false; 3]),
            },
        }];
        self.enter(0, x, None);
        loop {
            match self.step() {
                Ok(()) => {}
                Err(End::Trap(code)) => return Answer::Trap(code),
                Err(End::Done(value)) => return Answer::Slots(vec![value]),
            }
        }
    }

    fn top(&mut self) -> &mut Vec<Frame<'a>> {
        &mut self.stacks.last_mut().expect("a stack runs").frames
    }

    fn locals(&mut self) -> &mut Locals {
        let mut frames = self.top().iter_mut().rev();
        let found = frames.find_map(|frame| match &mut frame.kind {
            Kind::Function(locals) => Some(locals),
            Kind::Try | Kind::Loop(_) => None,
        });
        found.expect("a function runs")
    }

    fn slot(&mut self, slot: usize) -> &mut Option<usize> {
        match slot.checked_sub(LOCAL_SLOTS) {
            Some(global) => &mut self.globals[global],
            None => &mut self.locals().slots[slot],
        }
    }

    fn enter(&mut self, body: usize, x: u64, partner: Option<usize>) {
        let locals = Locals {
            x,
            partner,
            ..Locals::default()
        };
        let actions = &self.program.bodies[body];
        self.top().push(Frame {
            actions,
            next: 0,
            kind: Kind::Function(Box::new(locals)),
        });
    }

    fn step(&mut self) -> Result<(), End> {
        let Some(frame) = self.top().last_mut() else {
            unreachable!("a stack without frames has ended");
        };
        if let Some(action) = frame.actions.get(frame.next) {
            frame.next += 1;
            return self.act(action);
        }
        match &mut frame.kind {
            Kind::Loop(more) if *more > 1 => {
                *more -= 1;
                frame.next = 0;
            }
            Kind::Loop(_) | Kind::Try => _ = self.top().pop(),
            Kind::Function(locals) => {
                let kept = locals.kept.iter().zip(1..);
                let result = kept.fold(locals.x, |sum, (y, n)| sum ^ y.rotate_left(n));
                self.top().pop();
                return self.returned(result);
            }
        }
        Ok(())
    }

    /// A function has returned, to its caller or to whoever resumed its stack.
    fn returned(&mut self, result: u64) -> Result<(), End> {
        if self.top().is_empty() {
            self.stacks.pop();
            if self.stacks.is_empty() {
                return Err(End::Done(result ^ self.hash));
            }
        }
        self.locals().x ^= result;
        Ok(())
    }

    fn burn(&mut self) -> bool {
        let burns = self.fuel > 0;
        self.fuel -= u32::from(burns);
        burns
    }

    fn act(&mut self, action: &'a Action) -> Result<(), End> {
        let x = self.locals().x;
        match action {
            Action::Compute(a, b) => self.locals().x = x.wrapping_mul(*a).wrapping_add(*b),
            Action::Keep(y) => {
                let locals = self.locals();
                locals.x = locals.kept[*y];
                locals.kept[*y] = locals.x.wrapping_add(x);
            }
            Action::Log => self.hash = self.hash.rotate_left(5) ^ x,
            Action::Box => self.locals().boxed = Some(x),
            Action::Unbox => {
                let boxed = self.locals().boxed.unwrap_or(0);
                self.locals().x = x.wrapping_add(boxed);
            }
            Action::Float => {
                let locals = self.locals();
                locals.x = x.wrapping_add(locals.float as i64 as u64);
                locals.float = locals.float * 0.5 + (locals.x & 0xffff) as f64;
            }
            Action::Suspend(tag) => return self.suspend(*tag, x),
            Action::New { slot, body, bound } => {
                let new = self.make(*body, bound.then_some(x));
                self.executed.extend(bound.then_some("cont_bind"));
                *self.slot(*slot) = Some(new);
            }
            Action::Resume { slot, handles } => {
                if self.burn()
                    && let Some(taken) = self.slot(*slot).take()
                {
                    self.attach(taken, *slot, *handles)?;
                    self.executed.insert("resume");
                    self.deliver(x, None);
                }
            }
            Action::ResumeThrow {
                slot,
                handles,
                caught,
            } => {
                if self.burn()
                    && let Some(taken) = self.slot(*slot).take()
                {
                    self.attach(taken, *slot, *handles)?;
                    self.executed.insert(match caught {
                        true => "resume_throw_ref",
                        false => "resume_throw",
                    });
                    return self.throw(x);
                }
            }
            Action::Pair {
                slot,
                bodies,
                handles,
            } => {
                if self.burn() {
                    let [one, two] = bodies.map(|body| self.make(body, None));
                    self.attach(one, *slot, *handles)?;
                    self.deliver(x, Some(Some(two)));
                }
            }
            Action::Switch => {
                if let Some(partner) = self.locals().partner {
                    return self.switch(partner, x);
                }
            }
            Action::Move { from, to } => {
                let moved = self.slot(*from).take();
                *self.slot(*to) = moved;
            }
            Action::Copy { from, to } => {
                let copied = *self.slot(*from);
                *self.slot(*to) = copied;
            }
            Action::Call(body) => {
                if self.burn() {
                    self.enter(*body, x, None);
                }
            }
            Action::Throw if x & 1 == 1 => return self.throw(x),
            Action::Throw => {}
            Action::Try(actions) => self.nest(actions, Kind::Try),
            Action::Loop(count, actions) => self.nest(actions, Kind::Loop(*count)),
        }
        Ok(())
    }

    fn nest(&mut self, actions: &'a [Action], kind: Kind) {
        self.top().push(Frame {
            actions,
            next: 0,
            kind,
        });
    }

    fn make(&mut self, body: usize, bound: Option<u64>) -> usize {
        self.executed.insert("cont_new");
        self.keep(vec![Stack {
            begins: Some((body, bound)),
            frames: Vec::new(),
            resumed: Resumed {
                slot: 0,
                handles: Handles([false; 3]),
            },
        }])
    }

    fn keep(&mut self, stacks: Vec<Stack<'a>>) -> usize {
        self.continuations.push(Some(stacks));
        self.continuations.len() - 1
    }

    /// The innermost resumption that handles a tag: number of the stack above it.
    fn handler(&self, tag: usize) -> Result<usize, End> {
        let handles = |at: &usize| self.stacks[*at].resumed.handles.0[tag];
        let found = (1..self.stacks.len()).rev().find(handles);
        found.ok_or(End::Trap(TrapCode::UnhandledTag))
    }

    fn suspend(&mut self, tag: usize, x: u64) -> Result<(), End> {
        let at = self.handler(tag)?;
        let slot = self.stacks[at].resumed.slot;
        let suspended = self.stacks.split_off(at);
        self.executed.insert("suspend");
        let number = self.keep(suspended);
        *self.slot(slot) = Some(number);
        let locals = self.locals();
        locals.x = (locals.x).wrapping_add(x.wrapping_mul(2 + tag as u64));
        Ok(())
    }

    fn switch(&mut self, partner: usize, x: u64) -> Result<(), End> {
        if self.continuations[partner].is_none() {
            return Err(End::Trap(TrapCode::ContinuationConsumed));
        }
        let at = self.handler(SWITCH)?;
        let Resumed { slot, handles } = self.stacks[at].resumed;
        let left = self.stacks.split_off(at);
        let number = self.keep(left);
        self.attach(partner, slot, handles)?;
        self.executed.insert("switch");
        self.deliver(x, Some(Some(number)));
        Ok(())
    }

    /// Puts a continuation on top.
    fn attach(&mut self, number: usize, slot: usize, handles: Handles) -> Result<(), End> {
        let taken = self.continuations[number].take();
        let mut stacks = taken.ok_or(End::Trap(TrapCode::ContinuationConsumed))?;
        stacks[0].resumed = Resumed { slot, handles };
        self.stacks.append(&mut stacks);
        Ok(())
    }

    /// Gives the continuation on top its value and, if it is one of a pair, its partner.
    fn deliver(&mut self, value: u64, partner: Option<Option<usize>>) {
        let begins = self.stacks.last_mut().and_then(|stack| stack.begins.take());
        match begins {
            Some((body, Some(bound))) => {
                self.enter(body, bound.wrapping_mul(3).wrapping_add(value), None);
            }
            Some((body, None)) => self.enter(body, value, partner.flatten()),
            None => {
                let locals = self.locals();
                locals.x = locals.x.wrapping_add(value);
                if let Some(partner) = partner {
                    locals.partner = partner;
                }
            }
        }
    }

    fn throw(&mut self, value: u64) -> Result<(), End> {
        loop {
            while let Some(frame) = self.top().pop() {
                if matches!(frame.kind, Kind::Try) {
                    self.locals().x ^= value.rotate_left(3);
                    return Ok(());
                }
            }
            self.stacks.pop();
            if self.stacks.is_empty() {
                return Err(End::Done(value ^ self.hash.rotate_left(9)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The instructions of the proposal, as the reader of modules names them.
    macro_rules! stack_switching {
        ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
            [$((stringify!($proposal), stringify!($visit))),*]
        };
    }

    /// The programs of a normal run do all that can be done with continuations.
    #[test]
    fn each_instruction_is_executed() {
        let all = wasmparser::for_each_visit_operator!(stack_switching);
        let all = all.iter().filter(|(of, _)| *of == "stack_switching");
        let all: BTreeSet<&str> = all
            .filter_map(|(_, it)| it.strip_prefix("visit_"))
            .collect();
        let mut executed = BTreeSet::new();
        for seed in 0..crate::fuzz::CONTINUATIONS {
            let mut random = Random::new(seed);
            let program = Program::new(&mut random);
            let mut machine = Machine::new(&program);
            for _ in 0..4 {
                machine.run(random.word());
            }
            executed.append(&mut machine.executed);
        }
        assert!(!all.is_empty());
        assert_eq!(executed, all);
    }
}
