;; option mul
(module (func (export "add")) (memory (export "mul") 1))
