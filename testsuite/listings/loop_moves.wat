;; What the next round needs of this one is moved before the branch back, so that no jump is left in the round; a branch on whether a sum is zero takes
;; the flags of the addition, where there are flags of it.
(module
  (memory 1)
  ;; The last two of a series change places, and the way out needs one of them: the moves stay behind the branch.
  (func (export "fibonacci") (param $n i32) (result i32)
    (local $a i32) (local $b i32) (local $sum i32)
    (local.set $b (i32.const 1))
    (loop $more
      (local.set $sum (i32.add (local.get $a) (local.get $b)))
      (local.set $a (local.get $b))
      (local.set $b (local.get $sum))
      (br_if $more (i32.gt_u (local.get $n) (local.get $sum))))
    (local.get $sum))
  ;; The greatest so far: the next round gets what the way out does not need.
  (func (export "steps") (param $p i32) (param $n i32) (result i32)
    (local $last i32) (local $next i32) (local $count i32)
    (loop $more
      (local.set $next (i32.load (local.get $p)))
      (local.set $count (i32.add (local.get $count) (i32.lt_u (local.get $last) (local.get $next))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $last (i32.xor (local.get $next) (local.get $count)))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.add (local.get $next) (local.get $count)))
  ;; Counts down to zero, and leaves with a difference that is not.
  (func (export "compare") (param $p i32) (param $q i32) (param $n i32) (result i32)
    (local $d i32)
    (loop $more
      (br_if 1
        (local.tee $d (i32.sub (i32.load (local.get $p)) (i32.load (local.get $q))))
        (local.get $d))
      (drop)
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $q (i32.add (local.get $q) (i32.const 4)))
      (br_if $more (local.tee $n (i32.add (local.get $n) (i32.const -1)))))
    (i32.const 0)))
