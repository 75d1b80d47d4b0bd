;; The function that starts threads has one type.
;; option command
(module
  (import "wasi" "thread-spawn" (func (param i64) (result i32)))
  (func (export "_start")))
