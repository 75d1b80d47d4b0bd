;; A call with handlers ends its block; calls outside of `try_table` stay as they are; a throw that is caught where it is thrown is a branch.
(module
  (memory 1)
  (tag $e (param i32 i64))
  (func $callee (param i32) (result i32 f64)
    (if (i32.eqz (local.get 0)) (then (throw $e (i32.const 1) (i64.const 2))))
    (local.get 0) (f64.const 1.5))
  (func (export "handlers") (param $x i32) (param $y i64) (result i64)
    (block $all
      (block $h (result i32 i64)
        (try_table (catch $e $h) (catch_all $all)
          (call $callee (local.get $x))
          (return (i64.add (i64.trunc_sat_f64_s) (local.get $y))))
        (unreachable))
      (return (i64.mul (local.get $y))))
    (local.get $y))
  (func (export "local") (param $x i32) (result i32)
    (block $h (result i32 i64)
      (try_table (catch $e $h)
        (if (local.get $x) (then (throw $e (i32.const 5) (i64.const 6)))))
      (return (i32.const 7)))
    drop)
  (func (export "rethrow") (param $x i32)
    try
      local.get $x
      call $callee
      drop
      drop
    catch_all
      i32.const 0
      i32.const 1
      i32.store
      rethrow 0
    end))
