;; Sums, differences and products of 128 bits.
(module
  (func (export "add") (param i64 i64 i64 i64) (result i64 i64)
    (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func (export "sub") (param i64 i64 i64 i64) (result i64 i64)
    (i64.sub128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func (export "mul_u") (param i64 i64) (result i64 i64)
    (i64.mul_wide_u (local.get 0) (local.get 1)))
  (func (export "mul_s") (param i64 i64) (result i64 i64)
    (i64.mul_wide_s (local.get 0) (local.get 1)))
  ;; Upper halves of zero leave only the carry.
  (func (export "extended") (param i64 i64) (result i64 i64)
    (i64.add128 (local.get 0) (i64.const 0) (local.get 1) (i64.const 0)))
  ;; Products of small numbers have none.
  (func (export "small") (param i32 i32) (result i64 i64)
    (i64.mul_wide_u (i64.extend_i32_u (i32.and (local.get 0) (i32.const 255))) (i64.extend_i32_u (local.get 1)))))
