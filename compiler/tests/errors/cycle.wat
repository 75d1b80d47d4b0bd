;; module a
(module (import "b" "f" (func)) (func (export "g")))
;; module b
(module (import "a" "g" (func)) (func (export "f")))
