;; Numbers of the other byte order: loads of bytes become one, and what exchanges them one instruction.
(module
    (memory 1)
    (func (export "two") (param i32) (result i32)
        (i32.or
            (i32.shl (i32.load8_u (local.get 0)) (i32.const 8))
            (i32.load8_u offset=1 (local.get 0))))
    (func (export "two_signed") (param i32) (result i32)
        (i32.or
            (i32.shl (i32.load8_s (local.get 0)) (i32.const 8))
            (i32.load8_u offset=1 (local.get 0))))
    (func (export "eight") (param i32) (result i64)
        (i64.or
            (i64.shl
                (i64.extend_i32_u
                    (i32.or
                        (i32.or
                            (i32.shl (i32.load8_u (local.get 0)) (i32.const 24))
                            (i32.shl (i32.load8_u offset=1 (local.get 0)) (i32.const 16)))
                        (i32.or
                            (i32.shl (i32.load8_u offset=2 (local.get 0)) (i32.const 8))
                            (i32.load8_u offset=3 (local.get 0)))))
                (i64.const 32))
            (i64.extend_i32_u
                (i32.or
                    (i32.or
                        (i32.shl (i32.load8_u offset=4 (local.get 0)) (i32.const 24))
                        (i32.shl (i32.load8_u offset=5 (local.get 0)) (i32.const 16)))
                    (i32.or
                        (i32.shl (i32.load8_u offset=6 (local.get 0)) (i32.const 8))
                        (i32.load8_u offset=7 (local.get 0)))))))
    (func (export "value") (param i32) (result i32)
        (i32.or
            (i32.or
                (i32.shl (local.get 0) (i32.const 24))
                (i32.shl (i32.and (local.get 0) (i32.const 0xff00)) (i32.const 8)))
            (i32.or
                (i32.and (i32.shr_u (local.get 0) (i32.const 8)) (i32.const 0xff00))
                (i32.shr_u (local.get 0) (i32.const 24))))))
