;; Names that are passed on in a circle: nothing is behind them.
;; module a
(module (import "b" "f" (func $f)) (import "c" "g" (func $g)) (export "f" (func $f)))
;; module b
(module (import "a" "f" (func $f)) (export "f" (func $f)))
;; module c
(module (import "a" "f" (func $f)) (export "g" (func $f)))
