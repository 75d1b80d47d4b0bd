;; module a
(module (import "env" "memory" (memory 1 2)))
;; module b
(module (import "env" "memory" (memory 3)))
;; module c
(module (import "env" "memory" (memory 1 2 shared)))
