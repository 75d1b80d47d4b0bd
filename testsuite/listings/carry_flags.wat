;; Sums and differences whose carries are taken from the flags, and where they cannot be.
(module
  (memory 1)
  ;; Three terms of two limbs each.
  (func (export "chain") (param $a i64) (param $b i64) (param $c i64) (param $d i64) (param $e i64) (result i64 i64)
    (i64.add128 (local.get $a) (local.get $b) (local.get $c) (i64.const 0))
    (i64.add128 (local.get $d) (local.get $e)))
  (func (export "differences") (param $a i64) (param $b i64) (param $c i64) (param $d i64) (result i64 i64)
    (i64.sub128 (local.get $a) (local.get $b) (local.get $c) (i64.const 0))
    (i64.sub128 (local.get $d) (i64.const 1)))
  ;; As compilers write it without wide arithmetic; the upper half comes before the store of the lower one.
  (func (export "plain") (param $at i32) (param $a i64) (param $b i64) (param $high i64) (result i64)
    (local $low i64)
    (i64.store (local.get $at) (local.tee $low (i64.add (local.get $a) (local.get $b))))
    (i64.add (local.get $high) (i64.extend_i32_u (i64.lt_u (local.get $low) (local.get $a)))))
  ;; What is added to the carry is loaded behind the sum, whose users come first: the comparison is made again.
  (func (export "late") (param $at i32) (param $a i64) (param $b i64) (result i64)
    (local $low i64) (local $high i64)
    (local.set $low (i64.add (local.get $a) (local.get $b)))
    (i64.store (local.get $at) (local.get $low))
    (local.set $high (i64.load offset=8 (local.get $at)))
    (i64.add (local.get $high) (i64.extend_i32_u (i64.lt_u (local.get $low) (local.get $a)))))
  ;; It is loaded behind the sum, but the sum has no other users yet.
  (func (export "loaded") (param $at i32) (param $a i64) (param $b i64) (result i64 i64)
    (local $low i64) (local $high i64)
    (local.set $low (i64.add (local.get $a) (local.get $b)))
    (i64.store (local.get $at) (local.get $a))
    (local.set $high (i64.load offset=8 (local.get $at)))
    (local.get $low)
    (i64.add (local.get $high) (i64.extend_i32_u (i64.lt_u (local.get $low) (local.get $a))))))
