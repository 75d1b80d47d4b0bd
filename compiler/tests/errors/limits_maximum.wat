;; module lib
(module (memory (export "m") 1))
;; module app
(module (import "lib" "m" (memory 1 3)))
