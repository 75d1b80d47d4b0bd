;; module a
(module (import "a" "x" (global i32)) (export "y" (global 0)) (import "a" "y" (global i32)) (export "x" (global 1)))
