;; A few operators of each family; the operators themselves are tested by the spec suite.
;; call i 7 0xfffffffd = 0xfffffffe 0x1
;; call i 0x80000000 0xffffffff = IntegerOverflow
;; call f 0x40000000 = 0x3fb504f3 0x40000000
;; call sat 0x7fc00000 = 0
;; call trunc 0x7fc00000 = BadConversionToInteger
;; call trunc 0x4f800000 = IntegerOverflow
;; call ext 0xff = 0xffffffffffffffff
;; call wrap 0x1ffffffff = 0xffffffff
;; call pick 1 = 0x3ff0000000000000
;; call pick 0 = 0x4000000000000000
(module
  (func (export "i") (param i32 i32) (result i32 i32)
    (i32.div_s (local.get 0) (local.get 1))
    (i32.rem_s (local.get 0) (local.get 1)))
  (func (export "f") (param f32) (result f32 f32)
    (f32.sqrt (local.get 0))
    (f32.max (local.get 0) (f32.neg (local.get 0))))
  (func (export "sat") (param f32) (result i32) (i32.trunc_sat_f32_s (local.get 0)))
  (func (export "trunc") (param f32) (result i32) (i32.trunc_f32_u (local.get 0)))
  (func (export "ext") (param i64) (result i64) (i64.extend8_s (local.get 0)))
  (func (export "wrap") (param i64) (result i32) (i32.wrap_i64 (local.get 0)))
  (func (export "pick") (param i32) (result f64)
    (select (f64.const 1) (f64.const 2) (local.get 0))))
