;; What is known of a callee: which state it writes, which registers it changes, and that it throws nothing.
(module
  (memory 1)
  (table (export "table") 2 funcref)
  (global $count (mut i32) (i32.const 0))
  (tag $odd)

  ;; Writes the global, no memory; few registers.
  (func $tick (param i32) (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (i32.mul (local.get 0) (i32.const 3)))

  ;; The second load of the memory vanishes, and its value stays in a register across the call that needs no saving. That of the global stays.
  (func (export "loads") (param i32) (result i32)
    (i32.add
      (i32.add (i32.load (local.get 0)) (global.get $count))
      (i32.add (call $tick (local.get 0))
        (i32.add (i32.load (local.get 0)) (global.get $count)))))

  ;; A loop that calls it: what is loaded before stays known.
  (func (export "loop") (param i32) (result i32) (local i32 i32)
    (local.set 1 (i32.load (local.get 0)))
    (loop $again
      (local.set 2 (i32.add (local.get 2) (i32.load (local.get 0))))
      (br_if $again (call $tick (local.get 2))))
    (i32.add (local.get 1) (local.get 2)))

  ;; A function out of a table may do everything, and so may who calls it.
  (func $asks (param i32) (call_indirect (param i32) (local.get 0) (local.get 0)))
  (func (export "asks") (param i32) (result i32)
    (drop (i32.load (local.get 0)))
    (call $asks (local.get 0))
    (i32.load (local.get 0)))

  ;; Functions that call each other know nothing of each other.
  (func $even (export "even") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (i32.load (i32.const 8)))
      (else
        (drop (i32.load (i32.const 8)))
        (i32.add (call $odd (i32.sub (local.get 0) (i32.const 1))) (i32.load (i32.const 8))))))
  (func $odd (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (i32.const 0))
      (else (call $even (i32.sub (local.get 0) (i32.const 1))))))

  ;; One argument is always the same.
  (func $scaled (param i32 i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (return (call $scaled (i32.load (local.get 0)) (i32.const 8)))))
    (i32.mul (local.get 0) (local.get 1)))
  (func (export "same") (param i32) (result i32)
    (i32.add (call $scaled (i32.const 5) (i32.const 8)) (call $scaled (local.get 0) (i32.const 8))))

  ;; A handler for what throws nothing is not there; one for what may throw is.
  (func $throws (param i32) (if (local.get 0) (then (throw $odd))))
  (func (export "handlers") (param i32) (result i32)
    (block $handler
      (try_table (catch $odd $handler)
        (return (call $tick (local.get 0)))))
    (i32.const 7))
  (func (export "caught") (param i32) (result i32)
    (block $handler
      (try_table (catch $odd $handler)
        (call $throws (local.get 0))
        (return (i32.const 5))))
    (i32.const 7)))
