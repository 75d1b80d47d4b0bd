;; A module that is called `env` must export the memory itself.
;; module env
(module (func (export "f")))
;; module b
(module (import "env" "memory" (memory 1)))
