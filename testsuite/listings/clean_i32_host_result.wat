;; options: world=open memory=pinned
;; What C code returns in a 32-bit register has an arbitrary upper half.
(module
  (import "env" "get" (func $get (result i32)))
  (memory 1)
  (func (export "widen") (result i64)
    (i64.extend_i32_u (call $get)))
  (func (export "address") (result i32)
    (i32.load (call $get))))
