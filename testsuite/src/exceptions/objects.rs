//! Exceptions as objects of the collector: what keeps them, what they keep, cycles and long chains of them, and that they count as objects.

use super::{Case, command};
use wative_compiler::abi::TrapCode;

/// A case, the limit of its heap (0: none), and whether it allocates too much for a collection each time.
pub(super) struct Limited {
    pub case: Case,
    pub limit: u64,
    pub is_long: bool,
}

pub(super) fn cases(native: bool) -> Vec<Limited> {
    let case = |name, body: &str, end| Case {
        name,
        text: command(&format!("{TYPES}{body}")),
        end,
    };
    let short = |name, body| Limited {
        case: case(name, body, Ok(0)),
        limit: 0,
        is_long: false,
    };
    let long = |name, body: &str, count, limit, end| Limited {
        case: case(name, &body.replace("COUNT", count), end),
        limit,
        is_long: true,
    };
    // Of those that are no garbage each takes 32 bytes.
    let (few, many) = (if native { "300000" } else { "100000" }, "1000000");
    let full = Err((TrapCode::OutOfMemory, "link"));
    vec![
        short("objects: held", HELD),
        short("objects: payloads", PAYLOADS),
        short("objects: old ones", OLD),
        short("objects: calls", CALLS),
        short("objects: continuations", CONTINUATIONS),
        long("objects: cycles", CYCLES, few, 2 << 20, Ok(0)),
        long("objects: garbage", GARBAGE, few, 2 << 20, Ok(0)),
        long("objects: chain", CHAIN, many, 0, Ok(0)),
        long("objects: too many", CHAIN, many, 8 << 20, full),
    ]
}

const TYPES: &str = r#"
(type $box (struct (field $e (mut exnref)) (field $n (mut i32))))
(type $boxes (array (mut exnref)))
(tag $of (param (ref null $box) i32))
(tag $link (param exnref i32))
;; An exception with a new object.
(func $throws (param $n i32) (throw $of (struct.new $box (ref.null exn) (local.get $n)) (local.get $n)))
(func $new (param $n i32) (result exnref) (local $e exnref)
  (block $h (result (ref null $box) i32 exnref)
    (try_table (catch_ref $of $h) (call $throws (local.get $n)))
    (unreachable))
  (local.set $e) (drop) (drop)
  (local.get $e))
;; The number that the exception and its object have; -1 if they are not the same.
(func $number (param $e exnref) (result i32) (local $n i32) (local $b (ref null $box))
  (block $h (result (ref null $box) i32)
    (try_table (catch $of $h) (throw_ref (local.get $e)))
    (unreachable))
  (local.set $n) (local.set $b)
  (if (i32.ne (local.get $n) (struct.get $box $n (local.get $b))) (then (return (i32.const -1))))
  (local.get $n))
(func $garbage (param $n i32)
  (loop $more
    (drop (struct.new $box (call $new (local.get $n)) (local.get $n)))
    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
    (br_if $more (local.get $n))))
"#;

/// In a local, a global, a table, a segment, a field, an element, another exception; and one that a legacy clause throws again.
const HELD: &str = r#"
(global $g (mut exnref) (ref.null exn))
(table $t 4 exnref)
(elem $none exnref (ref.null exn))
(func $again (result i32) (local $n i32)
  try (result i32)
    try
      (call $throws (i32.const 70))
    catch $of
      (local.set $n) (drop)
      (call $garbage (i32.const 50))
      (rethrow 0)
    end
    (i32.const -1)
  catch $of
    (local.set $n)
    (i32.sub (struct.get $box $n) (local.get $n))
  end)
(func $main (result i32) (local $l exnref) (local $b (ref null $box)) (local $a (ref null $boxes)) (local $outer exnref)
  (local.set $l (call $new (i32.const 10)))
  (global.set $g (call $new (i32.const 20)))
  (table.set $t (i32.const 2) (call $new (i32.const 30)))
  (local.set $b (struct.new $box (call $new (i32.const 40)) (i32.const 0)))
  (local.set $a (array.new $boxes (call $new (i32.const 50)) (i32.const 5)))
  (block $h (result exnref i32 exnref)
    (try_table (catch_ref $link $h) (throw $link (call $new (i32.const 60)) (i32.const 61)))
    (unreachable))
  (local.set $outer) (drop) (drop)
  (call $garbage (i32.const 300))
  (if (i32.ne (call $number (local.get $l)) (i32.const 10)) (then (return (i32.const 1))))
  (if (i32.ne (call $number (global.get $g)) (i32.const 20)) (then (return (i32.const 2))))
  (if (i32.ne (call $number (table.get $t (i32.const 2))) (i32.const 30)) (then (return (i32.const 3))))
  (if (i32.ne (call $number (struct.get $box $e (local.get $b))) (i32.const 40)) (then (return (i32.const 4))))
  (if (i32.ne (call $number (array.get $boxes (local.get $a) (i32.const 4))) (i32.const 50)) (then (return (i32.const 5))))
  (block $h (result exnref i32)
    (try_table (catch $link $h) (throw_ref (local.get $outer)))
    (unreachable))
  (if (i32.ne (i32.const 61)) (then (return (i32.const 6))))
  (if (i32.ne (call $number) (i32.const 60)) (then (return (i32.const 7))))
  (if (i32.eqz (ref.is_null (table.get $t (i32.const 1)))) (then (return (i32.const 8))))
  (if (call $again) (then (return (i32.const 9))))
  (call $table))
;; Tables that grow, are filled and copied.
(func $table (result i32)
  (drop (table.grow $t (call $new (i32.const 80)) (i32.const 5)))
  (table.fill $t (i32.const 0) (call $new (i32.const 90)) (i32.const 2))
  (table.copy $t $t (i32.const 3) (i32.const 0) (i32.const 1))
  (table.init $t $none (i32.const 1) (i32.const 0) (i32.const 1))
  (call $garbage (i32.const 200))
  (if (i32.ne (call $number (table.get $t (i32.const 8))) (i32.const 80)) (then (return (i32.const 10))))
  (if (i32.ne (call $number (table.get $t (i32.const 3))) (i32.const 90)) (then (return (i32.const 11))))
  (if (i32.eqz (ref.is_null (table.get $t (i32.const 1)))) (then (return (i32.const 12))))
  (i32.const 0))
"#;

/// Values of all types, on both sides of references, over collections.
const PAYLOADS: &str = r#"
(type $n (func (result i32)))
(tag $all (param i32 (ref null $box) f32 v128 anyref i64 exnref f64 funcref externref (ref $box) i32))
(elem declare func $five)
(func $five (type $n) (i32.const 5))
(func $throw
  (throw $all (i32.const 1) (struct.new $box (ref.null exn) (i32.const 2)) (f32.const 3.5)
    (v128.const i64x2 4 5) (ref.i31 (i32.const 6)) (i64.const -7) (call $new (i32.const 8)) (f64.const 9.25)
    (ref.func $five) (extern.convert_any (struct.new $box (ref.null exn) (i32.const 10)))
    (struct.new $box (ref.null exn) (i32.const 11)) (i32.const 12)))
(func $caught (result exnref)
  (block $h (result exnref) (try_table (catch_all_ref $h) (call $throw)) (unreachable)))
(func $main (result i32) (local $e exnref)
  (local $a i32) (local $b (ref null $box)) (local $c f32) (local $d v128) (local $f anyref) (local $g i64) (local $h exnref)
  (local $i f64) (local $j funcref) (local $k externref) (local $l (ref null $box)) (local $m i32)
  (local.set $e (call $caught))
  (call $garbage (i32.const 200))
  (block $all (result i32 (ref null $box) f32 v128 anyref i64 exnref f64 funcref externref (ref $box) i32)
    (try_table (catch $all $all) (throw_ref (local.get $e)))
    (unreachable))
  (local.set $m) (local.set $l) (local.set $k) (local.set $j) (local.set $i) (local.set $h) (local.set $g) (local.set $f)
  (local.set $d) (local.set $c) (local.set $b) (local.set $a)
  (call $garbage (i32.const 200))
  (if (i32.ne (local.get $a) (i32.const 1)) (then (return (i32.const 1))))
  (if (i32.ne (struct.get $box $n (local.get $b)) (i32.const 2)) (then (return (i32.const 2))))
  (if (f32.ne (local.get $c) (f32.const 3.5)) (then (return (i32.const 3))))
  (if (i64.ne (i64x2.extract_lane 0 (local.get $d)) (i64.const 4)) (then (return (i32.const 4))))
  (if (i64.ne (i64x2.extract_lane 1 (local.get $d)) (i64.const 5)) (then (return (i32.const 5))))
  (if (i32.ne (i31.get_s (ref.cast (ref i31) (local.get $f))) (i32.const 6)) (then (return (i32.const 6))))
  (if (i64.ne (local.get $g) (i64.const -7)) (then (return (i32.const 7))))
  (if (i32.ne (call $number (local.get $h)) (i32.const 8)) (then (return (i32.const 8))))
  (if (f64.ne (local.get $i) (f64.const 9.25)) (then (return (i32.const 9))))
  (if (i32.ne (call_ref $n (ref.cast (ref $n) (local.get $j))) (i32.const 5)) (then (return (i32.const 10))))
  (if (i32.ne (struct.get $box $n (ref.cast (ref $box) (any.convert_extern (local.get $k)))) (i32.const 10))
    (then (return (i32.const 11))))
  (if (i32.ne (struct.get $box $n (local.get $l)) (i32.const 11)) (then (return (i32.const 12))))
  (if (i32.ne (local.get $m) (i32.const 12)) (then (return (i32.const 13))))
  (i32.const 0))
"#;

/// An old object gets new exceptions, which nothing else holds.
const OLD: &str = r#"
(global $old (mut (ref null $box)) (ref.null $box))
(global $array (mut (ref null $boxes)) (ref.null $boxes))
(func $main (result i32) (local $i i32)
  (global.set $old (struct.new $box (ref.null exn) (i32.const 1)))
  (global.set $array (array.new_default $boxes (i32.const 4000)))
  (loop $more
    (call $garbage (i32.const 40))
    (struct.set $box $e (global.get $old) (call $new (local.get $i)))
    (array.set $boxes (global.get $array) (i32.mul (local.get $i) (i32.const 97)) (call $new (local.get $i)))
    (call $garbage (i32.const 40))
    (if (i32.ne (call $number (struct.get $box $e (global.get $old))) (local.get $i)) (then (return (i32.const 1))))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $more (i32.lt_u (local.get $i) (i32.const 40))))
  (local.set $i (i32.const 0))
  (loop $more
    (if (i32.ne (call $number (array.get $boxes (global.get $array) (i32.mul (local.get $i) (i32.const 97)))) (local.get $i))
      (then (return (i32.const 2))))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $more (i32.lt_u (local.get $i) (i32.const 40))))
  (i32.const 0))
"#;

/// References in frames, callee-saved registers and arguments, over calls that throw and catch.
const CALLS: &str = r#"
(func $down (param $n i32) (param $e exnref) (result i32) (local $own exnref) (local $r i32)
  (if (i32.eqz (local.get $n)) (then (throw_ref (local.get $e))))
  (local.set $own (call $new (local.get $n)))
  (block $h (result (ref null $box) i32 exnref)
    (try_table (catch_ref $of $h) (drop (call $down (i32.sub (local.get $n) (i32.const 1)) (local.get $own))))
    (unreachable))
  (local.set $own) (local.set $r) (drop)
  (call $garbage (i32.const 3))
  (if (i32.ne (call $number (local.get $own)) (local.get $r)) (then (return (i32.const -1))))
  (if (i32.eq (local.get $r) (i32.const -1)) (then (return (i32.const -1))))
  (throw_ref (local.get $e)))
(func $main (result i32) (local $e exnref)
  (local.set $e (call $new (i32.const 77)))
  (block $h (result (ref null $box) i32)
    (try_table (catch $of $h) (return (call $down (i32.const 60) (local.get $e))))
    (unreachable))
  (if (i32.ne (i32.const 77)) (then (return (i32.const 1))))
  (i32.sub (struct.get $box $n) (i32.const 77)))
"#;

/// Held by continuations alone: bound, by a frame that is suspended, in what is sent to and fro; and thrown into one.
const CONTINUATIONS: &str = r#"
(type $f (func (param exnref) (result i32)))
(type $k (cont $f))
(type $f0 (func (result i32)))
(type $k0 (cont $f0))
(tag $stop (param exnref) (result exnref))
(elem declare func $body $catches)
(func $body (param $e exnref) (result i32) (local $own exnref) (local $got exnref)
  (local.set $own (call $new (i32.const 3)))
  (local.set $got (suspend $stop (call $new (i32.const 5))))
  (call $garbage (i32.const 50))
  (i32.add (call $number (local.get $e)) (i32.add (call $number (local.get $own)) (call $number (local.get $got)))))
(func $catches (param $e exnref) (result i32) (local $n i32)
  (block $h (result (ref null $box) i32)
    (try_table (catch $of $h) (drop (suspend $stop (local.get $e))))
    (unreachable))
  (local.set $n) (drop)
  (i32.add (local.get $n) (call $number (local.get $e))))
(func $main (result i32) (local $k (ref null $k)) (local $bound (ref null $k0)) (local $e exnref) (local $thrown exnref)
  (local.set $bound (cont.bind $k $k0 (call $new (i32.const 7)) (cont.new $k (ref.func $body))))
  (call $garbage (i32.const 100))
  (block $on (result exnref (ref $k))
    (resume $k0 (on $stop $on) (local.get $bound))
    (return (i32.const 1)))
  (local.set $k) (local.set $e)
  (call $garbage (i32.const 100))
  (if (i32.ne (call $number (local.get $e)) (i32.const 5)) (then (return (i32.const 2))))
  (if (i32.ne (resume $k (call $new (i32.const 11)) (local.get $k)) (i32.const 21)) (then (return (i32.const 3))))
  (block $on (result exnref (ref $k))
    (resume $k (on $stop $on) (call $new (i32.const 13)) (cont.new $k (ref.func $catches)))
    (return (i32.const 4)))
  (local.set $k) (local.set $e)
  (call $garbage (i32.const 100))
  (if (i32.ne (resume_throw $k $of (struct.new $box (ref.null exn) (i32.const 17)) (i32.const 17) (local.get $k)) (i32.const 30))
    (then (return (i32.const 5))))
  (block $on (result exnref (ref $k))
    (resume $k (on $stop $on) (call $new (i32.const 19)) (cont.new $k (ref.func $catches)))
    (return (i32.const 6)))
  (local.set $k) (local.set $e)
  (local.set $thrown (call $new (i32.const 23)))
  (call $garbage (i32.const 100))
  (if (i32.ne (resume_throw_ref $k (local.get $thrown) (local.get $k)) (i32.const 42)) (then (return (i32.const 7))))
  (i32.const 0))
"#;

/// Exceptions whose objects refer to them; one of them stays.
const CYCLES: &str = r#"
(global $kept (mut exnref) (ref.null exn))
(func $cycle (param $n i32) (result exnref) (local $b (ref null $box)) (local $e exnref)
  (local.set $b (struct.new $box (ref.null exn) (local.get $n)))
  (block $h (result (ref null $box) i32 exnref)
    (try_table (catch_ref $of $h) (throw $of (local.get $b) (local.get $n)))
    (unreachable))
  (local.set $e) (drop) (drop)
  (struct.set $box $e (local.get $b) (local.get $e))
  (local.get $e))
(func $main (result i32) (local $n i32) (local $b (ref null $box)) (local $e exnref)
  (global.set $kept (call $cycle (i32.const 123)))
  (local.set $n (i32.const COUNT))
  (loop $more
    (drop (call $cycle (local.get $n)))
    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
    (br_if $more (local.get $n)))
  (local.set $e (global.get $kept))
  ;; Around it a few times.
  (local.set $n (i32.const 4))
  (loop $more
    (block $h (result (ref null $box) i32)
      (try_table (catch $of $h) (throw_ref (local.get $e)))
      (unreachable))
    (if (i32.ne (i32.const 123)) (then (return (i32.const 1))))
    (local.set $b)
    (if (i32.ne (struct.get $box $n (local.get $b)) (i32.const 123)) (then (return (i32.const 2))))
    (local.set $e (struct.get $box $e (local.get $b)))
    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
    (br_if $more (local.get $n)))
  (i32.const 0))
"#;

const GARBAGE: &str = r#"
(func $main (result i32) (call $garbage (i32.const COUNT)) (i32.const 0))
"#;

/// Each holds the one before.
const CHAIN: &str = r#"
(global $last (mut exnref) (ref.null exn))
(func $link (param $before exnref) (param $n i32) (result exnref) (local $e exnref)
  (block $h (result exnref i32 exnref)
    (try_table (catch_ref $link $h) (throw $link (local.get $before) (local.get $n)))
    (unreachable))
  (local.set $e) (drop) (drop)
  (local.get $e))
(func $main (result i32) (local $n i32) (local $e exnref) (local $at i32)
  (loop $more
    (global.set $last (call $link (global.get $last) (local.get $n)))
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (br_if $more (i32.lt_u (local.get $n) (i32.const COUNT))))
  (local.set $e (global.get $last))
  (global.set $last (ref.null exn))
  (loop $more
    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
    (block $h (result exnref i32)
      (try_table (catch $link $h) (throw_ref (local.get $e)))
      (unreachable))
    (local.set $at) (local.set $e)
    (if (i32.ne (local.get $at) (local.get $n)) (then (return (i32.const 1))))
    (br_if $more (local.get $n)))
  (i32.eqz (ref.is_null (local.get $e))))
"#;
