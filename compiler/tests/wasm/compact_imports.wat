;; Imports that share the name of their module: here of the module itself, which is linked to it.
;; call f = 7
(module
  (import "compact_imports"
    (item "a" (func $a))
    (item "b" (func $b (result i32))))
  (func (export "a"))
  (func (export "b") (result i32) (i32.const 7))
  (func (export "f") (result i32) (call $a) (call $b)))
