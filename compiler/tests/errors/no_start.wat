;; option command
(module (func (export "add")) (func (export "run")))
