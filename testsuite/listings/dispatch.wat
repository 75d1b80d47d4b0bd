;; An interpreter: where the next instruction depends on a condition, a branch chooses it, and each way decides by the table itself what comes next.
(module
  (memory 1)
  (func (export "run") (param $pc i32) (param $acc i32) (result i32) (local $op i32) (local $next i32)
    (loop $next
      (local.set $op (i32.load8_u (local.get $pc)))
      (local.set $next (i32.add (local.get $pc) (i32.const 4)))
      (block $other
        (block $less
          (block $store
            (block $load
              (block $jump
                (block $sub
                  (block $add
                    (br_table $add $sub $jump $load $store $less $other (local.get $op)))
                  (local.set $acc (i32.add (local.get $acc) (i32.load8_u offset=1 (local.get $pc))))
                  (local.set $pc (local.get $next))
                  (br $next))
                (local.set $acc (i32.sub (local.get $acc) (i32.load8_u offset=1 (local.get $pc))))
                (local.set $pc (local.get $next))
                (br $next))
              ;; A conditional jump.
              (local.set $pc (select (i32.load8_u offset=2 (local.get $pc)) (local.get $next) (local.get $acc)))
              (br $next))
            (local.set $acc (i32.load offset=1024 (local.get $acc)))
            (local.set $pc (local.get $next))
            (br $next))
          (i32.store offset=1024 (i32.load8_u offset=1 (local.get $pc)) (local.get $acc))
          (local.set $pc (local.get $next))
          (br $next))
        ;; A select that chooses no address stays.
        (local.set $acc (select (i32.const 7) (local.get $acc) (i32.lt_s (local.get $acc) (i32.const 100))))
        (local.set $pc (local.get $next))
        (br $next)))
    (local.get $acc)))
