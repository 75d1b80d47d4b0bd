;; module a
(module (memory (export "m") 1 9))
;; module b
(module (import "a" "m" (memory 1)) (export "again" (memory 0)))
;; module c
(module (import "b" "again" (memory 2)))
