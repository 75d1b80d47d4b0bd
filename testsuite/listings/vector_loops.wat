;; Loops: a lane is loaded into a vector also where what is computed of it is used twice; a mask of which the loop asks only
;; whether it is zero is computed after the loop.
(module
  (memory 1)
  (func (export "find") (param $at i32) (param $byte i32) (result i32)
    (local $mask i32)
    (loop $next
      (local.set $mask
        (i8x16.bitmask (i8x16.eq (v128.load (local.get $at)) (i8x16.splat (local.get $byte)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.eqz (local.get $mask))))
    (i32.add (local.get $at) (i32.ctz (local.get $mask))))
  (func (export "sum") (param $at i32) (param $n i32) (result v128 v128)
    (local $sum v128) (local $last v128)
    (loop $next
      (local.set $last (i32x4.extend_low_i16x8_s (v128.load64_zero (local.get $at))))
      (local.set $sum (i32x4.add (local.get $sum) (i32x4.mul (local.get $last) (v128.load32_splat offset=8 (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 12)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum) (local.get $last))
)
