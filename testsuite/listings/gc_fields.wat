;; Fields in value numbering: what a load finds that was loaded or stored before, and what may have changed it.
(module
  (type $point (sub (struct (field $x (mut i32)) (field $y (mut i32)) (field $id i32))))
  (type $special (sub final $point (struct (field $x (mut i32)) (field $y (mut i32)) (field $id i32) (field $z (mut i32)))))
  (type $other (struct (field $x (mut i32))))
  (type $ints (array (mut i32)))
  (type $names (array i32))
  (table (export "table") 1 funcref)
  ;; May do anything.
  (func $see (param i32) (call_indirect (param i32) (local.get 0) (i32.const 0)))
  (global $point (export "point") (mut (ref null $point)) (ref.null $point))

  ;; Over a call only what is immutable stays known: the field, an element, the length.
  (func (export "immutable") (param (ref $point) (ref $names)) (result i32)
    (call $see (i32.add (struct.get $point $id (local.get 0)) (struct.get $point $x (local.get 0))))
    (call $see (i32.add (array.get $names (local.get 1) (i32.const 3)) (array.len (local.get 1))))
    (i32.add (i32.add (struct.get $point $id (local.get 0)) (struct.get $point $x (local.get 0)))
      (array.get $names (local.get 1) (i32.const 3))))
  ;; Another field, and the field of another type, are elsewhere; the same field of another object may be the same.
  (func (export "stores") (param $a (ref $point)) (param $b (ref $special)) (param $c (ref $other)) (result i32)
    (struct.set $point $x (local.get $a) (i32.const 5))
    (struct.set $special $y (local.get $b) (i32.const 6))
    (struct.set $other $x (local.get $c) (i32.const 7))
    (call $see (struct.get $point $x (local.get $a)))
    (struct.set $point $x (local.get $a) (i32.const 5))
    (struct.set $special $x (local.get $b) (i32.const 8))
    (struct.get $point $x (local.get $a)))
  ;; A new object is none that was there before, but it may be one that was read since.
  (func (export "new") (param $old (ref $point)) (result i32)
    (local $new (ref $point)) (local $x i32)
    (local.set $x (struct.get $point $x (local.get $old)))
    (local.set $new (struct.new $point (i32.const 1) (i32.const 2) (i32.const 3)))
    (global.set $point (local.get $new))
    (struct.set $point $x (local.get $new) (local.get $x))
    (local.set $x (i32.add (struct.get $point $x (local.get $old)) (struct.get $point $x (local.get $new))))
    (struct.set $point $x (global.get $point) (i32.const 9))
    (i32.add (local.get $x) (struct.get $point $x (local.get $new))))
  ;; The first access tests for null. What is not used and cannot trap vanishes.
  (func (export "null") (param $a (ref null $point)) (result i32)
    (drop (struct.get $point $y (local.get $a)))
    (drop (struct.get $point $id (local.get $a)))
    (struct.set $point $y (local.get $a) (i32.const 1))
    (struct.get $point $x (ref.as_non_null (local.get $a))))
  ;; Loads and their uses are one instruction where the machine has it.
  (func (export "folded") (param $a (ref $point)) (param $i (ref $ints)) (param $at i32) (result i32)
    (struct.set $point $x (local.get $a) (i32.add (struct.get $point $x (local.get $a)) (i32.const 3)))
    (array.set $ints (local.get $i) (local.get $at) (i32.sub (array.get $ints (local.get $i) (local.get $at)) (local.get $at)))
    (if (i32.eq (struct.get $point $y (local.get $a)) (i32.const 7)) (then (return (i32.const 1))))
    (i32.add (local.get $at) (struct.get $point $id (local.get $a)))))
