;; module a
(module (memory (export "m") i64 1) (table (export "t") i64 1 funcref) (memory (export "b") 1 (pagesize 1)))
;; module main
(module (import "a" "m" (memory 1)) (import "a" "t" (table 1 funcref)) (import "a" "b" (memory 1)))
