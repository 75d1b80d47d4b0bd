minimum:  ; frame 0 bytes, saves []
mb0:
    fmin v0.4s, v0.4s, v1.4s
    ret

pseudo_minimum:  ; frame 0 bytes, saves []
mb0:
    fcmgt v2.4s, v0.4s, v1.4s
    bsl v2.16b, v1.16b, v0.16b
    mov v0.16b, v2.16b
    ret

to_int:  ; frame 0 bytes, saves []
mb0:
    fcvtzs v0.4s, v0.4s
    ret

from_unsigned:  ; frame 0 bytes, saves []
mb0:
    ucvtf v0.4s, v0.4s
    ret

product:  ; frame 0 bytes, saves []
mb0:
    rev64 v2.4s, v1.4s
    mul v2.4s, v2.4s, v0.4s
    uaddlp v2.2d, v2.4s
    shl v2.2d, v2.2d, #32
    xtn v0.2s, v0.2d
    xtn v1.2s, v1.2d
    umlal v2.2d, v0.2s, v1.2s
    mov v0.16b, v2.16b
    ret

shift_bytes:  ; frame 0 bytes, saves []
mb0:
    sshr v0.16b, v0.16b, #3
    ret

shift_quads:  ; frame 0 bytes, saves []
mb0:
    sshr v0.2d, v0.2d, #13
    ret

shift:  ; frame 0 bytes, saves []
mb0:
    and w0, w0, #0x1f
    dup v1.4s, w0
    ushl v0.4s, v0.4s, v1.4s
    ret

count_bits:  ; frame 0 bytes, saves []
mb0:
    cnt v0.16b, v0.16b
    ret

pairs:  ; frame 0 bytes, saves []
mb0:
    uaddlp v0.8h, v0.16b
    ret

high_products:  ; frame 0 bytes, saves []
mb0:
    smull2 v0.4s, v0.8h, v1.8h
    ret

last_lane:  ; frame 0 bytes, saves []
mb0:
    mov s0, v0.s[3]
    ret

first_lane:  ; frame 0 bytes, saves []
mb0:
    fadd d0, d0, d1
    ret

multiply_add:  ; frame 0 bytes, saves []
mb0:
    fmla v2.4s, v0.4s, v1.4s
    mov v0.16b, v2.16b
    ret

minimum [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func0)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

pseudo_minimum [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func1)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

to_int [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func2)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

from_unsigned [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func3)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

product [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func4)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

shift_bytes [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func5)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

shift_quads [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func6)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

shift [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr w0, [x1, #16]
    bl Func(func7)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

count_bits [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func8)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

pairs [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func9)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

high_products [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func10)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

last_lane [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func11)
    fmov w0, s0
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

first_lane [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr d1, [x1, #16]
    bl Func(func12)
    str d0, [x1]
    ldp xzr, x30, [sp], #16
    ret

multiply_add [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    ldr q2, [x1, #32]
    bl Func(func13)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret
