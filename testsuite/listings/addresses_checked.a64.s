plain:  ; frame 0 bytes, saves []
mb0:
    add x4, x0, #0x4
    adrp x16, Instance(mod0)+72
    ldr x6, [x16, :lo12:Instance(mod0)+72]
    cmp x4, x6
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x6, [x16, :lo12:Instance(mod0)+64]
    ldr w0, [x6, w0, uxtw]
    ret

offset:  ; frame 0 bytes, saves []
mb0:
    movz w6, #0x1008
    add x5, x0, x6
    adrp x16, Instance(mod0)+72
    ldr x7, [x16, :lo12:Instance(mod0)+72]
    cmp x5, x7
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x8, [x16, :lo12:Instance(mod0)+64]
    add x8, x8, x0
    ldr x0, [x8, #4096]
    ret

huge_offset:  ; frame 0 bytes, saves []
mb0:
    movn w7, #0xb
    add x6, x0, x7
    adrp x16, Instance(mod0)+72
    ldr x8, [x16, :lo12:Instance(mod0)+72]
    cmp x6, x8
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x7, [x16, :lo12:Instance(mod0)+64]
    movn w10, #0xf
    add x10, x0, x10
    ldr w0, [x7, x10]
    ret

constant:  ; frame 0 bytes, saves []
mb0:
    adrp x16, Instance(mod0)+72
    ldr x3, [x16, :lo12:Instance(mod0)+72]
    cmp x3, #0x410
    b.lo trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x5, [x16, :lo12:Instance(mod0)+64]
    ldr d0, [x5, #1032]
    ret

sum_wraps:  ; frame 0 bytes, saves []
mb0:
    add w3, w0, w1
    add x5, x3, #0x4
    adrp x16, Instance(mod0)+72
    ldr x7, [x16, :lo12:Instance(mod0)+72]
    cmp x5, x7
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x7, [x16, :lo12:Instance(mod0)+64]
    ldr w0, [x7, w3, uxtw]
    ret

shift_wraps:  ; frame 0 bytes, saves []
mb0:
    lsl w3, w0, #2
    add x5, x3, #0x4
    adrp x16, Instance(mod0)+72
    ldr x7, [x16, :lo12:Instance(mod0)+72]
    cmp x5, x7
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x7, [x16, :lo12:Instance(mod0)+64]
    ldr w0, [x7, w3, uxtw]
    ret

masked_shift:  ; frame 0 bytes, saves []
mb0:
    ubfiz w3, w0, #2, #16
    add x5, x3, #0x4
    adrp x16, Instance(mod0)+72
    ldr x7, [x16, :lo12:Instance(mod0)+72]
    cmp x5, x7
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x7, [x16, :lo12:Instance(mod0)+64]
    ldr w0, [x7, w3, uxtw]
    ret

below:  ; frame 0 bytes, saves []
mb0:
    sub w3, w0, #0x8
    add x5, x3, #0x4
    adrp x16, Instance(mod0)+72
    ldr x7, [x16, :lo12:Instance(mod0)+72]
    cmp x5, x7
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x7, [x16, :lo12:Instance(mod0)+64]
    ldr w0, [x7, w3, uxtw]
    ret

store_constant:  ; frame 0 bytes, saves []
mb0:
    add x10, x0, #0x10
    adrp x16, Instance(mod0)+72
    ldr x5, [x16, :lo12:Instance(mod0)+72]
    cmp x10, x5
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x6, [x16, :lo12:Instance(mod0)+64]
    add x12, x6, x0
    movn w15, #0x0
    str w15, [x12, #12]
    add x1, x0, #0x18
    cmp x5, x1
    b.lo trap MemoryOutOfBounds
    movz x1, #0x789a
    movk x1, #0x3456, lsl #16
    movk x1, #0x12, lsl #32
    str x1, [x12, #16]
    add x1, x0, #0x1
    cmp x5, x1
    b.lo trap MemoryOutOfBounds
    movz w1, #0x7
    strb w1, [x6, w0, uxtw]
    ret

update:  ; frame 0 bytes, saves []
mb0:
    add x6, x0, #0x4
    adrp x16, Instance(mod0)+72
    ldr x8, [x16, :lo12:Instance(mod0)+72]
    cmp x6, x8
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x6, [x16, :lo12:Instance(mod0)+64]
    ldr w10, [x6, w0, uxtw]
    add w7, w1, w10
    str w7, [x6, w0, uxtw]
    ret

operand:  ; frame 0 bytes, saves []
mb0:
    add x6, x0, #0x8
    adrp x16, Instance(mod0)+72
    ldr x8, [x16, :lo12:Instance(mod0)+72]
    cmp x6, x8
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x8, [x16, :lo12:Instance(mod0)+64]
    ldr x8, [x8, w0, uxtw]
    eor x0, x1, x8
    ret

plain [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func0)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

offset [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func1)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

huge_offset [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func2)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

constant [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    bl Func(func3)
    str d0, [x1]
    ldp xzr, x30, [sp], #16
    ret

sum_wraps [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x9, x1
    ldr w1, [x9, #8]
    mov x6, x9
    bl Func(func4)
    mov x1, x6
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

shift_wraps [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func5)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

masked_shift [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x9, x1
    ldr w1, [x9, #8]
    mov x6, x9
    bl Func(func6)
    mov x1, x6
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

below [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func7)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

store_constant [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func8)
    ldp xzr, x30, [sp], #16
    ret

update [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    ldr w1, [x1, #8]
    bl Func(func9)
    ldp xzr, x30, [sp], #16
    ret

operand [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x9, x1
    ldr x1, [x9, #8]
    mov x7, x9
    bl Func(func10)
    mov x1, x7
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret
