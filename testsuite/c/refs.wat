;; Calls functions of another module through imported references of a type.
(module
  (type $step (func (param i64 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64) (result i64)))
  (import "tails" "step" (global $any funcref))
  (import "tails" "step" (global $step (ref null $step)))
  (func (export "through") (param i64 i32) (result i64)
    (if (i32.ne (ref.is_null (global.get $any)) (i32.const 0)) (then (unreachable)))
    (return_call_ref $step (local.get 0) (local.get 1)
      (i64.const 1) (i64.const 2) (i64.const 6) (i64.const 7) (i64.const 8) (i64.const 9) (i64.const 10) (i64.const 10) (i64.const 19)
      (global.get $step))))
