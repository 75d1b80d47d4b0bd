;; options: deterministic
;; NaNs that arithmetic makes become canonical where their bits can be seen; sign operations and copies keep them.
(module (memory 1)
  (func (export "sum") (param f64 f64) (result f64) (f64.add (local.get 0) (local.get 1)))
  (func (export "chain") (param f32 f32 i32)
    (f32.store (local.get 2) (f32.sqrt (f32.mul (local.get 0) (local.get 1)))))
  (func (export "unseen") (param f64 f64) (result i32)
    (f64.lt (f64.sub (local.get 0) (local.get 1)) (f64.max (local.get 0) (local.get 1))))
  (func (export "kept") (param f64 f32 i32) (result f64)
    (f64.copysign (f64.neg (select (local.get 0) (f64.load (local.get 2)) (local.get 2))) (f64.abs (local.get 0))))
  (func (export "loop") (param i32) (result f64) (local f64)
    (loop
      (local.set 1 (f64.add (local.get 1) (f64.load (local.get 0))))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 8)))))
    (local.get 1)))
