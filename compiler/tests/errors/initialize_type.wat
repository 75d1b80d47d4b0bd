;; option command
(module (func (export "_start")) (func (export "_initialize") (result i32) (i32.const 0)))
