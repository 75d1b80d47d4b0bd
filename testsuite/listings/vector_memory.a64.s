add:  ; frame 0 bytes, saves []
mb0:
    ldr q1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add v0.4s, v0.4s, v1.4s
    ret

extend:  ; frame 0 bytes, saves []
mb0:
    ldr d0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ushll v0.8h, v0.8b, #0
    ret

extend_signed:  ; frame 0 bytes, saves []
mb0:
    add x0, x28, w0, uxtw
    ldr d0, [x0, #8]  ; MemoryOutOfBounds
    sshll v0.2d, v0.2s, #0
    ret

promote:  ; frame 0 bytes, saves []
mb0:
    ldr d0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    fcvtl v0.2d, v0.2s
    ret

zero:  ; frame 0 bytes, saves []
mb0:
    ldr s0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

splat_double:  ; frame 0 bytes, saves []
mb0:
    ldr d0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    dup v0.2d, v0.d[0]
    ret

splat_single:  ; frame 0 bytes, saves []
mb0:
    ldr s0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    dup v0.4s, v0.s[0]
    ret

splat_byte:  ; frame 0 bytes, saves []
mb0:
    ldr b0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    dup v0.16b, v0.b[0]
    ret

lane_in:  ; frame 0 bytes, saves []
mb0:
    ldr h1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    mov v0.h[5], v1.h[0]
    ret

lane_out:  ; frame 0 bytes, saves []
mb0:
    mov b0, v0.b[5]
    str b0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

high_half_out:  ; frame 0 bytes, saves []
mb0:
    mov d0, v0.d[1]
    str d0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

low_out:  ; frame 0 bytes, saves []
mb0:
    str s0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

constant:  ; frame 0 bytes, saves []
mb0:
    ldr q1, const(0x4000000030000000200000001)
    add v0.4s, v0.4s, v1.4s
    ret

negate:  ; frame 0 bytes, saves []
mb0:
    mvn v0.16b, v0.16b
    neg v0.8h, v0.8h
    ret

add [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldur q0, [x1, #8]
    bl Func(func0)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

extend [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func1)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

extend_signed [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func2)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

promote [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func3)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

zero [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func4)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

splat_double [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func5)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

splat_single [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func6)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

splat_byte [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func7)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

lane_in [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldur q0, [x1, #8]
    bl Func(func8)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

lane_out [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldur q0, [x1, #8]
    bl Func(func9)
    ldp x28, x30, [sp], #16
    ret

high_half_out [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldur q0, [x1, #8]
    bl Func(func10)
    ldp x28, x30, [sp], #16
    ret

low_out [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldur q0, [x1, #8]
    bl Func(func11)
    ldp x28, x30, [sp], #16
    ret

constant [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    bl Func(func12)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

negate [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr q0, [x1]
    bl Func(func13)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret
