;; Objects that are allocated in a row take one piece of the heap: one comparison, one call where there is no room.
(module
  (type $node (struct (field $next (mut (ref null $node))) (field $value (mut i32))))
  (type $nodes (array (mut (ref null $node))))
  (type $bytes (array (mut i8)))
  (table (export "table") 1 funcref)
  ;; May do anything.
  (func $see (param i32) (call_indirect (param i32) (local.get 0) (i32.const 0)))

  ;; A chain needs no barrier, from either end.
  (func (export "chain") (param $i i32) (result (ref $node))
    (struct.new $node
      (struct.new $node
        (struct.new $node (ref.null $node) (local.get $i))
        (i32.const 0))
      (i32.const 7)))
  (func (export "circle") (param $i i32) (result (ref $node))
    (local $a (ref $node)) (local $b (ref $node))
    (local.set $a (struct.new $node (ref.null $node) (local.get $i)))
    (local.set $b (struct.new $node (local.get $a) (i32.const 2)))
    (struct.set $node $next (local.get $a) (local.get $b))
    (local.get $a))
  ;; Arrays of known lengths, zeros left out; what is written between through another reference may be either.
  (func (export "arrays") (param $other (ref $node)) (result (ref $nodes) (ref $bytes))
    (local $it (ref $nodes))
    (local.set $it (array.new_fixed $nodes 2 (local.get $other) (ref.null $node)))
    (struct.set $node $value (local.get $other) (i32.const 1))
    (local.get $it)
    (array.new_default $bytes (i32.const 5)))
  ;; A trap between is no reason to stop; a call is, since it may collect garbage, and so is an array of any length.
  (func (export "trap") (param $a (ref null $node)) (result (ref $node))
    (struct.new $node (struct.new $node (ref.null $node) (i32.const 1)) (struct.get $node $value (local.get $a))))
  (func (export "call") (result (ref $node))
    (local $a (ref $node))
    (local.set $a (struct.new $node (ref.null $node) (i32.const 1)))
    (call $see (i32.const 1))
    (struct.new $node (local.get $a) (i32.const 2)))
  (func (export "length") (param $n i32) (result (ref $node) (ref $bytes) (ref $node))
    (struct.new $node (ref.null $node) (i32.const 1))
    (array.new_default $bytes (local.get $n))
    (struct.new $node (ref.null $node) (i32.const 2)))
  ;; What would be more than a step allocates begins another one.
  (func (export "large") (result (ref $bytes) (ref $bytes))
    (array.new_default $bytes (i32.const 600))
    (array.new_default $bytes (i32.const 600))))
