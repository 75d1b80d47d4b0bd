;; Another library for the same program; it calls back into the program, which calls the first one.
(module
  (import "env" "inner" (func $inner (param i32) (result i32)))
  (memory 1)
  (func (export "outer") (param i32) (result i32) (call $inner (local.get 0)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0))))
