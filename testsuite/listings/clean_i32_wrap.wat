;; i32.wrap_i64 must clear the upper half before the value is used as 64 bits or as an address.
(module
  (memory 1)
  (func (export "widen") (param i64) (result i64)
    (i64.extend_i32_u (i32.wrap_i64 (local.get 0))))
  (func (export "address") (param i64) (result i32)
    (i32.load offset=16 (i32.wrap_i64 (local.get 0))))
  (func (export "stored") (param i32 i64)
    (i32.store (local.get 0) (i32.wrap_i64 (local.get 1))))
  (func (export "added") (param i64 i64) (result i64)
    (i64.extend_i32_u (i32.add (i32.wrap_i64 (local.get 0)) (i32.wrap_i64 (local.get 1))))))
