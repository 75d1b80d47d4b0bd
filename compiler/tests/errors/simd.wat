;; option features -simd
(module (func) (func $vec (export "v") (drop (i32x4.splat (i32.const 1)))))
