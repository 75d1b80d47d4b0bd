;; What the specification says and wasmtime 49 does not do. (CanonicalABI.md, `may_enter_from` and `canon lift`.)

;; A call may not come back into an instance that is in a call by way of an instance around it.
(component definition $Around
  (core module $M
    (table (export "t") 1 funcref)
    (type $f (func (result i32)))
    (func (export "back") (result i32) (call_indirect (type $f) (i32.const 0))))
  (core instance $m (instantiate $M))
  (func $back (result u32) (canon lift (core func $m "back")))
  (component $A
    (import "back" (func $back (result u32)))
    (core func $back' (canon lower (func $back)))
    (core module $M
      (func (export "leaf") (result i32) (i32.const 1)))
    (core instance $m (instantiate $M))
    (core instance $e (export "back" (func $back')))
    (func (export "leaf") (result u32) (canon lift (core func $m "leaf")))
    (func (export "around") (result u32) (canon lift (core func $e "back")))
  )
  (instance $a (instantiate $A (with "back" (func $back))))
  (core func $leaf (canon lower (func $a "leaf")))
  (core module $Fill
    (import "" "t" (table 1 funcref))
    (import "" "leaf" (func $leaf (result i32)))
    (elem (i32.const 0) $leaf))
  (core instance (instantiate $Fill (with "" (instance (export "t" (table $m "t")) (export "leaf" (func $leaf))))))
  (func (export "back") (alias export $a "leaf"))
  (func (export "outer") (result u32) (canon lift (core func $m "back")))
  (func (export "around") (alias export $a "around"))
)
(component instance $i $Around)
(assert_return (invoke "back") (u32.const 1))
(assert_return (invoke "outer") (u32.const 1))
(assert_trap (invoke "around") "cannot enter component instance")

;; `post-return` may not leave its instance, whoever called.
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
      (func (export "nothing"))
      (func (export "post") (call $f)))
    (core instance $m (instantiate $M (with "" (instance (export "f" (func $f'))))))
    (func (export "post") (canon lift (core func $m "nothing") (post-return (core func $m "post"))))
  )
  (component $E
    (import "post" (func $post))
    (core func $post' (canon lower (func $post)))
    (core instance $e (export "post" (func $post')))
    (func (export "post") (canon lift (core func $e "post")))
  )
  (instance $c (instantiate $C))
  (instance $d (instantiate $D (with "f" (func $c "f"))))
  (instance $e (instantiate $E (with "post" (func $d "post"))))
  (func (export "post") (alias export $e "post"))
)
(component instance $i $Calls)
(assert_trap (invoke "post") "cannot leave component instance")
