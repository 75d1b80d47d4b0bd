;; Others use these names for something else.
(module (import "env" "abort" (func)) (import "env" "emscripten_notify_memory_growth" (func (param i32) (result i32))))
