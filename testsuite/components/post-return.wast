;; `post-return` runs when results have been copied, gets what the function returned, and may not leave its instance. Neither may `realloc`.

;; It overwrites what it had returned: nobody sees that.
(component
  (component $C
    (core module $M
      (memory (export "m") 1)
      (data (i32.const 16) "\20\00\00\00\03\00\00\00abc")
      (data (i32.const 32) "xyz")
      (global $freed (mut i32) (i32.const 0))
      (func (export "string") (result i32) (i32.const 16))
      (func (export "post") (param i32)
        (if (i32.ne (local.get 0) (i32.const 16)) (then unreachable))
        (memory.fill (i32.const 16) (i32.const 0xff) (i32.const 32))
        (global.set $freed (i32.add (global.get $freed) (i32.const 1))))
      (func (export "freed") (result i32) (global.get $freed)))
    (core instance $m (instantiate $M))
    (func (export "string") (result string)
      (canon lift (core func $m "string") (memory (core memory $m "m")) (post-return (core func $m "post"))))
    (func (export "freed") (result u32) (canon lift (core func $m "freed")))
  )
  (component $D
    (import "string" (func $string (result string)))
    (core module $Memory
      (memory (export "m") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 100)))
    (core instance $memory (instantiate $Memory))
    (core func $string' (canon lower (func $string)
      (memory (core memory $memory "m")) (realloc (core func $memory "realloc"))))
    (core module $M
      (import "" "m" (memory 1))
      (import "" "string" (func $string (param i32)))
      (func (export "run") (result i32)
        (call $string (i32.const 8))
        (if (i32.ne (i32.load (i32.const 8)) (i32.const 100)) (then unreachable))
        (if (i32.ne (i32.load (i32.const 12)) (i32.const 3)) (then unreachable))
        (i32.load (i32.const 100))))
    (core instance $m (instantiate $M (with "" (instance
      (export "m" (memory $memory "m")) (export "string" (func $string'))))))
    (func (export "run") (result u32) (canon lift (core func $m "run")))
  )
  (instance $c (instantiate $C))
  (instance $d (instantiate $D (with "string" (func $c "string"))))
  (func (export "run") (alias export $d "run"))
  (func (export "freed") (alias export $c "freed"))
)
(assert_return (invoke "freed") (u32.const 0))
(assert_return (invoke "run") (u32.const 0x7a7978))
(assert_return (invoke "freed") (u32.const 1))

;; The same where the result is printed, and where there is no result.
(component
  (core module $M
    (memory (export "m") 1)
    (data (i32.const 16) "\20\00\00\00\03\00\00\00")
    (data (i32.const 32) "xyz")
    (global $freed (mut i32) (i32.const 0))
    (func (export "string") (result i32) (i32.const 16))
    (func (export "post") (param i32)
      (memory.fill (i32.const 16) (i32.const 0xff) (i32.const 32))
      (global.set $freed (i32.add (global.get $freed) (local.get 0))))
    (func (export "nothing"))
    (func (export "post-nothing") (global.set $freed (i32.add (global.get $freed) (i32.const 1))))
    (func (export "two") (param i64) (result i64) (local.get 0))
    (func (export "post-two") (param i64)
      (global.set $freed (i32.add (global.get $freed) (i32.wrap_i64 (local.get 0)))))
    (func (export "freed") (result i32) (global.get $freed)))
  (core instance $m (instantiate $M))
  (func (export "string") (result string)
    (canon lift (core func $m "string") (memory (core memory $m "m")) (post-return (core func $m "post"))))
  (func (export "nothing") (canon lift (core func $m "nothing") (post-return (core func $m "post-nothing"))))
  (func (export "long") (param "v" u64) (result s64) (canon lift (core func $m "two") (post-return (core func $m "post-two"))))
  (func (export "freed") (result u32) (canon lift (core func $m "freed")))
)
(assert_return (invoke "string") (str.const "xyz"))
(assert_return (invoke "freed") (u32.const 16))
(assert_return (invoke "nothing"))
(assert_return (invoke "freed") (u32.const 17))
(assert_return (invoke "long" (u64.const 0x1ffffffff)) (s64.const 0x1ffffffff))
(assert_return (invoke "freed") (u32.const 16))

;; Results that are wrong trap before it runs.
(component
  (core module $M
    (memory (export "m") 1)
    (func (export "string") (result i32) (i32.const 65532))
    (func (export "post") (param i32) unreachable))
  (core instance $m (instantiate $M))
  (func (export "string") (result string)
    (canon lift (core func $m "string") (memory (core memory $m "m")) (post-return (core func $m "post"))))
)
(assert_trap (invoke "string") "pointer out of bounds of memory")

;; Its own traps are traps of the call.
(component
  (core module $M
    (func (export "f") (result i32) (i32.const 1))
    (func (export "post") (param i32) unreachable))
  (core instance $m (instantiate $M))
  (func (export "f") (result u32) (canon lift (core func $m "f") (post-return (core func $m "post"))))
)
(assert_trap (invoke "f") "unreachable")

;; Neither it nor realloc may call what another instance lifted, and what was lowered must not have run.
(component definition $Calls
  (component $C
    (core module $M (func (export "f") unreachable))
    (core instance $m (instantiate $M))
    (func (export "f") (canon lift (core func $m "f")))
  )
  (component $D
    (import "f" (func $f))
    (core func $f' (canon lower (func $f)))
    (core module $M
      (import "" "f" (func $f))
      (memory (export "m") 1)
      (func (export "nothing"))
      (func (export "take") (param i32 i32))
      (func (export "post") (call $f))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (call $f) (i32.const 16)))
    (core instance $m (instantiate $M (with "" (instance (export "f" (func $f'))))))
    (func (export "post") (canon lift (core func $m "nothing") (post-return (core func $m "post"))))
    (func (export "take") (param "v" string)
      (canon lift (core func $m "take") (memory (core memory $m "m")) (realloc (core func $m "realloc"))))
    (func (export "call") (canon lift (core func $m "post")))
  )
  ;; Calls D's functions from another component.
  (component $E
    (import "take" (func $take (param "v" string)))
    (import "post" (func $post))
    (core module $Memory (memory (export "m") 1))
    (core instance $memory (instantiate $Memory))
    (core func $take' (canon lower (func $take) (memory (core memory $memory "m"))))
    (core func $post' (canon lower (func $post)))
    (core module $M
      (import "" "take" (func $take (param i32 i32)))
      (func (export "take") (call $take (i32.const 0) (i32.const 0))))
    (core instance $m (instantiate $M (with "" (instance (export "take" (func $take'))))))
    (core instance $e (export "post" (func $post')))
    (func (export "take") (canon lift (core func $m "take")))
    (func (export "post") (canon lift (core func $e "post")))
  )
  (instance $c (instantiate $C))
  (instance $d (instantiate $D (with "f" (func $c "f"))))
  (instance $e (instantiate $E (with "take" (func $d "take")) (with "post" (func $d "post"))))
  (func (export "post") (alias export $d "post"))
  (func (export "take") (alias export $d "take"))
  (func (export "call") (alias export $d "call"))
  (func (export "post-between") (alias export $e "post"))
  (func (export "take-between") (alias export $e "take"))
)
(component instance $i $Calls)
(assert_trap (invoke "call") "unreachable")
(component instance $i $Calls)
(assert_trap (invoke "post") "cannot leave component instance")
(component instance $i $Calls)
(assert_trap (invoke "take" (str.const "a")) "cannot leave component instance")
(component instance $i $Calls)
(assert_trap (invoke "take-between") "cannot leave component instance")
