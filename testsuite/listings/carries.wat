;; 1 more or less where one number is less than another: the comparison's carry.
(module
  (func (export "sum") (param $a i64) (param $b i64) (param $c i64) (param $d i64) (result i64 i64) (local $low i64)
    (local.tee $low (i64.add (local.get $a) (local.get $c)))
    (i64.add (i64.add (local.get $b) (local.get $d)) (i64.extend_i32_u (i64.lt_u (local.get $low) (local.get $a)))))
  (func (export "difference") (param $a i64) (param $b i64) (param $c i64) (param $d i64) (result i64 i64)
    (i64.sub (local.get $a) (local.get $c))
    (i64.sub (i64.sub (local.get $b) (local.get $d)) (i64.extend_i32_u (i64.lt_u (local.get $a) (local.get $c)))))
  (func (export "greater") (param $a i64) (param $b i64) (param $x i64) (result i64)
    (i64.add (i64.extend_i32_u (i64.gt_u (local.get $a) (local.get $b))) (local.get $x)))
  (func (export "two") (param $x i64) (param $a i64) (param $b i64) (param $c i64) (result i64)
    (i64.add (local.get $x) (i64.add (i64.extend_i32_u (i64.lt_u (local.get $a) (local.get $b))) (i64.extend_i32_u (i64.lt_u (local.get $b) (local.get $c))))))
  ;; Of these it is the comparison that is needed.
  (func (export "signed") (param $a i64) (param $b i64) (param $x i64) (result i64)
    (i64.add (local.get $x) (i64.extend_i32_u (i64.lt_s (local.get $a) (local.get $b)))))
  (func (export "negated") (param $a i64) (param $b i64) (result i64)
    (i64.sub (i64.const 0) (i64.extend_i32_u (i64.lt_u (local.get $a) (local.get $b)))))
  (func (export "not less") (param $a i64) (param $b i64) (param $x i64) (result i64)
    (i64.add (local.get $x) (i64.extend_i32_u (i64.ge_u (local.get $a) (local.get $b))))))
