plain:  ; frame 0 bytes, saves []
mb0:
    add x1, x0, #0x4
    adrp x16, Instance(mod0)+72
    ldr x2, [x16, :lo12:Instance(mod0)+72]
    cmp x1, x2
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x1, [x16, :lo12:Instance(mod0)+64]
    ldr w0, [x1, w0, uxtw]
    ret

offset:  ; frame 0 bytes, saves []
mb0:
    movz w1, #0x1008
    add x1, x0, x1
    adrp x16, Instance(mod0)+72
    ldr x2, [x16, :lo12:Instance(mod0)+72]
    cmp x1, x2
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x1, [x16, :lo12:Instance(mod0)+64]
    add x0, x1, x0
    ldr x0, [x0, #4096]
    ret

huge_offset:  ; frame 0 bytes, saves []
mb0:
    movn w1, #0xb
    add x1, x0, x1
    adrp x16, Instance(mod0)+72
    ldr x2, [x16, :lo12:Instance(mod0)+72]
    cmp x1, x2
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x1, [x16, :lo12:Instance(mod0)+64]
    movn w2, #0xf
    add x0, x0, x2
    ldr w0, [x1, x0]
    ret

constant:  ; frame 0 bytes, saves []
mb0:
    adrp x16, Instance(mod0)+72
    ldr x0, [x16, :lo12:Instance(mod0)+72]
    cmp x0, #0x410
    b.lo trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x0, [x16, :lo12:Instance(mod0)+64]
    ldr d0, [x0, #1032]
    ret

sum_wraps:  ; frame 0 bytes, saves []
mb0:
    add w0, w0, w1
    add x1, x0, #0x4
    adrp x16, Instance(mod0)+72
    ldr x2, [x16, :lo12:Instance(mod0)+72]
    cmp x1, x2
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x1, [x16, :lo12:Instance(mod0)+64]
    ldr w0, [x1, w0, uxtw]
    ret

shift_wraps:  ; frame 0 bytes, saves []
mb0:
    lsl w0, w0, #2
    add x1, x0, #0x4
    adrp x16, Instance(mod0)+72
    ldr x2, [x16, :lo12:Instance(mod0)+72]
    cmp x1, x2
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x1, [x16, :lo12:Instance(mod0)+64]
    ldr w0, [x1, w0, uxtw]
    ret

masked_shift:  ; frame 0 bytes, saves []
mb0:
    ubfiz w0, w0, #2, #16
    add x1, x0, #0x4
    adrp x16, Instance(mod0)+72
    ldr x2, [x16, :lo12:Instance(mod0)+72]
    cmp x1, x2
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x1, [x16, :lo12:Instance(mod0)+64]
    ldr w0, [x1, w0, uxtw]
    ret

below:  ; frame 0 bytes, saves []
mb0:
    sub w0, w0, #0x8
    add x1, x0, #0x4
    adrp x16, Instance(mod0)+72
    ldr x2, [x16, :lo12:Instance(mod0)+72]
    cmp x1, x2
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x1, [x16, :lo12:Instance(mod0)+64]
    ldr w0, [x1, w0, uxtw]
    ret

store_constant:  ; frame 0 bytes, saves []
mb0:
    add x1, x0, #0x10
    adrp x16, Instance(mod0)+72
    ldr x2, [x16, :lo12:Instance(mod0)+72]
    cmp x1, x2
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x1, [x16, :lo12:Instance(mod0)+64]
    add x3, x1, x0
    movn w4, #0x0
    str w4, [x3, #12]
    add x4, x0, #0x18
    cmp x2, x4
    b.lo trap MemoryOutOfBounds
    movz x4, #0x789a
    movk x4, #0x3456, lsl #16
    movk x4, #0x12, lsl #32
    str x4, [x3, #16]
    add x3, x0, #0x1
    cmp x2, x3
    b.lo trap MemoryOutOfBounds
    movz w2, #0x7
    strb w2, [x1, w0, uxtw]
    ret

update:  ; frame 0 bytes, saves []
mb0:
    add x2, x0, #0x4
    adrp x16, Instance(mod0)+72
    ldr x3, [x16, :lo12:Instance(mod0)+72]
    cmp x2, x3
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x2, [x16, :lo12:Instance(mod0)+64]
    ldr w3, [x2, w0, uxtw]
    add w1, w1, w3
    str w1, [x2, w0, uxtw]
    ret

operand:  ; frame 0 bytes, saves []
mb0:
    add x2, x0, #0x8
    adrp x16, Instance(mod0)+72
    ldr x3, [x16, :lo12:Instance(mod0)+72]
    cmp x2, x3
    b.hi trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x2, [x16, :lo12:Instance(mod0)+64]
    ldr x0, [x2, w0, uxtw]
    eor x0, x1, x0
    ret

plain [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x3, x1
    bl Func(func0)
    str x0, [x3]
    ldp xzr, x30, [sp], #16
    ret

offset [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x3, x1
    bl Func(func1)
    str x0, [x3]
    ldp xzr, x30, [sp], #16
    ret

huge_offset [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x3, x1
    bl Func(func2)
    str x0, [x3]
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
    ldr w2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func4)
    str x0, [x3]
    ldp xzr, x30, [sp], #16
    ret

shift_wraps [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x3, x1
    bl Func(func5)
    str x0, [x3]
    ldp xzr, x30, [sp], #16
    ret

masked_shift [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func6)
    str x0, [x3]
    ldp xzr, x30, [sp], #16
    ret

below [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x3, x1
    bl Func(func7)
    str x0, [x3]
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
    ldr x2, [x1, #8]
    mov x4, x1
    mov x1, x2
    bl Func(func10)
    str x0, [x4]
    ldp xzr, x30, [sp], #16
    ret
