;; Greets by name, and tells its host. For the host in Rust.
(component
  (import "test:words/host@0.1.0" (instance $host
    (export "note" (func (param "text" string) (result u32)))))
  (core module $m
    (memory (export "memory") 1)
    (data (i32.const 100) "hello, ")
    (global $next (mut i32) (i32.const 200))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $next)
      (global.set $next (i32.add (global.get $next) (local.get 3)))))
  (core instance $libc (instantiate $m))
  (core func $note (canon lower (func $host "note") (memory (core memory $libc "memory"))))
  (core module $main
    (import "libc" "memory" (memory 1))
    (import "libc" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
    (import "host" "note" (func $note (param i32 i32) (result i32)))
    ;; The greeting is as long as the host says.
    (func (export "greet") (param $name i32) (param $len i32) (result i32)
      (local $to i32)
      (local.set $to (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.add (local.get $len) (i32.const 7))))
      (memory.copy (local.get $to) (i32.const 100) (i32.const 7))
      (memory.copy (i32.add (local.get $to) (i32.const 7)) (local.get $name) (local.get $len))
      (i32.store (i32.const 8) (local.get $to))
      (i32.store (i32.const 12) (call $note (local.get $to) (i32.add (local.get $len) (i32.const 7))))
      (i32.const 8)))
  (core instance $i (instantiate $main
    (with "libc" (instance $libc)) (with "host" (instance (export "note" (func $note))))))
  (func (export "greet") (param "name" string) (result string)
    (canon lift (core func $i "greet") (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc")))))
