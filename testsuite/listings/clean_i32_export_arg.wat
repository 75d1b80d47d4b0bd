;; options: world=open memory=pinned
;; Arguments that enter through a C export have an arbitrary upper half.
(module
  (memory 1)
  (func (export "address") (param i32) (result i32)
    (i32.load8_u offset=4 (local.get 0)))
  (func (export "mixed") (param i32 i64 f64 i32) (result i64)
    (i64.add (i64.extend_i32_u (i32.add (local.get 0) (local.get 3)))
      (i64.add (local.get 1) (i64.trunc_sat_f64_u (local.get 2))))))
