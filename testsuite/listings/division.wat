;; Division: checks where operands are unknown, none where they are constants, the overflow of signed division.
(module
  (func (export "div_s") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "div_u") (param i32 i32) (result i32) (i32.div_u (local.get 0) (local.get 1)))
  (func (export "rem_s") (param i64 i64) (result i64) (i64.rem_s (local.get 0) (local.get 1)))
  (func (export "rem_u") (param i64 i64) (result i64) (i64.rem_u (local.get 0) (local.get 1)))
  (func (export "by_seven") (param i32) (result i32) (i32.div_s (local.get 0) (i32.const 7)))
  (func (export "by_minus_one") (param i32) (result i32) (i32.div_s (local.get 0) (i32.const -1)))
  (func (export "by_eight") (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 8)))
  (func (export "rem_eight") (param i32) (result i32) (i32.rem_s (local.get 0) (i32.const 8)))
  (func (export "by_zero") (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 0))))
