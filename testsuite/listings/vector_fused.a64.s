multiply_add:  ; frame 0 bytes, saves []
mb0:
    mla v0.4s, v1.4s, v2.4s
    ret

multiply_long_add:  ; frame 0 bytes, saves []
mb0:
    umlal v0.4s, v1.4h, v2.4h
    umlal2 v0.4s, v1.8h, v2.8h
    ret

dot_add:  ; frame 0 bytes, saves []
mb0:
    smull v3.4s, v1.4h, v2.4h
    smull2 v1.4s, v1.8h, v2.8h
    addp v1.4s, v3.4s, v1.4s
    add v0.4s, v0.4s, v1.4s
    ret

pairwise_add:  ; frame 0 bytes, saves []
mb0:
    sadalp v0.4s, v1.8h
    ret

extended_difference:  ; frame 0 bytes, saves []
mb0:
    usubl v0.8h, v0.8b, v1.8b
    ret

not_fused:  ; frame 0 bytes, saves []
mb0:
    fmul v1.4s, v1.4s, v2.4s
    fadd v0.4s, v0.4s, v1.4s
    ret

by_scalar:  ; frame 0 bytes, saves []
mb0:
    fmul v0.4s, v0.4s, v1.s[0]
    ret

rotate_7:  ; frame 0 bytes, saves []
mb0:
    ushr v1.4s, v0.4s, #25
    sli v1.4s, v0.4s, #7
    mov v0.16b, v1.16b
    ret

rotate_16:  ; frame 0 bytes, saves []
mb0:
    rev32 v0.8h, v0.8h
    ret

and_not:  ; frame 0 bytes, saves []
mb0:
    orn v1.16b, v1.16b, v2.16b
    bic v0.16b, v0.16b, v1.16b
    ret

select_unequal:  ; frame 0 bytes, saves []
mb0:
    cmeq v2.4s, v2.4s, v3.4s
    bsl v2.16b, v1.16b, v0.16b
    mov v0.16b, v2.16b
    ret

minimum:  ; frame 0 bytes, saves []
mb0:
    fcmgt v2.4s, v0.4s, v1.4s
    bsl v2.16b, v1.16b, v0.16b
    mov v0.16b, v2.16b
    ret

compare_zero:  ; frame 0 bytes, saves []
mb0:
    cmlt v1.8h, v0.8h, #0
    fcmge v0.4s, v0.4s, #0.0
    eor v0.16b, v1.16b, v0.16b
    ret

any:  ; frame 0 bytes, saves []
mb0:
    and v0.16b, v0.16b, v1.16b
    umaxp v0.4s, v0.4s, v0.4s
    fmov x0, d0
    cbnz x0, mb1
    b mb2
mb1:
    movz w0, #0x5
    b mb3
mb2:
    movz w0, #0x6
    b mb3
mb3:
    ret

equal:  ; frame 0 bytes, saves []
mb0:
    ldr q0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ldr q1, [x28, w1, uxtw]  ; MemoryOutOfBounds
    cmeq v0.16b, v0.16b, v1.16b
    uminv b0, v0.16b
    fmov w0, s0
    cbnz w0, mb1
    b mb2
mb1:
    movz w0, #0x5
    b mb3
mb2:
    movz w0, #0x6
    b mb3
mb3:
    ret

mask_is_zero:  ; frame 0 bytes, saves []
mb0:
    cmeq v0.16b, v0.16b, v1.16b
    umaxp v0.4s, v0.4s, v0.4s
    fmov x0, d0
    cbnz x0, mb1
    b mb2
mb1:
    movz w0, #0x5
    b mb3
mb2:
    movz w0, #0x6
    b mb3
mb3:
    ret

mask:  ; frame 0 bytes, saves []
mb0:
    cmlt v0.16b, v0.16b, #0
    ldr q1, const(0x80402010080402018040201008040201)
    and v0.16b, v0.16b, v1.16b
    addp v0.16b, v0.16b, v0.16b
    addp v0.16b, v0.16b, v0.16b
    addp v0.16b, v0.16b, v0.16b
    umov w0, v0.h[0]
    ret

shift:  ; frame 0 bytes, saves []
mb0:
    and w1, w0, #0xf
    dup v1.8h, w1
    ushl v0.8h, v0.8h, v1.8h
    and w0, w0, #0xf
    neg w0, w0
    dup v1.8h, w0
    sshl v0.8h, v0.8h, v1.8h
    ret

multiply_add [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    ldr q1, [x1, #16]
    ldr q2, [x1, #32]
    bl Func(func0)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

multiply_long_add [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    ldr q1, [x1, #16]
    ldr q2, [x1, #32]
    bl Func(func1)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

dot_add [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    ldr q1, [x1, #16]
    ldr q2, [x1, #32]
    bl Func(func2)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

pairwise_add [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func3)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

extended_difference [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func4)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

not_fused [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    ldr q1, [x1, #16]
    ldr q2, [x1, #32]
    bl Func(func5)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

by_scalar [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    ldr s1, [x1, #16]
    bl Func(func6)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

rotate_7 [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    bl Func(func7)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

rotate_16 [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    bl Func(func8)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

and_not [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    ldr q1, [x1, #16]
    ldr q2, [x1, #32]
    bl Func(func9)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

select_unequal [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    ldr q1, [x1, #16]
    ldr q2, [x1, #32]
    ldr q3, [x1, #48]
    bl Func(func10)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

minimum [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func11)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

compare_zero [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    bl Func(func12)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

any [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func13)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

equal [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func14)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret

mask_is_zero [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func15)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

mask [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    bl Func(func16)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

shift [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    ldr w0, [x1, #16]
    mov x2, x1
    bl Func(func17)
    str q0, [x2]
    ldp x28, x30, [sp], #16
    ret
