;; module a
(module (import "b" "f" (func (param i32))) (func (export "g")) (export "h" (func 0)))
;; module b
(module (import "a" "g" (func (result i32))) (import "a" "h" (func (param i64))) (func (export "f") (param i32)))
