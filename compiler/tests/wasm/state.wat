;; Memory, globals, tables, segments and instantiation.
;; call peek 8 = 0x64636261
;; call peek 65533 = MemoryOutOfBounds
;; call poke 16 0x1234567890abcdef = 0xffffffffffffffef
;; call grow 1 = 1
;; call grow 1 = 2
;; call grow 100 = 0xffffffff
;; call counter = 41
;; call counter = 42
;; call constants = 7 12
;; call indirect 3 = 9
;; call indirect 4 = IndirectCallToNull
;; call indirect 6 = BadSignature
;; call indirect 99 = TableOutOfBounds
;; call size = 10
;; call init 2 = 0x6a69
;; call init 3 = MemoryOutOfBounds
;; call drop = MemoryOutOfBounds
;; call started = 5
;; call is_null 3 = 0
;; call is_null 4 = 1
(module
  (type $unary (func (result i32)))
  (memory 1 4)
  (table $t 10 funcref)
  (global $counter (mut i32) (i32.const 40))
  (global $seven i32 (i32.const 7))
  (global $twelve i32 (i32.add (i32.const 5) (i32.const 7)))
  ;; Never written: as good as a constant.
  (global $quiet (mut i32) (i32.const 12))
  (global $ran (mut i32) (i32.const 0))
  (global $f funcref (ref.func $nine))
  (data (i32.const 8) "abcd")
  (data $passive "ij")
  (elem (table $t) (i32.const 3) func $nine)
  (elem (table $t) (i32.const 6) func $other)
  (start $start)
  (func $start (global.set $ran (i32.const 5)))
  (func (export "started") (result i32) (global.get $ran))
  (func (export "peek") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "poke") (param i32 i64) (result i64)
    (i64.store offset=8 (local.get 0) (local.get 1))
    (i64.load8_s offset=8 (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "counter") (result i32)
    (global.set $counter (i32.add (global.get $counter) (i32.const 1)))
    (global.get $counter))
  (func (export "constants") (result i32 i32) (global.get $seven) (global.get $quiet))
  (func $nine (result i32) (i32.const 9))
  (func $other (param i64))
  (func (export "indirect") (param i32) (result i32) (call_indirect $t (type $unary) (local.get 0)))
  (func (export "size") (result i32) (table.size $t))
  (func (export "init") (param $n i32) (result i32)
    (memory.init $passive (i32.const 100) (i32.const 0) (local.get $n))
    (i32.load (i32.const 100)))
  (func (export "drop")
    (data.drop $passive)
    (memory.init $passive (i32.const 100) (i32.const 0) (i32.const 1)))
  (func (export "is_null") (param i32) (result i32)
    (ref.is_null (table.get $t (local.get 0))))
  ;; Nothing refers to it: not compiled.
  (func $unused (result i32) (global.get $twelve)))
