;; Float operations that must keep every bit of a NaN, and those with awkward semantics.
(module
  (func (export "neg") (param f64) (result f64) (f64.neg (local.get 0)))
  (func (export "abs") (param f32) (result f32) (f32.abs (local.get 0)))
  (func (export "copysign") (param f64 f64) (result f64) (f64.copysign (local.get 0) (local.get 1)))
  (func (export "min") (param f64 f64) (result f64) (f64.min (local.get 0) (local.get 1)))
  (func (export "max") (param f32 f32) (result f32) (f32.max (local.get 0) (local.get 1)))
  (func (export "nearest") (param f64) (result f64) (f64.nearest (local.get 0)))
  (func (export "times_one") (param f64) (result f64) (f64.mul (local.get 0) (f64.const 1)))
  (func (export "plus_zero") (param f64) (result f64) (f64.add (local.get 0) (f64.const 0)))
  (func (export "not_equal") (param f64 f64) (result i32) (f64.ne (local.get 0) (local.get 1))))
