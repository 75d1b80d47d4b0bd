;; module a
(module (import "b" "g" (global $g i32)) (global (export "g") i32 (i32.add (global.get $g) (i32.const 1))))
;; module b
(module (import "c" "g" (global $g i32)) (global (export "g") i32 (global.get $g)))
;; module c
(module (import "a" "g" (global $g i32)) (global (export "g") i32 (global.get $g)))
