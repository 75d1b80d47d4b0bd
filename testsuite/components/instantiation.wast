;; Instances: each has its own state and handles, and what starts them may trap or call.

;; The same component twice, the same module twice in each.
(component
  (component $C
    (core module $Counter
      (global $n (mut i32) (i32.const 0))
      (func (export "next") (result i32)
        (global.set $n (i32.add (global.get $n) (i32.const 1)))
        (global.get $n)))
    (core instance $a (instantiate $Counter))
    (core instance $b (instantiate $Counter))
    (func (export "a") (result u32) (canon lift (core func $a "next")))
    (func (export "b") (result u32) (canon lift (core func $b "next")))
  )
  (instance $one (instantiate $C))
  (instance $two (instantiate $C))
  (func (export "one-a") (alias export $one "a"))
  (func (export "one-b") (alias export $one "b"))
  (func (export "two-a") (alias export $two "a"))
  (func (export "two-b") (alias export $two "b"))
)
(assert_return (invoke "one-a") (u32.const 1))
(assert_return (invoke "one-a") (u32.const 2))
(assert_return (invoke "one-b") (u32.const 1))
(assert_return (invoke "two-a") (u32.const 1))
(assert_return (invoke "one-a") (u32.const 3))
(assert_return (invoke "two-b") (u32.const 1))

;; A start function calls a function of an instance that is there already, and one traps.
(component
  (component $C
    (core module $M
      (global $n (mut i32) (i32.const 0))
      (func (export "add") (param i32) (global.set $n (i32.add (global.get $n) (local.get 0))))
      (func (export "get") (result i32) (global.get $n)))
    (core instance $m (instantiate $M))
    (func (export "add") (param "v" u32) (canon lift (core func $m "add")))
    (func (export "get") (result u32) (canon lift (core func $m "get")))
  )
  (component $D
    (import "add" (func $add (param "v" u32)))
    (core func $add' (canon lower (func $add)))
    (core module $M
      (import "" "add" (func $add (param i32)))
      (func $start (call $add (i32.const 20)))
      (start $start))
    (core instance (instantiate $M (with "" (instance (export "add" (func $add'))))))
    (core instance (instantiate $M (with "" (instance (export "add" (func $add'))))))
  )
  (instance $c (instantiate $C))
  (instance (instantiate $D (with "add" (func $c "add"))))
  (instance (instantiate $D (with "add" (func $c "add"))))
  (func (export "get") (alias export $c "get"))
)
(assert_return (invoke "get") (u32.const 80))

(assert_trap
  (component
    (core module $M (func $start unreachable) (start $start))
    (core instance (instantiate $M)))
  "unreachable")
(assert_trap
  (component
    (core module $M (memory 1) (data (i32.const 65536) "a"))
    (core instance (instantiate $M)))
  "out of bounds memory access")
;; The order of instances is that in which they are written.
(assert_trap
  (component
    (core module $A (func $start (drop (i32.div_u (i32.const 1) (i32.const 0)))) (start $start))
    (core module $B (func $start unreachable) (start $start))
    (core instance (instantiate $A))
    (core instance (instantiate $B)))
  "integer divide by zero")
;; What is lowered can be called while its component is being instantiated, and traps there.
(assert_trap
  (component
    (component $C
      (core module $M (func (export "f") unreachable))
      (core instance $m (instantiate $M))
      (func (export "f") (canon lift (core func $m "f"))))
    (instance $c (instantiate $C))
    (core func $f (canon lower (func $c "f")))
    (core module $M (import "" "f" (func $f)) (start $f))
    (core instance (instantiate $M (with "" (instance (export "f" (func $f)))))))
  "unreachable")

;; Each instance of a component has its own resource type, and its own handles.
(component definition $Types
  (component $C
    (type $R' (resource (rep i32)))
    (export $R "R" (type $R'))
    (core func $new (canon resource.new $R'))
    (core instance $e (export "new" (func $new)))
    (func (export "new") (param "rep" u32) (result (own $R)) (canon lift (core func $e "new")))
    (core module $M (func (export "look") (param i32) (result i32) (local.get 0)))
    (core instance $m (instantiate $M))
    (func (export "look") (param "r" (borrow $R)) (result u32) (canon lift (core func $m "look")))
  )
  (instance $one (instantiate $C))
  (instance $two (instantiate $C))
  (component $D
    (import "one" (instance $one
      (export "R" (type $R (sub resource)))
      (export "new" (func (param "rep" u32) (result (own $R))))
      (export "look" (func (param "r" (borrow $R)) (result u32)))))
    (import "two" (instance $two
      (export "R" (type $R (sub resource)))
      (export "new" (func (param "rep" u32) (result (own $R))))
      (export "look" (func (param "r" (borrow $R)) (result u32)))))
    (core func $new-one (canon lower (func $one "new")))
    (core func $new-two (canon lower (func $two "new")))
    (core func $look-one (canon lower (func $one "look")))
    (core func $look-two (canon lower (func $two "look")))
    (core instance $e
      (export "new-one" (func $new-one)) (export "new-two" (func $new-two))
      (export "look-one" (func $look-one)) (export "look-two" (func $look-two)))
    (func (export "new-one") (param "v" u32) (result u32) (canon lift (core func $e "new-one")))
    (func (export "new-two") (param "v" u32) (result u32) (canon lift (core func $e "new-two")))
    (func (export "look-one") (param "v" u32) (result u32) (canon lift (core func $e "look-one")))
    (func (export "look-two") (param "v" u32) (result u32) (canon lift (core func $e "look-two")))
  )
  (instance $d (instantiate $D (with "one" (instance $one)) (with "two" (instance $two))))
  (func (export "new-one") (alias export $d "new-one"))
  (func (export "new-two") (alias export $d "new-two"))
  (func (export "look-one") (alias export $d "look-one"))
  (func (export "look-two") (alias export $d "look-two"))
)
(component instance $i $Types)
(assert_return (invoke "new-one" (u32.const 7)) (u32.const 1))
(assert_return (invoke "new-two" (u32.const 8)) (u32.const 2))
(assert_return (invoke "look-one" (u32.const 1)) (u32.const 7))
(assert_return (invoke "look-two" (u32.const 2)) (u32.const 8))
(assert_trap (invoke "look-two" (u32.const 1)) "handle index 1 used with the wrong type, expected guest-defined resource but found a different guest-defined resource")
(component instance $i $Types)
(assert_return (invoke "new-two" (u32.const 8)) (u32.const 1))
(assert_trap (invoke "look-one" (u32.const 1)) "handle index 1 used with the wrong type, expected guest-defined resource but found a different guest-defined resource")
