;; What is asked of the instance: data, functions and their addresses from one module to the other, in both directions.
(assert_return (invoke "constructed") (u32.const 101))
(assert_return (invoke "calculate" (u32.const 0) (s32.const 5)) (s32.const 250))
(assert_return (invoke "calculate" (u32.const 1) (s32.const 5)) (s32.const 150))
(assert_return (invoke "calculate" (u32.const 2) (s32.const 5)) (s32.const 120))
(assert_return (invoke "set-scale" (s32.const -3)) (s32.const 10))
(assert_return (invoke "calculate" (u32.const 2) (s32.const 5)) (s32.const -36))
(assert_return (invoke "name" (u32.const 0)) (str.const "square"))
(assert_return (invoke "name" (u32.const 2)) (str.const "offset"))
(assert_return (invoke "same") (bool.const true))
(assert_return (invoke "deep" (u32.const 100)) (u32.const 409600))
;; They share one stack, which ends.
(assert_trap (invoke "deep" (u32.const 300)) "out of bounds memory access")
