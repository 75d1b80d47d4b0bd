;; A loop that ends at a constant compares what the next round begins with, so that nothing has to be copied.
(module
  (memory 1)
  (func (export "sum") (result i64) (local $i i32) (local $sum i64)
    (loop $again
      (local.set $sum (i64.add (local.get $sum) (i64.load offset=1024 (local.get $i))))
      (br_if $again (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 800))))
    (local.get $sum)))
