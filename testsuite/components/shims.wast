;; A module between two others, whose functions call the elements of its table, which the last module fills: as toolchains make it where a module and
;; its host need each other. Such functions are linked directly, which must not change what they do, nor what goes wrong.

;; With parameters and results, as an import, as a destructor, and lifted.
(component
  (core module $Shim
    (type $two (func (param i32 i64) (result i64)))
    (type $one (func (param i32)))
    (table (export "t") 3 3 funcref)
    (func (export "two") (param i32 i64) (result i64)
      (call_indirect (type $two) (local.get 0) (local.get 1) (i32.const 1)))
    (func (export "one") (param i32) (call_indirect (type $one) (local.get 0) (i32.const 2)))
    (func (export "drop") (param i32) (call_indirect (type $one) (local.get 0) (i32.const 0))))
  (core instance $shim (instantiate $Shim))
  (alias core export $shim "drop" (core func $dtor))
  (type $r (resource (rep i32) (dtor (core func $dtor))))
  (core func $new (canon resource.new $r))
  (core func $close (canon resource.drop $r))
  (core module $Main
    (import "" "two" (func $two (param i32 i64) (result i64)))
    (import "" "one" (func $one (param i32)))
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "close" (func $close (param i32)))
    (global $sum (export "sum") (mut i32) (i32.const 0))
    (func (export "run") (result i64)
      (call $one (i32.const 5))
      (call $close (call $new (i32.const 1000)))
      (i64.add (call $two (i32.const 1) (i64.const 20)) (i64.extend_i32_u (global.get $sum)))))
  (core instance $main (instantiate $Main (with "" (instance
    (export "two" (func $shim "two")) (export "one" (func $shim "one"))
    (export "new" (func $new)) (export "close" (func $close))))))
  (core module $Back
    (import "" "sum" (global $sum (mut i32)))
    (func (export "two") (param i32 i64) (result i64) (i64.add (i64.extend_i32_u (local.get 0)) (local.get 1)))
    (func (export "one") (param i32) (global.set $sum (i32.add (global.get $sum) (local.get 0))))
    (func (export "drop") (param i32) (global.set $sum (i32.add (global.get $sum) (i32.mul (local.get 0) (i32.const 2))))))
  (core instance $back (instantiate $Back (with "" (instance $main))))
  (core module $Fill
    (import "" "t" (table 3 3 funcref))
    (import "" "one" (func $one (param i32)))
    (import "" "two" (func $two (param i32 i64) (result i64)))
    (import "" "drop" (func $drop (param i32)))
    (elem (i32.const 0) func $one)
    (elem (i32.const 0) func $drop $two $one))
  (core instance (instantiate $Fill (with "" (instance
    (export "t" (table $shim "t")) (export "drop" (func $back "drop"))
    (export "one" (func $back "one")) (export "two" (func $back "two"))))))
  (func (export "run") (result s64) (canon lift (core func $main "run")))
  (func (export "two") (param "a" u32) (param "b" s64) (result s64) (canon lift (core func $shim "two"))))
(assert_return (invoke "run") (s64.const 2026))
(assert_return (invoke "two" (u32.const 7) (s64.const -8)) (s64.const -1))
(assert_return (invoke "run") (s64.const 4031))

;; An element has another type than that with which it is called.
(component
  (core module $Shim
    (type $f (func (param i32) (result i32)))
    (table (export "t") 2 2 funcref)
    (func (export "f") (param i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.const 0)))
    (func (export "g") (param i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.const 1))))
  (core instance $shim (instantiate $Shim))
  (core module $Fill
    (import "" "t" (table 2 2 funcref))
    (func $other (param i64) (result i64) (local.get 0))
    (func $same (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (elem (i32.const 0) func $other $same))
  (core instance (instantiate $Fill (with "" (instance $shim))))
  (func (export "f") (param "v" u32) (result u32) (canon lift (core func $shim "f")))
  (func (export "g") (param "v" u32) (result u32) (canon lift (core func $shim "g"))))
(assert_return (invoke "g" (u32.const 7)) (u32.const 8))
(assert_trap (invoke "f" (u32.const 7)) "indirect call type mismatch")

;; An element is missing.
(component
  (core module $Shim
    (type $f (func (param i32) (result i32)))
    (table (export "t") 3 3 funcref)
    (func (export "f") (param i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.const 0)))
    (func (export "g") (param i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.const 1))))
  (core instance $shim (instantiate $Shim))
  (core module $Fill
    (import "" "t" (table 3 3 funcref))
    (func $same (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (elem (i32.const 1) func $same))
  (core instance (instantiate $Fill (with "" (instance $shim))))
  (func (export "f") (param "v" u32) (result u32) (canon lift (core func $shim "f")))
  (func (export "g") (param "v" u32) (result u32) (canon lift (core func $shim "g"))))
(assert_return (invoke "g" (u32.const 7)) (u32.const 8))
(assert_trap (invoke "f" (u32.const 7)) "uninitialized element")

;; A module starts before the table is filled; one that starts afterwards, or in the module that fills it, may call.
(assert_trap
  (component
    (core module $Shim
      (type $f (func (param i32) (result i32)))
      (table (export "t") 1 1 funcref)
      (func (export "f") (param i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.const 0))))
    (core instance $shim (instantiate $Shim))
    (core module $Main
      (import "" "f" (func $f (param i32) (result i32)))
      (func $start (drop (call $f (i32.const 1))))
      (start $start))
    (core instance $main (instantiate $Main (with "" (instance $shim))))
    (core module $Fill
      (import "" "t" (table 1 1 funcref))
      (func $same (param i32) (result i32) (local.get 0))
      (elem (i32.const 0) func $same))
    (core instance (instantiate $Fill (with "" (instance $shim)))))
  "uninitialized element")
(component
  (core module $Shim
    (type $f (func (param i32) (result i32)))
    (table (export "t") 1 1 funcref)
    (func (export "f") (param i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.const 0))))
  (core instance $shim (instantiate $Shim))
  (core module $Fill
    (import "" "t" (table 1 1 funcref))
    (import "" "f" (func $f (param i32) (result i32)))
    (global $n (mut i32) (i32.const 1))
    (func $double (param i32) (result i32)
      (global.set $n (i32.add (global.get $n) (local.get 0)))
      (global.get $n))
    (func $start (drop (call $f (i32.const 10))))
    (elem (i32.const 0) func $double)
    (start $start))
  (core instance (instantiate $Fill (with "" (instance $shim))))
  (core module $Late
    (import "" "f" (func $f (param i32) (result i32)))
    (func $start (drop (call $f (i32.const 100))))
    (start $start))
  (core instance (instantiate $Late (with "" (instance $shim))))
  (func (export "f") (param "v" u32) (result u32) (canon lift (core func $shim "f"))))
(assert_return (invoke "f" (u32.const 1000)) (u32.const 1111))

;; What starts before may call other functions.
(component
  (core module $Shim
    (type $f (func (param i32) (result i32)))
    (table (export "t") 1 1 funcref)
    (func (export "f") (param i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.const 0)))
    (func (export "g") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3))))
  (core instance $shim (instantiate $Shim))
  (core module $Main
    (import "" "f" (func $f (param i32) (result i32)))
    (import "" "g" (func $g (param i32) (result i32)))
    (global $n (mut i32) (i32.const 0))
    (func $start (global.set $n (call $g (i32.const 5))))
    (func (export "f") (param i32) (result i32) (i32.add (call $f (local.get 0)) (global.get $n)))
    (start $start))
  (core instance $main (instantiate $Main (with "" (instance $shim))))
  (core module $Fill
    (import "" "t" (table 1 1 funcref))
    (func $same (param i32) (result i32) (local.get 0))
    (elem (i32.const 0) func $same))
  (core instance (instantiate $Fill (with "" (instance $shim))))
  (func (export "f") (param "v" u32) (result u32) (canon lift (core func $main "f"))))
(assert_return (invoke "f" (u32.const 100)) (u32.const 115))

;; The table is filled outside of its bounds.
(assert_trap
  (component
    (core module $Shim
      (type $f (func (param i32) (result i32)))
      (table (export "t") 1 1 funcref)
      (func (export "f") (param i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.const 0))))
    (core instance $shim (instantiate $Shim))
    (core module $Fill
      (import "" "t" (table 1 1 funcref))
      (func $same (param i32) (result i32) (local.get 0))
      (elem (i32.const 0) func $same $same))
    (core instance (instantiate $Fill (with "" (instance $shim)))))
  "out of bounds table access")

;; Somebody else changes the table, or calls any element of it.
(component
  (core module $Shim
    (type $f (func (param i32) (result i32)))
    (table (export "t") 2 2 funcref)
    (func (export "f") (param i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.const 0))))
  (core instance $shim (instantiate $Shim))
  (core module $Fill
    (import "" "t" (table 2 2 funcref))
    (func $one (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (func $two (param i32) (result i32) (i32.add (local.get 0) (i32.const 2)))
    (elem (i32.const 0) func $one $two)
    (func (export "swap") (table.set 0 (i32.const 0) (table.get 0 (i32.const 1)))))
  (core instance $fill (instantiate $Fill (with "" (instance $shim))))
  (func (export "f") (param "v" u32) (result u32) (canon lift (core func $shim "f")))
  (func (export "swap") (canon lift (core func $fill "swap"))))
(assert_return (invoke "f" (u32.const 7)) (u32.const 8))
(assert_return (invoke "swap"))
(assert_return (invoke "f" (u32.const 7)) (u32.const 9))
(component
  (core module $Shim
    (type $f (func (param i32) (result i32)))
    (table (export "t") 2 2 funcref)
    (func (export "f") (param i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.const 0)))
    (func (export "any") (param i32) (result i32) (call_indirect (type $f) (i32.const 5) (local.get 0))))
  (core instance $shim (instantiate $Shim))
  (core module $Fill
    (import "" "t" (table 2 2 funcref))
    (func $one (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (func $two (param i32) (result i32) (i32.add (local.get 0) (i32.const 2)))
    (elem (i32.const 0) func $one $two))
  (core instance $fill (instantiate $Fill (with "" (instance $shim))))
  (func (export "f") (param "v" u32) (result u32) (canon lift (core func $shim "f")))
  (func (export "any") (param "v" u32) (result u32) (canon lift (core func $shim "any"))))
(assert_return (invoke "f" (u32.const 7)) (u32.const 8))
(assert_return (invoke "any" (u32.const 1)) (u32.const 7))
(assert_trap (invoke "any" (u32.const 2)) "undefined element")

;; The function that passes on is an element itself, of another table and of its own; and one passes on to the other for ever.
(component
  (core module $Shim
    (type $f (func (param i32) (result i32)))
    (table (export "t") 1 1 funcref)
    (table $other 1 1 funcref)
    (func $f (export "f") (param i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.const 0)))
    (func (export "by-table") (param i32) (result i32)
      (i32.mul (call_indirect $other (type $f) (local.get 0) (i32.const 0)) (i32.const 10)))
    (elem (table $other) (i32.const 0) func $f))
  (core instance $shim (instantiate $Shim))
  (core module $Fill
    (import "" "t" (table 1 1 funcref))
    (func $one (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (elem (i32.const 0) func $one))
  (core instance $fill (instantiate $Fill (with "" (instance $shim))))
  (func (export "f") (param "v" u32) (result u32) (canon lift (core func $shim "f")))
  (func (export "by-table") (param "v" u32) (result u32) (canon lift (core func $shim "by-table"))))
(assert_return (invoke "f" (u32.const 7)) (u32.const 8))
(assert_return (invoke "by-table" (u32.const 7)) (u32.const 80))
(component
  (core module $Shim
    (type $f (func (param i32) (result i32)))
    (table (export "t") 2 2 funcref)
    (func (export "f") (param i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.const 0)))
    (func (export "g") (param i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.const 1))))
  (core instance $shim (instantiate $Shim))
  (core module $Fill
    (import "" "t" (table 2 2 funcref))
    (import "" "f" (func $f (param i32) (result i32)))
    (import "" "g" (func $g (param i32) (result i32)))
    (elem (i32.const 0) func $g $f))
  (core instance $fill (instantiate $Fill (with "" (instance $shim))))
  (func (export "f") (param "v" u32) (result u32) (canon lift (core func $shim "f"))))
(assert_trap (invoke "f" (u32.const 7)) "call stack exhausted")

;; A chain of two shims.
(component
  (core module $Shim
    (type $f (func (param i32) (result i32)))
    (table (export "t") 1 1 funcref)
    (func (export "f") (param i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.const 0))))
  (core instance $a (instantiate $Shim))
  (core instance $b (instantiate $Shim))
  (core module $Pass
    (import "table" "t" (table 1 1 funcref))
    (import "func" "f" (func $f (param i32) (result i32)))
    (elem (i32.const 0) func $f))
  (core instance (instantiate $Pass (with "table" (instance $a)) (with "func" (instance $b))))
  (core module $Fill
    (import "" "t" (table 1 1 funcref))
    (func $one (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (elem (i32.const 0) func $one))
  (core instance (instantiate $Fill (with "" (instance $b))))
  (func (export "f") (param "v" u32) (result u32) (canon lift (core func $a "f"))))
(assert_return (invoke "f" (u32.const 7)) (u32.const 8))
