;; A module that works on a memory, a table and globals of its host.
(module
  (import "host" "shared" (memory 1))
  (import "host" "scale" (global $scale f64))
  (import "host" "calls" (global $calls (mut i64)))
  (import "host" "functions" (table $functions 4 funcref))
  (import "host" "base" (global $base i32))
  ;; Two lists of two: what comes later wins.
  (data (global.get $base) "head")
  (data (i32.add (global.get $base) (i32.const 2)) "lists")
  (data (i32.const 48) "fix")
  (data (i32.const 51) "ed")
  (type $unary (func (param i32) (result i32)))
  (func (export "sum") (param $at i32) (param $count i32) (result f64)
    (local $sum f64)
    (global.set $calls (i64.add (global.get $calls) (i64.const 1)))
    (loop $next
      (if (local.get $count) (then
        (local.set $sum (f64.add (local.get $sum) (f64.load (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next))))
    (f64.mul (local.get $sum) (global.get $scale)))
  (func $negate (type $unary) (i32.sub (i32.const 0) (local.get 0)))
  (elem (i32.const 2) $negate)
  (elem (i32.const 0) $negate $negate)
  (func (export "call") (param $which i32) (param i32) (result i32)
    (call_indirect $functions (type $unary) (local.get 1) (local.get $which))))
