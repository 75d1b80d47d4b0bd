;; Throws, directly and through its table.
(module
  (tag $e (export "e") (param i32 f64))
  (tag (export "other") (param i64))
  (table (export "table") 2 funcref)
  (global $count (mut i32) (i32.const 0))
  (func $throw (export "throw") (param $x i32) (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (throw $e (local.get $x) (f64.convert_i32_s (local.get $x))))
  (func $pass (param $x i32) (result i32)
    (i32.add (call $throw (local.get $x)) (global.get $count)))
  (elem (i32.const 0) $throw $pass)
  (func (export "count") (result i32) (global.get $count)))
