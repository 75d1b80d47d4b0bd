;; option features -relaxed-simd
(module (func (param v128) (drop (i32x4.relaxed_trunc_f32x4_s (local.get 0)))))
