//! Exceptions at their edges: deep stacks, many values, much garbage, and what must not be caught.
//!
//! Programs check themselves and exit with the number of the first check that fails. Rules are judged by the standard's scripts, exceptions between
//! instances by `embedding`.

mod objects;

use std::fmt::Write as _;

use wative_compiler::abi::TrapCode;
use wative_compiler::options::Options;

use crate::program::{self, build, in_all_configurations, options};
use crate::report::{Output, Report};
use crate::target::Target;

/// Exit status of a trap.
const TRAPPED: i32 = 134;

/// A program and how it ends: a status, or a trap with words of its message.
struct Case {
    name: &'static str,
    text: String,
    end: Result<i32, (TrapCode, &'static str)>,
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
            |case, memory, opt| {
                let options = options(target, memory, opt);
                judge(case, &case.text, target, &options)?;
                // A program with a type of objects has its exceptions among these.
                let text = case.text.replacen("(module", "(module (type (struct))", 1);
                judge(case, &text, target, &options).map_err(|e| format!("as objects: {e}"))
            },
        );
        in_all_configurations(
            &mut report,
            filter,
            &objects::cases(target.is_native()),
            |it| it.case.name,
            |it, memory, opt| {
                let mut options = options(target, memory, opt);
                options.config.heap_limit = it.limit;
                judge(&it.case, &it.case.text, target, &options)?;
                // Where there is a limit so much is allocated that it would take too long.
                if it.is_long {
                    return Ok(());
                }
                options.config.gc_stress = true;
                judge(&it.case, &it.case.text, target, &options)
                    .map_err(|e| format!("with --gc-stress: {e}"))
            },
        );
        output.report(&format!("exceptions {}", target.name), report);
    }
}

/// `text`: that of the case, or another one for the same.
fn judge(case: &Case, text: &str, target: &Target, options: &Options) -> Result<(), String> {
    let executable = build(text.as_bytes(), target, options)?;
    let finished = program::run(&executable, target, &[], b"")?;
    let stderr = String::from_utf8_lossy(&finished.stderr);
    let good = match case.end {
        Ok(status) => finished.code() == status,
        Err((code, words)) => {
            let message = format!("wasm trap: {}", code.message());
            finished.code() == TRAPPED && stderr.contains(&message) && stderr.contains(words)
        }
    };
    if good {
        Ok(())
    } else {
        Err(finished.describe())
    }
}

fn cases(native: bool) -> Vec<Case> {
    let good = |name, body: String| Case {
        name,
        text: command(&body),
        end: Ok(0),
    };
    let trap = |name, body: &str, code, words| Case {
        name,
        text: command(body),
        end: Err((code, words)),
    };
    let uncaught = TrapCode::UncaughtException;
    let garbage = if native { 10_000_000 } else { 200_000 };
    vec![
        good("deep", deep(100_000)),
        good("callee-saved registers", registers()),
        good("payloads", payloads()),
        good("garbage", GARBAGE.replace("COUNT", &garbage.to_string())),
        good("chains", CHAINS.to_string()),
        good("garbage below a deep stack", DEEP_GARBAGE.to_string()),
        good("results on the stack", results()),
        good("state at the throw", STATE.to_string()),
        good("through references", INDIRECT.to_string()),
        good("legacy", LEGACY.to_string()),
        trap(
            "uncaught",
            UNCAUGHT,
            uncaught,
            "uncaught exception with tag `oops`",
        ),
        trap("uncaught: backtrace", UNCAUGHT, uncaught, " - thrower\n"),
        trap("start function", START, uncaught, "`in_start`"),
        trap("another tag", OTHER_TAG, uncaught, "`first`"),
        trap(
            "trap inside",
            TRAP_INSIDE,
            TrapCode::IntegerDivisionByZero,
            "divide",
        ),
        trap("overflow inside", OVERFLOW, TrapCode::StackOverflow, "down"),
        trap(
            "overflow by throwing",
            THROW_AT_THE_END,
            TrapCode::StackOverflow,
            "exhausted",
        ),
        trap("null", NULL, TrapCode::NullReference, "null reference"),
        trap("rethrown", RETHROWN, uncaught, "`again`"),
    ]
}

/// A command around these fields; `_start` exits with what `$main` returns.
fn command(body: &str) -> String {
    format!(
        r#"(module
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          {body}
          (func (export "_start") (call $exit (call $main))))"#
    )
}

/// A throw through many frames that save registers of both classes.
fn deep(depth: u32) -> String {
    format!(
        r#"(tag $e (param i32 i64 f32 f64))
        (func $down (param $n i32) (param $x f64) (result f64)
          (if (i32.eqz (local.get $n))
            (then (throw $e (i32.const 7) (i64.const -9) (f32.const 1.5) (f64.const 2.25))))
          (f64.add (call $down (i32.sub (local.get $n) (i32.const 1)) (f64.mul (local.get $x) (f64.const 1.0001)))
            (f64.add (local.get $x) (f64.convert_i32_s (local.get $n)))))
        (func $catch (param $n i32) (param $a i64) (param $b f64) (result i32)
          (local $i i32) (local $l i64) (local $f f32) (local $d f64)
          (block $h (result i32 i64 f32 f64)
            (try_table (catch $e $h) (drop (call $down (local.get $n) (local.get $b))))
            (return (i32.const 1)))
          (local.set $d) (local.set $f) (local.set $l) (local.set $i)
          (if (i32.ne (local.get $i) (i32.const 7)) (then (return (i32.const 2))))
          (if (i64.ne (local.get $l) (i64.const -9)) (then (return (i32.const 3))))
          (if (f32.ne (local.get $f) (f32.const 1.5)) (then (return (i32.const 4))))
          (if (f64.ne (local.get $d) (f64.const 2.25)) (then (return (i32.const 5))))
          (if (i64.ne (local.get $a) (i64.const 0x123456789abcdef)) (then (return (i32.const 6))))
          (if (f64.ne (local.get $b) (f64.const 3.125)) (then (return (i32.const 8))))
          (i32.const 0))
        (func $main (result i32)
          (call $catch (i32.const {depth}) (i64.const 0x123456789abcdef) (f64.const 3.125)))"#
    )
}

/// Twenty values of each class live across a call that throws through a function that uses all registers.
fn registers() -> String {
    let mut catch = String::new();
    let mut check = String::new();
    let mut busy = String::new();
    for i in 0..20 {
        let _ = writeln!(catch, "(local $a{i} i64) (local $d{i} f64)");
        let _ = writeln!(
            busy,
            "(f64.load offset={} (local.get $n)) (i64.load offset={} (local.get $n))",
            8 * i,
            200 + 8 * i
        );
    }
    for i in 0..20 {
        let _ = writeln!(
            catch,
            "(local.set $a{i} (i64.mul (local.get $x) (i64.const {}))) (local.set $d{i} (f64.mul (local.get $y) (f64.const {})))",
            i + 3,
            i + 5
        );
        let _ = write!(
            check,
            "(if (i64.ne (local.get $a{i}) (i64.const {})) (then (return (i32.const {}))))
             (if (f64.ne (local.get $d{i}) (f64.const {})) (then (return (i32.const {}))))\n",
            11 * (i + 3),
            2 * i + 10,
            0.5 * f64::from(i + 5),
            2 * i + 11
        );
    }
    let sink = "i64.xor f64.convert_i64_s f64.add i64.trunc_sat_f64_s\n".repeat(20);
    format!(
        r#"(tag $e)
        (func $busy (param $n i32) (result i64)
          i64.const 0
          {busy}
          (if (i32.eqz (local.get $n)) (then (throw $e)))
          (call $busy (i32.sub (local.get $n) (i32.const 1)))
          {sink}
          i64.xor)
        (func $catch (param $x i64) (param $y f64) (result i32)
          {catch}
          (block $h (try_table (catch_all $h) (drop (call $busy (i32.const 3))) (return (i32.const 1))))
          {check}
          (i32.const 0))
        (func $main (result i32) (call $catch (i64.const 11) (f64.const 0.5)))"#
    )
}

/// A payload of sixty values of all types, which come back in order.
fn payloads() -> String {
    let types = ["i32", "i64", "f32", "f64", "v128"];
    let (mut params, mut values, mut sets, mut locals) = Default::default();
    let (mut checks, mut count): (String, i32) = (String::new(), 0);
    for i in 0..60 {
        let ty = types[i % 5];
        let _ = write!(&mut params as &mut String, " {ty}");
        let value = match ty {
            "v128" => format!("(i64x2.splat (i64.const {}))", i * 1001),
            _ => format!("({ty}.const {i})"),
        };
        let _ = writeln!(&mut values as &mut String, "{value}");
        let _ = write!(&mut locals as &mut String, "(local $v{i} {ty})");
        sets = format!("(local.set $v{i})\n{sets}");
        count += 1;
        let differs = match ty {
            "v128" => format!("(v128.any_true (v128.xor (local.get $v{i}) {value}))"),
            _ => format!("({ty}.ne (local.get $v{i}) {value})"),
        };
        let _ = writeln!(checks, "(if {differs} (then (return (i32.const {count}))))");
    }
    format!(
        r#"(tag $e (param{params}))
        (func $throw {values} (throw $e))
        (func $main (result i32) {locals}
          (block $h (result{params})
            (try_table (catch $e $h) (call $throw))
            (return (i32.const 99)))
          {sets}
          {checks}
          (i32.const 0))"#
    )
}

/// Bounded memory, while exceptions in a global, a table, a local and a payload are kept.
const GARBAGE: &str = r#"
    (tag $e (param i32))
    (tag $nest (param exnref))
    (table $t 10 exnref)
    (global $g (mut exnref) (ref.null exn))
    (func $throw (param i32) (throw $e (local.get 0)))
    (func $make (param i32) (result exnref) (local $r exnref)
      (block $h (result i32 exnref) (try_table (catch_ref $e $h) (call $throw (local.get 0))) (unreachable))
      (local.set $r) drop (local.get $r))
    (func $throw_nest (param exnref) (throw $nest (local.get 0)))
    (func $nest (param exnref) (result exnref) (local $r exnref)
      (block $h (result exnref exnref) (try_table (catch_ref $nest $h) (call $throw_nest (local.get 0))) (unreachable))
      (local.set $r) drop (local.get $r))
    (func $value (param exnref) (result i32)
      (block $h (result i32) (try_table (result i32) (catch $e $h) (throw_ref (local.get 0)))))
    (func $inner (param exnref) (result exnref)
      (block $h (result exnref) (try_table (result exnref) (catch $nest $h) (throw_ref (local.get 0)))))
    (func $main (result i32) (local $i i32) (local $k exnref) (local $n exnref)
      (global.set $g (call $make (i32.const 1000)))
      (table.set $t (i32.const 3) (call $make (i32.const 2000)))
      (local.set $k (call $make (i32.const 3000)))
      (local.set $n (call $nest (call $make (i32.const 4000))))
      (loop $l
        (block $h (result i32)
          (try_table (catch $e $h) (call $throw (local.get $i)))
          (return (i32.const 9)))
        (if (i32.ne (local.get $i)) (then (return (i32.const 10))))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const COUNT))))
      (if (i32.ne (call $value (global.get $g)) (i32.const 1000)) (then (return (i32.const 11))))
      (if (i32.ne (call $value (table.get $t (i32.const 3))) (i32.const 2000)) (then (return (i32.const 12))))
      (if (i32.ne (call $value (local.get $k)) (i32.const 3000)) (then (return (i32.const 13))))
      (if (i32.ne (call $value (call $inner (local.get $n))) (i32.const 4000)) (then (return (i32.const 14))))
      (i32.const 0))"#;

/// A list of 100,000 exceptions each of which carries the one before.
const CHAINS: &str = r#"
    (tag $cons (param i32 exnref))
    (global $list (mut exnref) (ref.null exn))
    (func $throw (param i32) (throw $cons (local.get 0) (global.get $list)))
    (func $main (result i32) (local $i i32) (local $n i32)
      (loop $l
        (block $h (result exnref)
          (try_table (catch_all_ref $h) (call $throw (local.get $i)))
          (unreachable))
        (global.set $list)
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100000))))
      (loop $l
        (block $h (result i32 exnref)
          (try_table (catch $cons $h) (throw_ref (global.get $list)))
          (unreachable))
        (global.set $list)
        (local.set $i (i32.sub (local.get $i) (i32.const 1)))
        (if (i32.ne (local.get $i)) (then (return (i32.const 1))))
        (br_if $l (local.get $i)))
      (i32.eqz (ref.is_null (global.get $list))))"#;

/// Garbage is collected while a deep stack refers to exceptions, one in each frame.
const DEEP_GARBAGE: &str = r#"
    (tag $e (param i32))
    (func $throw (param i32) (throw $e (local.get 0)))
    (func $make (param i32) (result exnref) (local $r exnref)
      (block $h (result i32 exnref) (try_table (catch_ref $e $h) (call $throw (local.get 0))) (unreachable))
      (local.set $r) drop (local.get $r))
    (func $value (param exnref) (result i32)
      (block $h (result i32) (try_table (result i32) (catch $e $h) (throw_ref (local.get 0)))))
    (func $down (param $n i32) (result i32) (local $mine exnref) (local $i i32) (local $below i32)
      (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
      (local.set $mine (call $make (local.get $n)))
      (loop $l
        (drop (call $make (i32.const -1)))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20))))
      (local.set $below (call $down (i32.sub (local.get $n) (i32.const 1))))
      (if (i32.ne (call $value (local.get $mine)) (local.get $n)) (then (return (i32.const 1))))
      (local.get $below))
    (func $main (result i32) (call $down (i32.const 10000)))"#;

/// Calls with more results than registers, which return or throw.
fn results() -> String {
    let list = "i32 i64 f64 ".repeat(12);
    let (mut values, mut sum) = (String::new(), String::new());
    for i in 0..12 {
        let _ = writeln!(
            values,
            "(i32.const {i}) (i64.const {}) (f64.const {})",
            i * 10,
            i * 100
        );
        sum.push_str("i64.trunc_sat_f64_s i64.add (local.set $l) i64.extend_i32_u (local.get $l) i64.add (local.set $l) (local.get $s) (local.get $l) i64.add (local.set $s)\n");
    }
    format!(
        r#"(tag $e (param i64))
        (func $many (param $x i32) (result {list})
          (if (local.get $x) (then (throw $e (i64.const 5))))
          {values})
        (func $ask (param $x i32) (result i64) (local $l i64) (local $s i64)
          (block $h (result i64)
            (try_table (result {list}) (catch $e $h) (call $many (local.get $x)))
            {sum}
            (return (local.get $s))))
        (func $main (result i32)
          (if (i64.ne (call $ask (i32.const 0)) (i64.const 7326)) (then (return (i32.const 1))))
          (if (i64.ne (call $ask (i32.const 1)) (i64.const 5)) (then (return (i32.const 2))))
          (i32.const 0))"#
    )
}

/// Locals, globals and memory are in the handler as they were at the throw, not before and not after it.
const STATE: &str = r#"
    (tag $e)
    (global $g (mut i32) (i32.const 0))
    (func $maybe (param $x i32) (if (i32.eq (local.get $x) (global.get $g)) (then (throw $e))))
    (func $ask (param $at i32) (result i32) (local $l i32)
      (global.set $g (local.get $at))
      (i32.store (i32.const 0) (i32.const 0))
      (block $h
        (try_table (catch_all $h)
          (local.set $l (i32.const 1)) (i32.store (i32.const 0) (i32.const 10))
          (call $maybe (i32.const 1))
          (local.set $l (i32.const 2)) (i32.store (i32.const 0) (i32.const 20))
          (loop $again
            (call $maybe (local.get $l))
            (local.set $l (i32.add (local.get $l) (i32.const 1)))
            (i32.store (i32.const 0) (i32.mul (local.get $l) (i32.const 10)))
            (br_if $again (i32.lt_u (local.get $l) (i32.const 7))))
          (local.set $l (i32.const 8)) (i32.store (i32.const 0) (i32.const 80)))
        (return (i32.const -1)))
      (i32.add (i32.load (i32.const 0)) (local.get $l)))
    (func $main (result i32) (local $i i32)
      (local.set $i (i32.const 1))
      (loop $l
        (if (i32.ne (call $ask (local.get $i)) (i32.mul (local.get $i) (i32.const 11))) (then (return (local.get $i))))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 7))))
      (i32.ne (call $ask (i32.const 100)) (i32.const -1)))"#;

const INDIRECT: &str = r#"
    (type $f (func (param i32) (result i32)))
    (tag $e (param i32))
    (table $t funcref (elem $id $throw))
    (func $id (param i32) (result i32) (local.get 0))
    (func $throw (param i32) (result i32) (throw $e (i32.mul (local.get 0) (i32.const 3))))
    (func $ask (param $i i32) (result i32)
      (block $h (result i32)
        (try_table (result i32) (catch $e $h)
          (i32.add (call_indirect (type $f) (i32.const 7) (local.get $i))
                   (call_indirect (type $f) (i32.const 5) (local.get $i))))))
    (func $main (result i32)
      (if (i32.ne (call $ask (i32.const 0)) (i32.const 12)) (then (return (i32.const 1))))
      (if (i32.ne (call $ask (i32.const 1)) (i32.const 21)) (then (return (i32.const 2))))
      (i32.const 0))"#;

/// Catches in catches, delegates over several constructs, rethrows of outer exceptions, branches out of all of them.
const LEGACY: &str = r#"
    (tag $a (param i32)) (tag $b (param i32))
    (func $throw_a (param i32) (throw $a (local.get 0)))
    (func $throw_b (param i32) (throw $b (local.get 0)))
    (func $nested (param $x i32) (result i32) (local $trace i32)
      block $out
        try $outer
          try
            try
              local.get $x
              if
                local.get $x
                call $throw_a
              else
                i32.const 50
                call $throw_b
              end
            delegate $outer
            i32.const -1
            return
          catch_all
            i32.const -2
            return
          end
        catch $a
          local.set $trace
          try
            i32.const 7
            call $throw_b
          catch $b
            local.get $trace
            i32.add
            local.set $trace
            local.get $x
            i32.const 3
            i32.eq
            br_if $out
            try
              rethrow 2
            catch_all
              local.get $trace
              i32.const 100
              i32.add
              return
            end
          end
        catch_all
          i32.const 500
          return
        end
      end
      local.get $trace)
    (func $main (result i32)
      (if (i32.ne (call $nested (i32.const 0)) (i32.const 500)) (then (return (i32.const 1))))
      (if (i32.ne (call $nested (i32.const 3)) (i32.const 10)) (then (return (i32.const 2))))
      (if (i32.ne (call $nested (i32.const 4)) (i32.const 111)) (then (return (i32.const 3))))
      (i32.const 0))"#;

const UNCAUGHT: &str = r#"
    (tag $oops (export "oops") (param i32))
    (func $thrower (result i32) (throw $oops (i32.const 1)))
    (func $main (result i32) (call $thrower))"#;

const START: &str = r#"
    (tag $in_start)
    (func $begin (throw $in_start))
    (start $begin)
    (func $main (result i32) (i32.const 1))"#;

const OTHER_TAG: &str = r#"
    (tag $first (param i32)) (tag $second (param i32))
    (func $throw (throw $first (i32.const 1)))
    (func $main (result i32)
      (block $h (result i32) (try_table (catch $second $h) (call $throw)) (i32.const 1)))"#;

const TRAP_INSIDE: &str = r#"
    (func $divide (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
    (func $main (result i32)
      (block $h (try_table (catch_all $h) (return (call $divide (i32.const 0))))) (i32.const 1))"#;

const OVERFLOW: &str = r#"
    (func $down (param i64) (result i64)
      (block $h (try_table (catch_all $h)
        (return (i64.add (local.get 0) (call $down (i64.add (local.get 0) (i64.const 1)))))))
      (i64.const 5))
    (func $main (result i32)
      (block $h (try_table (catch_all $h) (drop (call $down (i64.const 0))))) (i32.const 1))"#;

/// Every frame throws before it goes deeper, so the end of the stack is met by throwing, too.
const THROW_AT_THE_END: &str = r#"
    (tag $e (param i32))
    (func $throw (param i32) (throw $e (local.get 0)))
    (func $down (param i32) (result i32)
      (block $h (result i32) (try_table (catch $e $h) (call $throw (local.get 0))) (unreachable))
      (i32.add (call $down (i32.add (local.get 0) (i32.const 1)))))
    (func $main (result i32) (call $down (i32.const 0)))"#;

const NULL: &str = r#"
    (func $main (result i32)
      (block $h (try_table (catch_all $h) (throw_ref (ref.null exn)))) (i32.const 1))"#;

const RETHROWN: &str = r#"
    (tag $again)
    (func $throw (throw $again))
    (func $main (result i32)
      (block $h (result exnref) (try_table (catch_all_ref $h) (call $throw)) (return (i32.const 1)))
      (throw_ref))"#;
