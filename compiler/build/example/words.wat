;; Counts words, and tells the program of each.
(module
    (import "env" "word" (func $word (param $at i32) (param $len i32)))
    (memory (export "memory") 1)

    (func $is_letter (param $at i32) (param $end i32) (result i32)
        (if (result i32) (i32.lt_u (local.get $at) (local.get $end))
            (then (i32.gt_u (i32.load8_u (local.get $at)) (i32.const 32)))
            (else (i32.const 0))))

    ;; The number of words in the text at an address.
    (func (export "words") (param $at i32) (param $len i32) (result i32)
        (local $end i32) (local $start i32) (local $count i32)
        (local.set $end (i32.add (local.get $at) (local.get $len)))
        (loop $next
            (local.set $start (local.get $at))
            (loop $letter
                (if (call $is_letter (local.get $at) (local.get $end))
                    (then
                        (local.set $at (i32.add (local.get $at) (i32.const 1)))
                        (br $letter))))
            (if (i32.gt_u (local.get $at) (local.get $start))
                (then
                    (call $word (local.get $start) (i32.sub (local.get $at) (local.get $start)))
                    (local.set $count (i32.add (local.get $count) (i32.const 1)))))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
        (local.get $count)))
