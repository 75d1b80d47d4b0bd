;; module a
(module)
;; module a
(module (memory 1))
