;; Constructs, labels and locals. The listing shows that block parameters appear only where values differ.
;; call max 3 9 = 9
;; call max 9 3 = 9
;; call sum 10 = 55
;; call sum 0 = 0
;; call fact 10 = 3628800
;; call switch 0 = 10
;; call switch 1 = 20
;; call switch 2 = 20
;; call switch 3 = 30
;; call switch 0xffffffff = 30
;; call divmod 17 5 = 3 2
;; call divmod 17 0 = IntegerDivisionByZero
;; call nested 5 = 25
;; call ret_early 1 = 7
;; call ret_early 0 = 8
;; call dead 4 = 4
;; call loop_params 4 = 24
;; call collatz 27 = 111
;; call swap 3 = 2
;; call swap 4 = 1
;; call br_if_value 0 = 2
;; call br_if_value 1 = 1
;; call zero = 0 0
;; call never = Unreachable
(module
  (func (export "max") (param i32 i32) (result i32)
    (if (i32.lt_s (local.get 0) (local.get 1)) (then (local.set 0 (local.get 1))))
    (local.get 0))
  (func (export "sum") (param $n i32) (result i32) (local $s i32)
    (block $out
      (loop $next
        (br_if $out (i32.eqz (local.get $n)))
        (local.set $s (i32.add (local.get $s) (local.get $n)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
    (local.get $s))
  (func $fact (export "fact") (param i64) (result i64)
    (if (result i64) (i64.eqz (local.get 0))
      (then (i64.const 1))
      (else (i64.mul (local.get 0) (call $fact (i64.sub (local.get 0) (i64.const 1)))))))
  (func (export "switch") (param i32) (result i32)
    (block $c (block $b (block $a
      (br_table $a $b $b $c (local.get 0)))
      (return (i32.const 10)))
      (return (i32.const 20)))
    (i32.const 30))
  (func (export "divmod") (param i32 i32) (result i32 i32)
    (i32.div_u (local.get 0) (local.get 1))
    (i32.rem_u (local.get 0) (local.get 1)))
  ;; The inner loop does not write $n: it gets no parameter for it.
  (func (export "nested") (param $n i32) (result i32) (local $i i32) (local $j i32) (local $c i32)
    (loop $outer
      (local.set $j (i32.const 0))
      (loop $inner
        (local.set $c (i32.add (local.get $c) (i32.const 1)))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br_if $inner (i32.lt_u (local.get $j) (local.get $n))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $outer (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $c))
  (func (export "ret_early") (param i32) (result i32)
    (if (local.get 0) (then (return (i32.const 7))))
    (i32.const 8))
  ;; Code behind a branch is not translated, whatever it holds.
  (func (export "dead") (param i32) (result i32)
    (block (result i32)
      (br 0 (local.get 0))
      (block (loop (unreachable) (if (then (nop)) (else (unreachable) (drop)))))
      (i32.add)
      (local.set 0)
      (local.get 0)))
  (func (export "loop_params") (param i32) (result i32)
    (i32.const 1) (local.get 0)
    (loop $l (param i32 i32) (result i32)
      (local.set 0)
      (i32.mul (local.get 0))
      (i32.sub (local.get 0) (i32.const 1))
      (local.tee 0)
      (br_if $l (local.get 0))
      (drop)))
  (func (export "collatz") (param $n i32) (result i32) (local $steps i32)
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $n) (i32.const 1)))
        (if (i32.and (local.get $n) (i32.const 1))
          (then (local.set $n (i32.add (i32.mul (local.get $n) (i32.const 3)) (i32.const 1))))
          (else (local.set $n (i32.shr_u (local.get $n) (i32.const 1)))))
        (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
        (br $next)))
    (local.get $steps))
  ;; The parameters of the loop exchange their values in each round.
  (func (export "swap") (param $n i32) (result i32) (local $a i32) (local $b i32) (local $t i32)
    (local.set $a (i32.const 1)) (local.set $b (i32.const 2))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $t (local.get $a))
        (local.set $a (local.get $b))
        (local.set $b (local.get $t))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
    (local.get $a))
  (func (export "br_if_value") (param i32) (result i32)
    (block (result i32)
      (drop (br_if 0 (i32.const 1) (local.get 0)))
      (i32.const 2)))
  (func (export "zero") (result i32 i64) (local i32 i64) (local.get 0) (local.get 1))
  (func (export "never") (unreachable)))
