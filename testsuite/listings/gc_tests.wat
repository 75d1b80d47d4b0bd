;; Tests of types and casts: what is known of a reference where it is tested.
(module
  (type $animal (sub (struct (field $legs (mut i32)))))
  (type $bird (sub $animal (struct (field $legs (mut i32)) (field $wings i32))))
  (type $penguin (sub final $bird (struct (field $legs (mut i32)) (field $wings i32) (field $name i32))))
  (type $fish (sub $animal (struct (field $legs (mut i32)) (field $fins i64))))
  (table (export "table") 1 funcref)
  ;; May do anything.
  (func $see (param i32) (call_indirect (param i32) (local.get 0) (i32.const 0)))

  ;; The operand's type says that it is an object: only the number of its type is compared.
  (func (export "cast") (param (ref $animal)) (result i32)
    (struct.get $bird $wings (ref.cast (ref $bird) (local.get 0))))
  ;; It may be null, or a number.
  (func (export "cast any") (param anyref) (result i32)
    (struct.get $bird $wings (ref.cast (ref $bird) (local.get 0))))
  (func (export "branch any") (param anyref) (result i32)
    (if (result i32) (ref.test (ref $bird) (local.get 0)) (then (i32.const 5)) (else (i32.const 6))))
  ;; The second one vanishes, and a test of a supertype.
  (func (export "twice") (param anyref) (result i32)
    (i32.add (struct.get $bird $wings (ref.cast (ref $bird) (local.get 0)))
      (i32.add (struct.get $bird $legs (ref.cast (ref $bird) (local.get 0)))
        (i32.add (ref.test (ref $animal) (local.get 0)) (ref.test (ref $fish) (local.get 0))))))
  ;; All are known.
  (func (export "new") (result (ref $bird))
    (local $it (ref null $animal))
    (local.set $it (struct.new $bird (i32.const 1) (i32.const 2)))
    (call $see (ref.test (ref $penguin) (local.get $it)))
    (call $see (ref.is_null (local.get $it)))
    (ref.cast (ref $bird) (local.get $it)))
  ;; It fails, behind the call.
  (func (export "fails")
    (local $it (ref null $animal))
    (local.set $it (struct.new $fish (i32.const 1) (i64.const 2)))
    (call $see (i32.const 1))
    (call $see (struct.get $bird $wings (ref.cast (ref $bird) (local.get $it)))))
  ;; Where the branch leads, the cast is known; where it does not, that the other test fails.
  (func (export "branches") (param anyref) (result i32)
    (if (ref.test (ref $bird) (local.get 0)) (then
      (return (struct.get $bird $wings (ref.cast (ref $bird) (local.get 0))))))
    (ref.test (ref $penguin) (local.get 0)))
  ;; On one way only: the test stays.
  (func (export "one way") (param anyref i32) (result i32)
    (if (local.get 1) (then (call $see (struct.get $bird $wings (ref.cast (ref $bird) (local.get 0))))))
    (ref.test (ref $bird) (local.get 0)))
  ;; Another one in each round: the test stays.
  (func (export "rounds") (param (ref null $animal)) (result i32)
    (local $count i32)
    (loop $again
      (local.set $count (i32.add (local.get $count) (ref.test (ref $bird) (local.get 0))))
      (local.set 0 (struct.new $fish (i32.const 1) (i64.const 2)))
      (br_if $again (i32.lt_u (local.get $count) (i32.const 10))))
    (local.get $count)))
