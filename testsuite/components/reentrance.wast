;; Whoever is in a call may be entered by instances inside of it. Three levels: the outermost calls A, A calls B inside of it, and B calls A or the
;; outermost.

(component definition $Levels
  (core module $M
    ;; Each level adds a digit.
    (func (export "back") (param i32) (result i32)
      (i32.add (i32.mul (local.get 0) (i32.const 10)) (i32.const 1))))
  (core instance $m (instantiate $M))
  (func $back (param "v" u32) (result u32) (canon lift (core func $m "back")))
  (component $A
    (import "back" (func $back (param "v" u32) (result u32)))
    (core module $M
      (func (export "middle") (param i32) (result i32)
        (i32.add (i32.mul (local.get 0) (i32.const 10)) (i32.const 2))))
    (core instance $m (instantiate $M))
    (func $middle (param "v" u32) (result u32) (canon lift (core func $m "middle")))
    (component $B
      (import "back" (func $back (param "v" u32) (result u32)))
      (import "middle" (func $middle (param "v" u32) (result u32)))
      (core func $back' (canon lower (func $back)))
      (core func $middle' (canon lower (func $middle)))
      (core module $M
        (import "" "back" (func $back (param i32) (result i32)))
        (import "" "middle" (func $middle (param i32) (result i32)))
        (func $add (param i32) (result i32) (i32.add (i32.mul (local.get 0) (i32.const 10)) (i32.const 3)))
        (func (export "inner") (param i32) (result i32) (call $add (local.get 0)))
        (func (export "to-middle") (param i32) (result i32) (call $add (call $middle (call $add (local.get 0)))))
        (func (export "to-back") (param i32) (result i32) (call $add (call $back (call $add (local.get 0))))))
      (core instance $m (instantiate $M (with "" (instance
        (export "back" (func $back')) (export "middle" (func $middle'))))))
      (func (export "inner") (param "v" u32) (result u32) (canon lift (core func $m "inner")))
      (func (export "to-middle") (param "v" u32) (result u32) (canon lift (core func $m "to-middle")))
      (func (export "to-back") (param "v" u32) (result u32) (canon lift (core func $m "to-back")))
    )
    (instance $b (instantiate $B
      (with "back" (func $back)) (with "middle" (func $middle))))
    (core func $inner (canon lower (func $b "inner")))
    (core func $to-middle (canon lower (func $b "to-middle")))
    (core func $to-back (canon lower (func $b "to-back")))
    (core module $N
      (import "" "inner" (func $inner (param i32) (result i32)))
      (import "" "to-middle" (func $to-middle (param i32) (result i32)))
      (import "" "to-back" (func $to-back (param i32) (result i32)))
      (func $add (param i32) (result i32) (i32.add (i32.mul (local.get 0) (i32.const 10)) (i32.const 2)))
      (func (export "inner") (param i32) (result i32) (call $add (call $inner (call $add (local.get 0)))))
      (func (export "to-middle") (param i32) (result i32) (call $add (call $to-middle (call $add (local.get 0)))))
      (func (export "to-back") (param i32) (result i32) (call $add (call $to-back (call $add (local.get 0))))))
    (core instance $n (instantiate $N (with "" (instance
      (export "inner" (func $inner)) (export "to-middle" (func $to-middle)) (export "to-back" (func $to-back))))))
    (func (export "inner") (param "v" u32) (result u32) (canon lift (core func $n "inner")))
    (func (export "to-middle") (param "v" u32) (result u32) (canon lift (core func $n "to-middle")))
    (func (export "to-back") (param "v" u32) (result u32) (canon lift (core func $n "to-back")))
  )
  (instance $a (instantiate $A (with "back" (func $back))))
  (core func $inner (canon lower (func $a "inner")))
  (core func $to-middle (canon lower (func $a "to-middle")))
  (core func $to-back (canon lower (func $a "to-back")))
  (core instance $e (export "inner" (func $inner)) (export "to-middle" (func $to-middle)) (export "to-back" (func $to-back)))
  (func (export "inner") (param "v" u32) (result u32) (canon lift (core func $e "inner")))
  (func (export "to-middle") (param "v" u32) (result u32) (canon lift (core func $e "to-middle")))
  (func (export "to-back") (param "v" u32) (result u32) (canon lift (core func $e "to-back")))
)
(component instance $i $Levels)
(assert_return (invoke "inner" (u32.const 0)) (u32.const 232))
(assert_return (invoke "inner" (u32.const 0)) (u32.const 232))
(component instance $i $Levels)
(assert_return (invoke "to-middle" (u32.const 0)) (u32.const 23232))
(assert_return (invoke "to-middle" (u32.const 0)) (u32.const 23232))
(component instance $i $Levels)
(assert_return (invoke "to-back" (u32.const 0)) (u32.const 23132))
(assert_return (invoke "inner" (u32.const 0)) (u32.const 232))
