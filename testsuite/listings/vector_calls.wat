;; Vectors live across calls are spilled whole, even where the callee preserves the low half of the register; vectors as
;; stack arguments are aligned; a function without vectors keeps its floats in preserved registers.
(module
  (func $f (param i32)
    (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1))) (call $f (i32.sub (local.get 0) (i32.const 2))))))
  (func (export "across") (param v128 f64) (result v128 f64)
    (call $f (i32.const 9))
    (i8x16.add (local.get 0) (local.get 0))
    (local.get 1))
  (func (export "scalar") (param f64) (result f64)
    (call $f (i32.const 9))
    (local.get 0))
  (func $many (export "many") (param v128 v128 v128 v128 v128 v128 v128 v128 f32 v128 i32) (result v128)
    (i8x16.add (local.get 9) (i8x16.splat (local.get 10))))
  (func (export "call_many") (param v128) (result v128)
    (call $many
      (local.get 0) (local.get 0) (local.get 0) (local.get 0)
      (local.get 0) (local.get 0) (local.get 0) (local.get 0)
      (f32.const 1) (local.get 0) (i32.const 3)))
)
