//! Stack switching at its limits: very many stacks, deep nesting, what is kept alive by what is suspended, and how traps go through stacks.
//!
//! Programs check themselves and exit with the number of the first check that fails. Rules are judged by scripts (`scripts/stacks.wast` and the proposal's).

use wative_compiler::abi::TrapCode;
use wative_compiler::ir::{EntryKind, MemoryMode, World};
use wative_compiler::options::{OptLevel, Options};

use crate::program::{self, build, in_all_configurations, options};
use crate::report::{Output, Report};
use crate::target::Target;

/// Exit status of a trap.
const TRAPPED: i32 = 134;

/// A program and how it ends: a status, or a trap with words of its message and backtrace, in this order.
struct Case {
    name: &'static str,
    text: String,
    end: Result<i32, (TrapCode, &'static [&'static str])>,
    /// Whether it also runs with a collection at every allocation.
    stressed: bool,
}

/// Runs everything on every target.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        let mut report = Report::default();
        in_all_configurations(
            &mut report,
            filter,
            &cases(target.is_native()),
            |case| case.name,
            |case, memory, opt| judge(case, target, memory, opt),
        );
        for (name, text, change, words) in REFUSED {
            if name.contains(filter) {
                report.outcome(name, refused(target, text, *change, words));
            }
        }
        output.report(&format!("stacks {}", target.name), report);
    }
}

fn judge(case: &Case, target: &Target, memory: MemoryMode, opt: OptLevel) -> Result<(), String> {
    let mut options = options(target, memory, opt);
    once(case, target, &options)?;
    if case.stressed {
        options.config.gc_stress = true;
        once(case, target, &options).map_err(|e| format!("with --gc-stress: {e}"))?;
    }
    Ok(())
}

fn once(case: &Case, target: &Target, options: &Options) -> Result<(), String> {
    let executable = build(case.text.as_bytes(), target, options)?;
    let finished = program::run(&executable, target, &[], b"")?;
    let stderr = String::from_utf8_lossy(&finished.stderr);
    let good = match case.end {
        Ok(status) => finished.code() == status && stderr.is_empty(),
        Err((code, words)) => {
            let message = format!("wasm trap: {}", code.message());
            let mut rest = &stderr[..];
            let mut found = |words: &str| {
                let at = rest.find(words);
                rest = at.map_or("", |at| &rest[at + words.len()..]);
                at.is_some()
            };
            finished.code() == TRAPPED && found(&message) && words.iter().all(|it| found(it))
        }
    };
    if good {
        Ok(())
    } else {
        Err(finished.describe())
    }
}

fn refused(
    target: &Target,
    text: &str,
    change: fn(&mut Options),
    words: &str,
) -> Result<(), String> {
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    change(&mut options);
    match build(text.as_bytes(), target, &options) {
        Err(message) if message.contains(words) => Ok(()),
        Err(message) => Err(message),
        Ok(_) => Err("it was compiled".to_string()),
    }
}

/// What cannot have continuations: a name, a module, what is different with it, and the message.
type Refused = (&'static str, &'static str, fn(&mut Options), &'static str);

const REFUSED: &[Refused] = &[(
    "refused: objects",
    r#"(module
          (type $f (func)) (type $k (cont $f))
          (func $none) (elem declare func $none)
          (func (export "run") (resume $k (cont.new $k (ref.func $none)))))"#,
    |options| {
        options.world = World::Open;
        options.entry = EntryKind::None;
    },
    "types of the stack switching proposal are not supported in objects for embedding",
)];

fn cases(native: bool) -> Vec<Case> {
    let good = |name, body: String| Case {
        name,
        text: command(&body),
        end: Ok(0),
        stressed: true,
    };
    let large = |name, body: String| Case {
        stressed: false,
        ..good(name, body)
    };
    let trap = |name, body: &str, code, words| Case {
        name,
        text: command(body),
        end: Err((code, words)),
        stressed: false,
    };
    let (many, deep, switches) = if native {
        ("1000000", "10000", "10000000")
    } else {
        ("20000", "1000", "100000")
    };
    let overflow = TrapCode::StackOverflow;
    vec![
        large("made and dropped", DROPPED.replace("COUNT", many)),
        large(
            "many at once",
            KEPT.replace("COUNT", if native { "200000" } else { "20000" }),
        ),
        large("nested", NESTED.replace("COUNT", deep)),
        large("generator", GENERATOR.replace("COUNT", switches)),
        good("a short generator", GENERATOR.replace("COUNT", "300")),
        good("registers", REGISTERS.to_string()),
        good("exceptions on other stacks", EXCEPTIONS.to_string()),
        good("exceptions that are bound", BOUND.to_string()),
        good("host functions", HOST.to_string()),
        good("the end of the process", EXIT.to_string()),
        trap(
            "nested for ever",
            ENDLESS,
            overflow,
            &[" - nest\n", " - nest\n"],
        ),
        trap("too many", TOO_MANY, overflow, &[" - main\n"]),
        trap(
            "recursion",
            RECURSION,
            overflow,
            &[" - down\n", " - down\n"],
        ),
        trap(
            "backtrace",
            BACKTRACE,
            TrapCode::Unreachable,
            &[
                " - boom\n",
                " - inner\n",
                " - middle\n",
                " - outer\n",
                " - main\n",
            ],
        ),
        trap(
            "backtrace after it was resumed elsewhere",
            ELSEWHERE,
            TrapCode::IntegerDivisionByZero,
            &[" - inner\n", " - middle\n", " - second\n", " - main\n"],
        ),
        Case {
            name: "garbage in a realloc",
            text: component(GARBAGE, "(call $bytes (i64.const 10) (i32.const 16))"),
            end: Ok(0),
            stressed: true,
        },
        Case {
            name: "garbage in a realloc of a continuation",
            text: component(GARBAGE, "(resume $k (cont.new $k (ref.func $gets)))"),
            end: Ok(0),
            stressed: true,
        },
        Case {
            name: "suspending in a realloc",
            text: component(
                "(suspend $e)",
                r#"(block $h (result (ref $k))
                  (resume $k (on $e $h) (cont.new $k (ref.func $gets)))
                  (unreachable))
                (drop)"#,
            ),
            end: Err((TrapCode::UnhandledTag, &["!realloc\n", "!work\n"])),
            stressed: false,
        },
        trap(
            "uncaught",
            UNCAUGHT,
            TrapCode::UncaughtException,
            &["with tag `oops`", " - main\n"],
        ),
        trap(
            "unhandled",
            UNHANDLED,
            TrapCode::UnhandledTag,
            &[" - inner\n", " - outer\n", " - main\n"],
        ),
    ]
}

/// A command around these fields; `_start` exits with what `$main` returns.
fn command(body: &str) -> String {
    format!(
        r#"(module
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (type $f (func))
          (type $k (cont $f))
          (tag $e)
          {body}
          (func (export "_start") (call $exit (call $main))))"#
    )
}

/// A command whose memory is another module's, the `realloc` of which begins so; and what is done while references live in the frame. `$gets` has the host call it.
fn component(realloc: &str, work: &str) -> String {
    format!(
        r#"(component
          (import "wasi:random/random@0.2.0" (instance $random
            (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))
          (core module $lib
            (type $box (struct (field (mut i32))))
            (tag $e (export "e"))
            (memory (export "memory") 1)
            (global $g (mut (ref null $box)) (ref.null $box))
            (func $realloc (export "realloc") (param i32 i32 i32 i32) (result i32) (local $i i32)
              {realloc}
              (i32.const 1024)))
          (core instance $lib (instantiate $lib))
          (core func $bytes (canon lower (func $random "get-random-bytes")
            (memory (core memory $lib "memory")) (realloc (core func $lib "realloc"))))
          (core module $main
            (type $f (func))
            (type $k (cont $f))
            (type $box (struct (field (mut i32))))
            (import "host" "bytes" (func $bytes (param i64 i32)))
            (import "lib" "e" (tag $e))
            (func $gets (local $b (ref null $box))
              (local.set $b (struct.new $box (i32.const 5)))
              (call $bytes (i64.const 10) (i32.const 16))
              (call $bytes (i64.const 10) (i32.const 16))
              (if (i32.ne (struct.get $box 0 (local.get $b)) (i32.const 5)) (then (unreachable))))
            (elem declare func $gets)
            (func $work (param $b (ref $box)) (result i32) (local $c (ref null $box))
              (local.set $c (struct.new $box (i32.const 5)))
              {work}
              (i32.add (struct.get $box 0 (local.get $b)) (struct.get $box 0 (local.get $c))))
            (func (export "run") (result i32)
              (i32.ne (call $work (struct.new $box (i32.const 7))) (i32.const 12))))
          (core instance $main (instantiate $main
            (with "host" (instance (export "bytes" (func $bytes))))
            (with "lib" (instance $lib))))
          (func $run (result (result)) (canon lift (core func $main "run")))
          (component $wrap (import "run" (func $r (result (result)))) (export "run" (func $r)))
          (instance $inst (instantiate $wrap (with "run" (func $run))))
          (export "wasi:cli/run@0.2.0" (instance $inst)))"#
    )
}

const GARBAGE: &str = r#"
  (loop $l
    (global.set $g (struct.new $box (i32.const 99)))
    (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))"#;

/// New ones, then suspended ones, then ended ones: none may keep a stack.
const DROPPED: &str = r#"
  (func $waits (suspend $e))
  (func $ends)
  (elem declare func $waits $ends)
  (func $main (result i32) (local $i i32)
    (loop $l
      (drop (cont.new $k (ref.func $waits)))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const COUNT))))
    (local.set $i (i32.const 0))
    (loop $l
      (block $h (result (ref $k))
        (resume $k (on $e $h) (cont.new $k (ref.func $waits)))
        (return (i32.const 1)))
      (drop)
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const COUNT))))
    (local.set $i (i32.const 0))
    (loop $l
      (resume $k (cont.new $k (ref.func $ends)))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const COUNT))))
    (i32.const 0))"#;

/// A thousand live in a table, where others take their places; each knows its number.
const KEPT: &str = r#"
  (type $box (struct (field i32)))
  (type $fi (func (param (ref $box))))
  (type $ki (cont $fi))
  (tag $mine (param i32))
  (table $t 1000 (ref null $k))
  (func $waits (param $b (ref $box))
    (suspend $e)
    (suspend $mine (struct.get $box 0 (local.get $b))))
  (elem declare func $waits)
  (func $main (result i32) (local $i i32)
    (loop $l
      (if (i32.ge_u (local.get $i) (i32.const 1000))
        (then
          (block $m (result i32 (ref $k))
            (resume $k (on $mine $m) (table.get $t (i32.rem_u (local.get $i) (i32.const 1000))))
            (return (i32.const 1)))
          (drop)
          (if (i32.ne (i32.sub (local.get $i) (i32.const 1000))) (then (return (i32.const 2))))))
      (i32.rem_u (local.get $i) (i32.const 1000))
      (block $h (result (ref $k))
        (resume $ki (on $e $h) (struct.new $box (local.get $i)) (cont.new $ki (ref.func $waits)))
        (return (i32.const 3)))
      (table.set $t)
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const COUNT))))
    (i32.const 0))"#;

const NESTED: &str = r#"
  (type $fi (func (param i32) (result i32)))
  (type $ki (cont $fi))
  (func $nest (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
    (i32.add (i32.const 1) (resume $ki (i32.sub (local.get 0) (i32.const 1)) (cont.new $ki (ref.func $nest)))))
  (elem declare func $nest)
  (func $main (result i32)
    (if (i32.ne (call $nest (i32.const COUNT)) (i32.const COUNT)) (then (return (i32.const 1))))
    ;; The stacks are there again.
    (i32.ne (call $nest (i32.const COUNT)) (i32.const COUNT)))"#;

/// Values through memory and through the stack.
const GENERATOR: &str = r#"
  (tag $yield (param i64))
  (func $gen (local $i i64)
    (loop $l
      (i64.store (i32.const 8) (local.get $i))
      (suspend $yield (local.get $i))
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (br $l)))
  (elem declare func $gen)
  (func $main (result i32) (local $n i64) (local $v i64) (local $k (ref $k))
    (local.set $k (cont.new $k (ref.func $gen)))
    (loop $l
      (block $h (result i64 (ref $k))
        (resume $k (on $yield $h) (local.get $k))
        (return (i32.const 1)))
      (local.set $k)
      (local.set $v)
      (if (i64.ne (local.get $v) (local.get $n)) (then (return (i32.const 2))))
      (if (i64.ne (i64.load (i32.const 8)) (local.get $n)) (then (return (i32.const 3))))
      (local.set $n (i64.add (local.get $n) (i64.const 1)))
      (br_if $l (i64.lt_u (local.get $n) (i64.const COUNT))))
    (i32.const 0))"#;

/// Both sides have more values than registers that callees preserve, of both classes.
const REGISTERS: &str = r#"
  (func $side (param $n i64)
    (local $a i64) (local $b i64) (local $c i64) (local $d i64) (local $g i64) (local $h i64) (local $i i64)
    (local $p f64) (local $q f64) (local $r f64) (local $s f64) (local $t f64) (local $u f64) (local $v f64) (local $w f64) (local $x f64)
    (local.set $a (i64.mul (local.get $n) (i64.const 3)))
    (local.set $b (i64.mul (local.get $n) (i64.const 5)))
    (local.set $c (i64.mul (local.get $n) (i64.const 7)))
    (local.set $d (i64.mul (local.get $n) (i64.const 11)))
    (local.set $g (i64.mul (local.get $n) (i64.const 13)))
    (local.set $h (i64.mul (local.get $n) (i64.const 17)))
    (local.set $i (i64.mul (local.get $n) (i64.const 19)))
    (local.set $p (f64.convert_i64_u (local.get $a)))
    (local.set $q (f64.convert_i64_u (local.get $b)))
    (local.set $r (f64.convert_i64_u (local.get $c)))
    (local.set $s (f64.convert_i64_u (local.get $d)))
    (local.set $t (f64.convert_i64_u (local.get $g)))
    (local.set $u (f64.convert_i64_u (local.get $h)))
    (local.set $v (f64.convert_i64_u (local.get $i)))
    (local.set $w (f64.convert_i64_u (local.get $n)))
    (local.set $x (f64.mul (local.get $w) (f64.const 0.5)))
    (call $cross)
    (if (i64.ne (local.get $a) (i64.mul (local.get $n) (i64.const 3))) (then (call $bad)))
    (if (i64.ne (local.get $b) (i64.mul (local.get $n) (i64.const 5))) (then (call $bad)))
    (if (i64.ne (local.get $c) (i64.mul (local.get $n) (i64.const 7))) (then (call $bad)))
    (if (i64.ne (local.get $d) (i64.mul (local.get $n) (i64.const 11))) (then (call $bad)))
    (if (i64.ne (local.get $g) (i64.mul (local.get $n) (i64.const 13))) (then (call $bad)))
    (if (i64.ne (local.get $h) (i64.mul (local.get $n) (i64.const 17))) (then (call $bad)))
    (if (i64.ne (local.get $i) (i64.mul (local.get $n) (i64.const 19))) (then (call $bad)))
    (if (f64.ne (local.get $p) (f64.convert_i64_u (local.get $a))) (then (call $bad)))
    (if (f64.ne (local.get $q) (f64.convert_i64_u (local.get $b))) (then (call $bad)))
    (if (f64.ne (local.get $r) (f64.convert_i64_u (local.get $c))) (then (call $bad)))
    (if (f64.ne (local.get $s) (f64.convert_i64_u (local.get $d))) (then (call $bad)))
    (if (f64.ne (local.get $t) (f64.convert_i64_u (local.get $g))) (then (call $bad)))
    (if (f64.ne (local.get $u) (f64.convert_i64_u (local.get $h))) (then (call $bad)))
    (if (f64.ne (local.get $v) (f64.convert_i64_u (local.get $i))) (then (call $bad)))
    (if (f64.ne (local.get $w) (f64.convert_i64_u (local.get $n))) (then (call $bad)))
    (if (f64.ne (local.get $x) (f64.mul (f64.convert_i64_u (local.get $n)) (f64.const 0.5))) (then (call $bad))))
  (global $inside (mut i32) (i32.const 0))
  (global $bad (mut i32) (i32.const 0))
  (global $k (mut (ref null $k)) (ref.null $k))
  (func $bad (global.set $bad (i32.const 1)))
  ;; To the other side, and back.
  (func $cross
    (if (global.get $inside)
      (then (suspend $e))
      (else
        (global.set $inside (i32.const 1))
        (block $h (result (ref $k))
          (resume $k (on $e $h) (global.get $k))
          (global.set $inside (i32.const 0))
          (global.set $k (ref.null $k))
          (return))
        (global.set $k)
        (global.set $inside (i32.const 0)))))
  (func $other (local $i i64)
    (loop $l
      (call $side (i64.add (i64.const 1000) (local.get $i)))
      (br_if $l (i64.lt_u (local.tee $i (i64.add (local.get $i) (i64.const 1))) (i64.const 20)))))
  (elem declare func $other)
  (func $main (result i32) (local $i i64)
    (global.set $k (cont.new $k (ref.func $other)))
    (loop $l
      (call $side (i64.add (i64.const 50000) (local.get $i)))
      (br_if $l (i64.lt_u (local.tee $i (i64.add (local.get $i) (i64.const 1))) (i64.const 21))))
    (i32.add (i32.mul (i32.const 2) (i32.eqz (ref.is_null (global.get $k)))) (global.get $bad)))"#;

/// An exception that only a frame of what is suspended refers to, and one of which it waits in a handler, outlive much garbage; also their payload.
const EXCEPTIONS: &str = r#"
  (type $box (struct (field i32)))
  (tag $x (param i64 (ref $box)))
  (func $holds (local $r exnref)
    (block $h (result i64 (ref $box) exnref)
      (try_table (catch_ref $x $h) (throw $x (i64.const 7) (struct.new $box (i32.const 8))))
      (unreachable))
    (local.set $r)
    (drop)
    (drop)
    (suspend $e)
    (throw_ref (local.get $r)))
  (elem declare func $holds)
  (func $garbage (local $i i32)
    (loop $l
      (block $h (result i64 (ref $box))
        (try_table (catch $x $h) (throw $x (i64.const 1) (struct.new $box (i32.const 2))))
        (unreachable))
      (drop)
      (drop)
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 8000)))))
  (func $main (result i32) (local $k (ref null $k)) (local $b (ref null $box))
    (block $h (result (ref $k))
      (resume $k (on $e $h) (cont.new $k (ref.func $holds)))
      (return (i32.const 1)))
    (local.set $k)
    (call $garbage)
    (block $h (result i64 (ref $box))
      (try_table (catch $x $h) (resume $k (local.get $k)))
      (return (i32.const 2)))
    (local.set $b)
    (if (i64.ne (i64.const 7)) (then (return (i32.const 3))))
    (i32.ne (struct.get $box 0 (local.get $b)) (i32.const 8)))"#;

/// An exception that is nowhere but among bound values.
const BOUND: &str = r#"
  (tag $x (param i64))
  (type $fx (func (param i32 exnref)))
  (type $kx (cont $fx))
  (func $throws (param i32 exnref) (throw_ref (local.get 1)))
  (elem declare func $throws)
  (func $new (result (ref $k)) (local $r exnref)
    (block $h (result i64 exnref)
      (try_table (catch_ref $x $h) (throw $x (i64.const 7)))
      (unreachable))
    (local.set $r)
    (drop)
    (cont.bind $kx $k (i32.const 1) (local.get $r) (cont.new $kx (ref.func $throws))))
  (func $garbage (local $i i32)
    (loop $l
      (block $h (result i64) (try_table (catch $x $h) (throw $x (i64.const 1))) (unreachable))
      (drop)
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 8000)))))
  (func $main (result i32) (local $k (ref null $k))
    (local.set $k (call $new))
    (call $garbage)
    (block $h (result i64)
      (try_table (catch $x $h) (resume $k (local.get $k)))
      (return (i32.const 2)))
    (i64.ne (i64.const 7)))"#;

/// Functions of the host on such a stack.
const HOST: &str = r#"
  (func $calls (local $i i32)
    (loop $l
      (if (call $random (i32.const 64) (i32.const 32)) (then (unreachable)))
      (suspend $e)
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10)))))
  (elem declare func $calls)
  (func $main (result i32) (local $k (ref null $k)) (local $i i32)
    (local.set $k (cont.new $k (ref.func $calls)))
    (loop $l
      (block $h (result (ref $k))
        (resume $k (on $e $h) (local.get $k))
        (return (i32.ne (local.get $i) (i32.const 10))))
      (local.set $k)
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $l))
    (i32.const 1))"#;

const EXIT: &str = r#"
  (func $ends (call $exit (i32.const 0)))
  (elem declare func $ends)
  (func $main (result i32)
    (resume $k (cont.new $k (ref.func $ends)))
    (i32.const 1))"#;

const ENDLESS: &str = r#"
  (func $nest (resume $k (cont.new $k (ref.func $nest))))
  (elem declare func $nest)
  (func $main (result i32) (call $nest) (i32.const 0))"#;

const TOO_MANY: &str = r#"
  (table $t 20000 (ref null $k))
  (func $waits (suspend $e))
  (elem declare func $waits)
  (func $main (result i32) (local $i i32)
    (loop $l
      (local.get $i)
      (block $h (result (ref $k))
        (resume $k (on $e $h) (cont.new $k (ref.func $waits)))
        (unreachable))
      (table.set $t)
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20000))))
    (i32.const 0))"#;

const RECURSION: &str = r#"
  (func $down (param i32) (result i32)
    (i32.add (local.get 0) (call $down (i32.load (i32.mul (local.get 0) (i32.const 0))))))
  (func $first (drop (call $down (i32.const 1))))
  (elem declare func $first)
  (func $main (result i32) (resume $k (cont.new $k (ref.func $first))) (i32.const 0))"#;

const BACKTRACE: &str = r#"
  (func $boom (if (i32.eqz (i32.load (i32.const 0))) (then (unreachable))) (i32.store (i32.const 0) (i32.const 0)))
  (func $inner (call $boom) (i32.store (i32.const 0) (i32.const 1)))
  (func $middle (resume $k (cont.new $k (ref.func $inner))))
  (func $outer (resume $k (cont.new $k (ref.func $middle))))
  (elem declare func $inner $middle $outer)
  (func $main (result i32) (resume $k (cont.new $k (ref.func $outer))) (i32.const 0))"#;

const ELSEWHERE: &str = r#"
  (func $inner
    (suspend $e)
    (i32.store (i32.const 4) (i32.div_u (i32.const 1) (i32.load (i32.const 0)))))
  (func $middle (resume $k (cont.new $k (ref.func $inner))))
  (elem declare func $inner $middle)
  (global $k (mut (ref null $k)) (ref.null $k))
  (func $first
    (block $h (result (ref $k))
      (resume $k (on $e $h) (cont.new $k (ref.func $middle)))
      (unreachable))
    (global.set $k))
  (func $second (resume $k (global.get $k)) (i32.store (i32.const 0) (i32.const 1)))
  (func $main (result i32) (call $first) (call $second) (i32.const 0))"#;

const UNCAUGHT: &str = r#"
  (tag $oops)
  (func $inner (throw $oops))
  (func $outer (resume $k (cont.new $k (ref.func $inner))))
  (elem declare func $inner $outer)
  (func $main (result i32) (resume $k (cont.new $k (ref.func $outer))) (i32.const 0))"#;

const UNHANDLED: &str = r#"
  (tag $other)
  (func $inner (suspend $e))
  (func $outer
    (block $h (result (ref $k))
      (resume $k (on $other $h) (cont.new $k (ref.func $inner)))
      (return))
    (drop))
  (elem declare func $inner $outer)
  (func $main (result i32) (resume $k (cont.new $k (ref.func $outer))) (i32.const 0))"#;
