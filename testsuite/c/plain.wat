;; A module without objects, whose function calls C between frames of one that has some.
(module
  (import "env" "reenter" (func $reenter (param i32) (result i32)))
  (import "env" "table" (table $shared 4 8 funcref))
  (func $through (param $x i32) (result i32) (call $reenter (local.get $x)))
  (elem (table $shared) (i32.const 3) func $through)
  (func (export "through") (param $x i32) (result i32) (call $through (local.get $x))))
