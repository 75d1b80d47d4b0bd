;; module lib
(module (func (export "f") (param i32)) (memory (export "small") 1 2) (global (export "g") i32 (i32.const 0)) (table (export "t") 1 funcref))
;; module app
(module
  (import "lib" "f" (func (param i64)))
  (import "lib" "missing" (func (result f64)))
  (import "lib" "small" (memory 2))
  (import "lib" "g" (global (mut i32)))
  (import "lib" "t" (func))
  (import "env" "puts" (func (param i32) (result i32)))
  (import "env" "tab" (table 1 4 externref))
  (import "wasi_snapshot_preview1" "fd_write" (func (param i32))))
