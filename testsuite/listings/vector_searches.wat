;; Loops that look for where two arrays differ, or for a byte: sixteen at a time where it is certain that so many come, from the first that differs on as the loop has it. Loops that
;; skip what is the same stay as they are.
(module
  (memory (export "memory") 1)
  ;; The C library's memcmp.
  (func (export "memcmp") (param $p i32) (param $q i32) (param $n i32) (result i32) (local $a i32) (local $b i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    (loop $l
      (if (i32.ne (local.tee $a (i32.load8_u (local.get $p))) (local.tee $b (i32.load8_u (local.get $q))))
        (then (return (i32.sub (local.get $a) (local.get $b)))))
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0))
  ;; The next line.
  (func (export "line") (param $p i32) (param $end i32) (result i32)
    (loop $l
      (if (i32.lt_u (local.get $p) (local.get $end)) (then
        (if (i32.ne (i32.load8_u (local.get $p)) (i32.const 10)) (then
          (local.set $p (i32.add (local.get $p) (i32.const 1)))
          (br $l))))))
    (local.get $p))
  (func (export "spaces") (param $p i32) (param $end i32) (result i32)
    (loop $l
      (if (i32.lt_u (local.get $p) (local.get $end)) (then
        (if (i32.eq (i32.load8_u (local.get $p)) (i32.const 32)) (then
          (local.set $p (i32.add (local.get $p) (i32.const 1)))
          (br $l))))))
    (local.get $p)))
