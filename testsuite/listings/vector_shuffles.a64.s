reverse_doubles:  ; frame 0 bytes, saves []
mb0:
    ldr q1, const(0x3020100070605040b0a09080f0e0d0c)
    tbl v0.16b, {v0.16b}, v1.16b
    ret

swap_words:  ; frame 0 bytes, saves []
mb0:
    ldr q1, const(0xf0e0d0c0b0a09080504070601000302)
    tbl v0.16b, {v0.16b}, v1.16b
    ret

rotate:  ; frame 0 bytes, saves []
mb0:
    ext v0.16b, v0.16b, v0.16b, #0x5
    ret

window:  ; frame 0 bytes, saves []
mb0:
    ext v0.16b, v0.16b, v1.16b, #0x5
    ret

interleave:  ; frame 0 bytes, saves []
mb0:
    zip1 v0.16b, v0.16b, v1.16b
    ret

interleave_second_first:  ; frame 0 bytes, saves []
mb0:
    zip2 v0.8h, v1.8h, v0.8h
    ret

blend:  ; frame 0 bytes, saves []
mb0:
    ldr q2, const(0x1f1e0d0c1b1a09081716050413120100)
    mov v30.16b, v0.16b
    mov v31.16b, v1.16b
    tbl v0.16b, {v30.16b, v31.16b}, v2.16b
    ret

even_doubles:  ; frame 0 bytes, saves []
mb0:
    uzp1 v0.4s, v0.4s, v1.4s
    ret

one_double:  ; frame 0 bytes, saves []
mb0:
    mov v0.s[2], v1.s[1]
    ret

up:  ; frame 0 bytes, saves []
mb0:
    ldr q1, const(0xc0b0a09080706050403020100ffffff)
    tbl v0.16b, {v0.16b}, v1.16b
    ret

low_half:  ; frame 0 bytes, saves []
mb0:
    movi v1.2d, #0x0
    zip1 v0.2d, v0.2d, v1.2d
    ret

widen:  ; frame 0 bytes, saves []
mb0:
    ldr q1, const(0xff07ff06ff05ff04ff03ff02ff01ff00)
    tbl v0.16b, {v0.16b}, v1.16b
    ret

two_steps:  ; frame 0 bytes, saves []
mb0:
    ldr q2, const(0x3020100171615140b0a09081f1e1d1c)
    mov v30.16b, v0.16b
    mov v31.16b, v1.16b
    tbl v0.16b, {v30.16b, v31.16b}, v2.16b
    ret

bytes_of_one:  ; frame 0 bytes, saves []
mb0:
    ldr q1, const(0x3090709080503050602090501040103)
    tbl v0.16b, {v0.16b}, v1.16b
    ret

bytes_of_both:  ; frame 0 bytes, saves []
mb0:
    ldr q2, const(0x13190719080503051602091501041103)
    mov v30.16b, v0.16b
    mov v31.16b, v1.16b
    tbl v0.16b, {v30.16b, v31.16b}, v2.16b
    ret

splat_byte:  ; frame 0 bytes, saves []
mb0:
    dup v0.16b, w0
    ret

swizzle:  ; frame 0 bytes, saves []
mb0:
    tbl v0.16b, {v0.16b}, v1.16b
    ret

reverse_doubles [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func0)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

swap_words [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func1)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

rotate [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func2)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

window [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func3)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

interleave [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func4)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

interleave_second_first [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func5)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

blend [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func6)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

even_doubles [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func7)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

one_double [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func8)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

up [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func9)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

low_half [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func10)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

widen [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func11)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

two_steps [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func12)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

bytes_of_one [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func13)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

bytes_of_both [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func14)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

splat_byte [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func15)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

swizzle [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func16)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret
