;; options: cpu=v3
;; Products of which both halves are wanted, for processors with BMI2.
(module
  (memory 1)
  (func (export "product") (param i64 i64) (result i64 i64)
    (i64.mul_wide_u (local.get 0) (local.get 1)))
  ;; Results are wherever they are wanted.
  (func (export "row") (param $at i32) (param $end i32) (param $factor i64) (result i64)
    (local $low i64) (local $carry i64) (local $term i64)
    (loop $next
      (local.set $term (i64.load (local.get $at)))
      (i64.mul_wide_u (local.get $term) (local.get $factor))
      (i64.add128 (local.get $carry) (i64.const 0))
      (local.set $carry)
      (local.set $low)
      (i64.store (local.get $at) (local.get $low))
      (br_if $next (i32.ne (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $end))))
    (local.get $carry))
  ;; Signed products have none, and one half alone needs none.
  (func (export "signed") (param i64 i64) (result i64 i64)
    (i64.mul_wide_s (local.get 0) (local.get 1)))
  (func (export "low") (param i64 i64) (result i64)
    (i64.mul_wide_u (local.get 0) (local.get 1))
    (drop)))
