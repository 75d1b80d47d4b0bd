//! Programs with threads whose threads have objects: each has a heap of its own, which its own collections look at and which ends with it.

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::OptLevel;

use super::{configurations, litmus};
use crate::process::{Finished, tail};
use crate::program::{build, options, run};
use crate::report::Report;
use crate::target::Target;

/// Types, and globals, a table and a segment with references that each thread has for itself.
const TYPES: &str = r#"
  (type $node (sub (struct (field $next (mut (ref null $node))) (field $value (mut i32)))))
  (type $wide (sub $node (struct (field (mut (ref null $node))) (field (mut i32)) (field $big (mut i64)))))
  (type $nodes (array (mut (ref null $node))))
  (tag $tag (param (ref null $node) i32))
  (global $kept (mut (ref null $node)) (struct.new $node (ref.null $node) (i32.const 77)))
  (table $held 4 (ref null $node))
  (elem $items (ref null $node) (struct.new $node (ref.null $node) (i32.const 55)))
  ;; A list of the numbers below n.
  (func $list (param $n i32) (result (ref null $node)) (local $it (ref null $node))
    (loop $more
      (if (local.get $n)
        (then
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (local.set $it (struct.new $wide (local.get $it) (local.get $n) (i64.const 3)))
          (br $more))))
    (local.get $it))
  (func $sum (param $it (ref null $node)) (result i32) (local $sum i32)
    (block $end
      (loop $more
        (br_if $end (ref.is_null (local.get $it)))
        (local.set $sum (i32.add (local.get $sum) (struct.get $node $value (local.get $it))))
        (local.set $it (struct.get $node $next (local.get $it)))
        (br $more)))
    (local.get $sum))
  ;; What a thread's roots hold stays, over garbage of its own and of others.
  (func $churn (param $id i32) (param $rounds i32) (local $all (ref $nodes)) (local $i i32) (local $n i32)
    (call $check (i32.eq (call $sum (global.get $kept)) (i32.const 77)))
    (call $check (i32.eq (call $sum (table.get $held (i32.const 1))) (i32.const 0)))
    (table.init $held $items (i32.const 2) (i32.const 0) (i32.const 1))
    (call $check (i32.eq (call $sum (table.get $held (i32.const 2))) (i32.const 55)))
    (local.set $n (i32.add (i32.const 10) (local.get $id)))
    (global.set $kept (call $list (local.get $n)))
    (table.set $held (i32.const 1) (call $list (i32.add (local.get $n) (i32.const 1))))
    ;; Larger than what lies in a block.
    (local.set $all (array.new $nodes (ref.null $node) (i32.const 3000)))
    (loop $more
      (array.set $nodes (local.get $all) (i32.rem_u (i32.mul (local.get $i) (i32.const 677)) (i32.const 3000))
        (struct.new $node (struct.new $node (ref.null $node) (local.get $i)) (local.get $id)))
      (call $check (i32.eq (call $sum (global.get $kept)) (i32.div_u (i32.mul (local.get $n) (i32.sub (local.get $n) (i32.const 1))) (i32.const 2))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (local.get $rounds))))
    (call $check (i32.eq (call $sum (table.get $held (i32.const 1))) (i32.div_u (i32.mul (i32.add (local.get $n) (i32.const 1)) (local.get $n)) (i32.const 2))))
    (local.set $i (i32.const 0))
    (loop $again
      (call $check (i32.eq
        (call $sum (array.get $nodes (local.get $all) (i32.rem_u (i32.mul (local.get $i) (i32.const 677)) (i32.const 3000))))
        (i32.add (local.get $i) (local.get $id))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (local.get $rounds)))))
  ;; An exception holds an object while garbage is collected.
  (func $throw (param $id i32) (throw $tag (call $list (i32.const 20)) (local.get $id)))
  (func $catch (param $id i32) (local $e exnref) (local $it (ref null $node))
    (block $caught (result (ref null $node) i32 exnref)
      (try_table (catch_ref $tag $caught) (call $throw (local.get $id)))
      (unreachable))
    (local.set $e)
    (drop)
    (drop)
    (drop (call $list (i32.const 30)))
    (block $caught (result (ref null $node) i32)
      (try_table (catch $tag $caught) (throw_ref (local.get $e)))
      (unreachable))
    (call $check (i32.eq (local.get $id)))
    (call $check (i32.eq (call $sum) (i32.const 190))))
"#;

/// Continuations, in addition.
const CONTINUATIONS: &str = r#"
  (type $start (func (param i32) (result i32))) (type $new (cont $start))
  (type $rest (func (result i32))) (type $waiting (cont $rest))
  (tag $yield (param i32))
  (global $left (mut (ref null $waiting)) (ref.null $waiting))
  (elem declare func $numbers $bad)
  ;; Yields the numbers below n, and returns their sum.
  (func $numbers (param $n i32) (result i32) (local $kept (ref null $node)) (local $i i32)
    (local.set $kept (call $list (local.get $n)))
    (loop $more
      (suspend $yield (local.get $i))
      (drop (call $list (i32.const 3)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (local.get $n))))
    (call $sum (local.get $kept)))
  (func $drive (param $id i32) (local $n i32) (local $sum i32) (local $k (ref null $waiting))
    (local.set $n (i32.add (local.get $id) (i32.const 20)))
    (block $done (result i32)
      (block $on (result i32 (ref $waiting))
        (resume $new (on $yield $on) (local.get $n) (cont.new $new (ref.func $numbers)))
        (br $done))
      (local.set $k)
      (local.set $sum)
      (loop $again
        (block $on (result i32 (ref $waiting))
          (resume $waiting (on $yield $on) (local.get $k))
          (br $done))
        (local.set $k)
        (local.set $sum (i32.add (local.get $sum)))
        (drop (call $list (i32.const 7)))
        (br $again))
      (unreachable))
    (local.set $n (i32.div_u (i32.mul (local.get $n) (i32.sub (local.get $n) (i32.const 1))) (i32.const 2)))
    (call $check (i32.eq (local.get $n)))
    (call $check (i32.eq (local.get $sum) (local.get $n))))
  ;; Leaves n of them where they are, of which one is still referred to.
  (func $leave (param $n i32)
    (loop $more
      (block $done
        (block $on (result i32 (ref $waiting))
          (drop (resume $new (on $yield $on) (i32.const 9) (cont.new $new (ref.func $numbers))))
          (br $done))
        (global.set $left)
        (drop))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $more (local.get $n))))
  ;; A trap on a stack of its own, where an exception came by.
  (func $bad (param $id i32) (result i32)
    (call $catch (local.get $id))
    (struct.get $node $value (ref.null $node)))
"#;

/// What is asked for besides the modes.
#[derive(Clone, Copy, Default)]
struct Heap {
    limit: u64,
    stress: bool,
    stats: bool,
}

fn execute(
    (work, main): (&str, &str),
    heap: Heap,
    target: &Target,
    (memory, opt): (MemoryMode, OptLevel),
) -> Result<Finished, String> {
    let text = litmus::module(work, &format!("{TYPES}{CONTINUATIONS}"), main);
    let mut options = options(target, memory, opt);
    options.config.gc_stress = heap.stress;
    options.config.heap_limit = heap.limit;
    options.config.gc_stats = heap.stats;
    run(&build(text.as_bytes(), target, &options)?, target, &[], b"")
}

/// Whether `--gc-stats` tells of what twelve threads have allocated, which lived at the same time no more than of two, since they run one after the other.
fn are_of_all(finished: Finished) -> Result<(), String> {
    const EACH: u64 = 850_000 * 16;
    let text = String::from_utf8_lossy(&finished.stderr).into_owned();
    let number = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.trim().parse::<u64>().ok())
    };
    let allocated = number("gc: bytes allocated: ");
    let most = number("gc: bytes in use at most: ");
    let is_right = allocated.is_some_and(|bytes| bytes >= 10 * EACH)
        && most.is_some_and(|bytes| (EACH..5 * EACH).contains(&bytes));
    match is_right && finished.code() == 0 {
        true => Ok(()),
        false => Err(format!("{}: {text}", finished.describe())),
    }
}

/// Runs everything.
pub fn programs(target: &Target) -> Report {
    let mut report = Report::default();
    let stressed = Heap {
        stress: true,
        ..Heap::default()
    };
    let small = |limit| Heap {
        limit,
        ..Heap::default()
    };
    // The first thread's heap is used meanwhile, or never.
    let all = "(call $churn (i32.const 9) (i32.const 60)) (call $go (i32.const 8))
        (call $check (i32.eq (call $sum (global.get $kept)) (i32.const 171)))";
    let work = "(call $churn (local.get $id) (i32.const 120)) (call $catch (local.get $id))";
    // 20 MB live at the end of each: all together would not have room.
    let keeps = "(global.set $kept (call $list (i32.const 850000)))";
    let each_of = |threads| {
        "(local $i i32)
        (loop $more
          (call $check (i32.gt_s (call $spawn (local.get $i)) (i32.const 0)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (call $join (local.get $i))
          (br_if $more (i32.lt_u (local.get $i) (i32.const ROUNDS))))"
            .replace("ROUNDS", threads)
    };
    let one_by_one = each_of(if target.is_native() { "220" } else { "12" });
    let longer = work.replace("120", "2900");
    let good = [
        ("eight threads under stress", (work, all), stressed),
        (
            "only threads under stress",
            (work, "(call $go (i32.const 8))"),
            stressed,
        ),
        (
            "continuations",
            (
                "(call $drive (local.get $id)) (call $leave (i32.const 30)) (call $drive (local.get $id)) (call $catch (local.get $id))",
                "(call $drive (i32.const 9)) (call $leave (i32.const 30)) (call $go (i32.const 8)) (call $drive (i32.const 11))",
            ),
            stressed,
        ),
        (
            "continuations end with their thread",
            ("(call $leave (i32.const 200))", &one_by_one[..]),
            Heap::default(),
        ),
        ("eight threads", (&longer[..], all), Heap::default()),
        ("small heaps", (&longer[..], all), small(2 << 20)),
        (
            "a heap ends with its thread",
            (keeps, &one_by_one[..]),
            Heap::default(),
        ),
    ];
    for (name, text, heap) in good {
        // What takes long, and is the same in all of them, is run in one.
        let configurations = match text.1 == one_by_one {
            true => &configurations(target)[..1],
            false => configurations(target),
        };
        for &configuration in configurations {
            let result = execute(text, heap, target, configuration).and_then(|finished| {
                match finished.code() {
                    0 if !finished.timed_out && finished.stderr.is_empty() => Ok(()),
                    _ => Err(finished.describe()),
                }
            });
            report.outcome(&format!("{name} {configuration:?}"), result);
        }
    }
    let stats = Heap {
        stats: true,
        ..Heap::default()
    };
    let finished = execute(
        (keeps, &each_of("12")),
        stats,
        target,
        configurations(target)[0],
    );
    report.outcome("statistics of all heaps", finished.and_then(are_of_all));
    let null = "(if (i32.eq (local.get $id) (i32.const 3)) (then (drop (struct.get $node $value (ref.null $node)))))";
    let endless = "(loop $more (global.set $kept (struct.new $node (struct.new $wide (global.get $kept) (i32.const 1) (i64.const 2)) (i32.const 1))) (br $more))";
    let on_its_stack = "(drop (resume $new (local.get $id) (cont.new $new (ref.func $bad))))";
    let bad = [
        (
            "null on a continuation's stack",
            on_its_stack.to_string(),
            stressed,
            "null reference",
        ),
        (
            "null in a thread",
            null.to_string() + work,
            stressed,
            "null reference",
        ),
        (
            "a full heap of a thread",
            endless.to_string(),
            small(1 << 20),
            "GC heap out of memory",
        ),
    ];
    for (name, work, heap, message) in bad {
        for &configuration in configurations(target) {
            let finished = execute(
                (&work[..], "(call $go (i32.const 4))"),
                heap,
                target,
                configuration,
            );
            let result = finished.and_then(|finished| {
                let text = String::from_utf8_lossy(&finished.stderr).into_owned();
                let is_told =
                    text.matches("error: wasm trap").count() == 1 && text.contains(message);
                match finished.code() == 134 && is_told && text.contains("work") {
                    true => Ok(()),
                    false => Err(format!(
                        "{}: {}",
                        finished.describe(),
                        tail(&finished.stderr, 400)
                    )),
                }
            });
            report.outcome(&format!("{name} {configuration:?}"), result);
        }
    }
    report
}
