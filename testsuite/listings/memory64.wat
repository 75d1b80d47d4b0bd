;; 64-bit addresses: one comparison for accesses at one address, none for constants; offsets that need their own sum; growth in between.
(module
  (memory i64 1)
  (func (export "pair") (param i64) (result i64)
    (i64.add (i64.load (local.get 0)) (i64.load offset=8 (local.get 0))))
  (func (export "constant") (result i64) (i64.load (i64.const 1024)))
  (func (export "far") (param i64) (result i64) (i64.load offset=0x1_0000_0000 (local.get 0)))
  (func (export "store") (param i64 i32) (i32.store8 offset=3 (local.get 0) (local.get 1)))
  (func (export "grown") (param i64) (result i32)
    (i32.add (i32.load (local.get 0))
      (i32.add (i32.eqz (i32.wrap_i64 (memory.grow (i64.const 1)))) (i32.load offset=4 (local.get 0)))))
  (func (export "sum") (param $at i64) (param $end i64) (result i64)
    (local $sum i64)
    (loop $next
      (local.set $sum (i64.add (local.get $sum) (i64.load (local.get $at))))
      (br_if $next (i64.lt_u (local.tee $at (i64.add (local.get $at) (i64.const 8))) (local.get $end))))
    (local.get $sum)))
