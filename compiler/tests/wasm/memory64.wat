;; A 64-bit memory and table beside 32-bit ones.
;; call peek 8 = 0x64636261
;; call peek 65533 = MemoryOutOfBounds
;; call peek 0x100000000 = MemoryOutOfBounds
;; call peek 0xfffffffffffffffc = MemoryOutOfBounds
;; call far 0xfffffffffffffff8 = MemoryOutOfBounds
;; call grow 1 = 1
;; call grow 100 = 0xffffffffffffffff
;; call size = 2
;; call between 8 0 4 = 0x64636261
;; call indirect 1 = 9
;; call indirect 0x100000001 = TableOutOfBounds
(module
  (type $number (func (result i32)))
  (memory $wide i64 1 4)
  (memory $narrow 1)
  (table $t i64 3 funcref)
  (data (memory $wide) (i64.const 8) "abcd")
  (elem (table $t) (i64.const 1) func $nine)
  (func $nine (result i32) (i32.const 9))
  (func (export "peek") (param i64) (result i32) (i32.load $wide (local.get 0)))
  (func (export "far") (param i64) (result i32) (i32.load $wide offset=0x100000000 (local.get 0)))
  (func (export "grow") (param i64) (result i64) (memory.grow $wide (local.get 0)))
  (func (export "size") (result i64) (memory.size $wide))
  (func (export "between") (param $src i64) (param $dst i32) (param $len i32) (result i32)
    (memory.copy $narrow $wide (local.get $dst) (local.get $src) (local.get $len))
    (i32.load $narrow (local.get $dst)))
  (func (export "indirect") (param i64) (result i32)
    (call_indirect $t (type $number) (local.get 0)))
  ;; Two accesses at one address share a comparison, a constant one needs none.
  (func (export "pair") (param i64) (result i64)
    (i64.add (i64.load $wide (local.get 0)) (i64.load $wide offset=8 (local.get 0))))
  (func (export "constant") (result i64) (i64.load $wide (i64.const 1024))))
