;; Accesses that say of sums that they do not wrap: parts of a structure reached by sums, a frame of the shadow stack, and a memory of which nothing is said.
(module
  (memory 1)
  (global $sp (mut i32) (i32.const 65536))
  (func (export "parts") (param $p i32) (result i64)
    (i64.add (i64.load (local.get $p))
      (i64.add (i64.load (i32.add (local.get $p) (i32.const 8)))
        (i64.load offset=4 (i32.add (local.get $p) (i32.const 16))))))
  ;; Nothing is known of what lies below.
  (func (export "below") (param $p i32) (result i64)
    (i64.add (i64.load (local.get $p)) (i64.load (i32.add (local.get $p) (i32.const -8)))))
  (func (export "frame") (param $x i64) (result i64) (local $frame i32)
    (global.set $sp (local.tee $frame (i32.sub (global.get $sp) (i32.const 64))))
    (i64.store (local.get $frame) (local.get $x))
    (i64.store offset=8 (i32.add (local.get $frame) (i32.const 16)) (i64.mul (local.get $x) (i64.const 3)))
    (i64.add (i64.load offset=24 (local.get $frame)) (i64.load (local.get $frame)))
    (global.set $sp (i32.add (local.get $frame) (i32.const 64))))
  (func (export "pointer") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $sum (i32.xor (local.get $sum) (i32.load (i32.add (local.get $p) (i32.const 4)))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
