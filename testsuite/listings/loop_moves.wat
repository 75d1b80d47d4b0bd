;; What the next round needs of this one is moved before the branch back, so that no jump is left in the round; a branch on whether a sum is zero takes
;; the flags of the addition, where there are flags of it.
(module
  (memory 1)
  ;; The last two of a series: each round moves one to the place of the other.
  (func (export "fibonacci") (param $n i32) (result i32)
    (local $a i32) (local $b i32) (local $sum i32)
    (local.set $b (i32.const 1))
    (loop $more
      (local.set $sum (i32.add (local.get $a) (local.get $b)))
      (local.set $a (local.get $b))
      (local.set $b (local.get $sum))
      (br_if $more (i32.gt_u (local.get $n) (local.get $sum))))
    (local.get $sum))
  ;; Counts down to zero, and leaves with a difference that is not.
  (func (export "compare") (param $p i32) (param $q i32) (param $n i32) (result i32)
    (local $d i32)
    (loop $more
      (br_if 1
        (local.tee $d (i32.sub (i32.load8_u (local.get $p)) (i32.load8_u (local.get $q))))
        (local.get $d))
      (drop)
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (br_if $more (local.tee $n (i32.add (local.get $n) (i32.const -1)))))
    (i32.const 0)))
