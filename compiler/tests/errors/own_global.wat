;; option features -gc
(module (global $a i32 (i32.const 1)) (global $b i32 (global.get $a)))
