;; What threads do gets a number and an argument.
;; option command
(module
  (import "wasi" "thread-spawn" (func (param i32) (result i32)))
  (import "env" "memory" (memory 1 1 shared))
  (func (export "wasi_thread_start") (param i64))
  (func (export "_start")))
