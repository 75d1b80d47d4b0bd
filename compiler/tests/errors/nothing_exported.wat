;; option command
(module (func))
