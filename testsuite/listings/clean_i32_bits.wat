;; clz and ctz of zero are 32 or 64, popcnt is a plain instruction.
(module
  (func (export "clz32") (param i32) (result i64)
    (i64.extend_i32_u (i32.clz (local.get 0))))
  (func (export "ctz32") (param i32) (result i64)
    (i64.extend_i32_u (i32.ctz (local.get 0))))
  (func (export "clz64") (param i64) (result i64)
    (i64.clz (local.get 0)))
  (func (export "ctz64") (param i64) (result i64)
    (i64.ctz (local.get 0)))
  (func (export "popcnt32") (param i32) (result i64)
    (i64.extend_i32_u (i32.popcnt (local.get 0)))))
