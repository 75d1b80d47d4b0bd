;; Constants by immediates or from the pool; in a loop they are made before it.
(module
  (memory 1)
  (func (export "short") (result v128 v128 v128 v128 v128 v128)
    (v128.const i64x2 0 0)
    (v128.const i64x2 -1 -1)
    (v128.const i16x8 256 256 256 256 256 256 256 256)
    (v128.const i32x4 0xff00ffff 0xff00ffff 0xff00ffff 0xff00ffff)
    (v128.const f32x4 1.5 1.5 1.5 1.5)
    (v128.const i64x2 0x8000000000000000 0x8000000000000000))
  (func (export "pool") (result v128)
    (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))
  (func (export "loop") (param $at i32) (param $end i32)
    (loop $next
      (v128.store (local.get $at)
        (i8x16.add
          (i8x16.swizzle
            (v128.const i8x16 48 49 50 51 52 53 54 55 56 57 97 98 99 100 101 102)
            (v128.and (v128.load (local.get $at)) (i8x16.splat (i32.const 15))))
          (i8x16.shuffle 3 17 1 30 2 9 8 7 20 21 0 0 5 6 4 31
            (v128.load (local.get $at)) (v128.load offset=16 (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))
  (func (export "loop_scalar") (param $x i64) (param $n i32) (result i64)
    (loop $next
      (local.set $x (i64.mul (i64.xor (local.get $x) (i64.const 0x123456789abcdef)) (i64.const 0x9e3779b97f4a7c15)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))
)
