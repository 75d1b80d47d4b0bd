;; Binary trees: many short-lived ones beside one that lives.
(module
  (type $tree (struct (field (ref null $tree)) (field (ref null $tree))))
  (func $make (param $depth i32) (result (ref $tree))
    (if (result (ref $tree)) (local.get $depth)
      (then (struct.new $tree
        (call $make (i32.sub (local.get $depth) (i32.const 1)))
        (call $make (i32.sub (local.get $depth) (i32.const 1)))))
      (else (struct.new_default $tree))))
  (func $count (param $tree (ref null $tree)) (result i32)
    (if (result i32) (ref.is_null (local.get $tree))
      (then (i32.const 0))
      (else (i32.add (i32.const 1) (i32.add
        (call $count (struct.get $tree 0 (local.get $tree)))
        (call $count (struct.get $tree 1 (local.get $tree))))))))
  (func $run (export "run") (result i32)
    (local $kept (ref $tree)) (local $i i32) (local $sum i32)
    (local.set $kept (call $make (i32.const 18)))
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (call $count (call $make (i32.const 12)))))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3000))))
    (i32.add (local.get $sum) (call $count (local.get $kept))))
  (func (export "_start")
    (if (i32.ne (call $run) (i32.const 25097287)) (then (unreachable)))))
