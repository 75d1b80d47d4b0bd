f:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    cbnz w0, mb2
    b mb1
mb2:
    sub w1, w0, #0x1
    mov x19, x0
    mov x0, x1
    bl Func(func0)
    sub w0, w19, #0x2
    bl Func(func0)
    b mb3
mb3:
    ldp x19, x30, [sp], #16
    ret

across:  ; frame 32 bytes, saves [%r30]
mb0:
    stp q1, q0, [sp]
    movz w0, #0x9
    bl Func(func0)
    ldr q0, [sp, #16]
    add v0.16b, v0.16b, v0.16b
    ldr q1, [sp]
    add sp, sp, #0x20
    ldp xzr, x30, [sp], #16
    ret

scalar:  ; frame 0 bytes, saves [%r30 %f8]
mb0:
    movz w0, #0x9
    fmov d8, d0
    bl Func(func0)
    fmov d0, d8
    ldr x30, [sp, #8]
    ldr d8, [sp], #16
    ret

many:  ; frame 0 bytes, saves []
mb0:
    ldr q0, [sp, #16]
    dup v1.16b, w0
    add v0.16b, v0.16b, v1.16b
    ret

call_many:  ; frame 0 bytes, saves []
mb0:
    movi v1.16b, #0x3
    add v0.16b, v0.16b, v1.16b
    ret

across [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr q0, [x1]
    ldr d1, [x1, #16]
    mov x19, x1
    bl Func(func1)
    str q0, [x19]
    str d1, [x19, #16]
    ldp x19, x30, [sp], #16
    ret

scalar [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr d0, [x1]
    mov x19, x1
    bl Func(func2)
    str d0, [x19]
    ldp x19, x30, [sp], #16
    ret

many [entry]:  ; frame 32 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    ldr q2, [x1, #32]
    ldr q3, [x1, #48]
    ldr q4, [x1, #64]
    ldr q5, [x1, #80]
    ldr q6, [x1, #96]
    ldr q7, [x1, #112]
    ldr s16, [x1, #128]
    ldur q17, [x1, #136]
    ldr w0, [x1, #152]
    str s16, [sp]
    str q17, [sp, #16]
    bl Func(func3)
    str q0, [x1]
    add sp, sp, #0x20
    ldp xzr, x30, [sp], #16
    ret

call_many [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func4)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret
