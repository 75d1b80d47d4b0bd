any:  ; frame 0 bytes, saves []
mb0:
    umaxp v0.4s, v0.4s, v0.4s
    fmov x0, d0
    cbnz x0, mb2
    b mb1
mb1:
    ret
mb2:
    udf #0x0  ; UnknownImport

none_in_common:  ; frame 0 bytes, saves []
mb0:
    and v0.16b, v0.16b, v1.16b
    umaxp v0.4s, v0.4s, v0.4s
    fmov x0, d0
    cbnz x0, mb1
    b mb2
mb1:
    ret
mb2:
    udf #0x0  ; UnknownImport

all_nonzero:  ; frame 0 bytes, saves []
mb0:
    uminv h0, v0.8h
    fmov w0, s0
    cbnz w0, mb2
    b mb1
mb1:
    ret
mb2:
    udf #0x0  ; UnknownImport

all_equal:  ; frame 0 bytes, saves []
mb0:
    cmeq v0.4s, v0.4s, v1.4s
    uminv s0, v0.4s
    fmov w0, s0
    cbnz w0, mb2
    b mb1
mb1:
    ret
mb2:
    udf #0x0  ; UnknownImport

all_differ:  ; frame 0 bytes, saves []
mb0:
    cmeq v0.4s, v0.4s, v1.4s
    umaxp v0.4s, v0.4s, v0.4s
    fmov x0, d0
    cbz x0, mb2
    b mb1
mb1:
    ret
mb2:
    udf #0x0  ; UnknownImport

mask:  ; frame 0 bytes, saves []
mb0:
    cmlt v0.8h, v0.8h, #0
    ldr q1, const(0x800040002000100008000400020001)
    and v0.16b, v0.16b, v1.16b
    addv h0, v0.8h
    fmov w0, s0
    ret

pick:  ; frame 0 bytes, saves []
mb0:
    cmgt v2.16b, v0.16b, v1.16b
    bsl v2.16b, v0.16b, v1.16b
    mov v0.16b, v2.16b
    ret

pick_opposite:  ; frame 0 bytes, saves []
mb0:
    cmeq v2.16b, v0.16b, v1.16b
    bsl v2.16b, v1.16b, v0.16b
    mov v0.16b, v2.16b
    ret

pick_bits:  ; frame 0 bytes, saves []
mb0:
    bsl v2.16b, v0.16b, v1.16b
    mov v0.16b, v2.16b
    ret

less_or_equal:  ; frame 0 bytes, saves []
mb0:
    cmhs v0.8h, v1.8h, v0.8h
    ret

any [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func1)
    ldp xzr, x30, [sp], #16
    ret

none_in_common [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func2)
    ldp xzr, x30, [sp], #16
    ret

all_nonzero [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func3)
    ldp xzr, x30, [sp], #16
    ret

all_equal [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func4)
    ldp xzr, x30, [sp], #16
    ret

all_differ [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func5)
    ldp xzr, x30, [sp], #16
    ret

mask [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    bl Func(func6)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

pick [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func7)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

pick_opposite [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func8)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

pick_bits [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    ldr q2, [x1, #32]
    bl Func(func9)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret

less_or_equal [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr q0, [x1]
    ldr q1, [x1, #16]
    bl Func(func10)
    str q0, [x1]
    ldp xzr, x30, [sp], #16
    ret
