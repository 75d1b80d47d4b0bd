plain:  ; frame 0 bytes, saves []
mb0:
    ldr w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

offset:  ; frame 0 bytes, saves []
mb0:
    add x0, x28, w0, uxtw
    ldr x0, [x0, #4096]  ; MemoryOutOfBounds
    ret

huge_offset:  ; frame 0 bytes, saves []
mb0:
    add x0, x28, w0, uxtw
    movn w1, #0xf
    ldr w0, [x0, x1]  ; MemoryOutOfBounds
    ret

constant:  ; frame 0 bytes, saves []
mb0:
    ldr d0, [x28, #1032]  ; MemoryOutOfBounds
    ret

sum_wraps:  ; frame 0 bytes, saves []
mb0:
    add w0, w0, w1
    ldr w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

shift_wraps:  ; frame 0 bytes, saves []
mb0:
    lsl w0, w0, #2
    ldr w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

masked_shift:  ; frame 0 bytes, saves []
mb0:
    ubfiz w0, w0, #2, #16
    ldr w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

below:  ; frame 0 bytes, saves []
mb0:
    sub w0, w0, #0x8
    ldr w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

store_constant:  ; frame 0 bytes, saves []
mb0:
    add x1, x28, w0, uxtw
    movn w2, #0x0
    str w2, [x1, #12]  ; MemoryOutOfBounds
    movz x2, #0x789a
    movk x2, #0x3456, lsl #16
    movk x2, #0x12, lsl #32
    str x2, [x1, #16]  ; MemoryOutOfBounds
    movz w1, #0x7
    strb w1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

update:  ; frame 0 bytes, saves []
mb0:
    ldr w2, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w1, w1, w2
    str w1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

operand:  ; frame 0 bytes, saves []
mb0:
    ldr x0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    eor x0, x1, x0
    ret

plain [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func0)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

offset [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func1)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

huge_offset [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x2, x1
    bl Func(func2)
    str x0, [x2]
    ldp x28, x30, [sp], #16
    ret

constant [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    bl Func(func3)
    str d0, [x1]
    ldp x28, x30, [sp], #16
    ret

sum_wraps [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func4)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret

shift_wraps [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func5)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

masked_shift [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func6)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret

below [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func7)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

store_constant [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func8)
    ldp x28, x30, [sp], #16
    ret

update [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w1, [x1, #8]
    bl Func(func9)
    ldp x28, x30, [sp], #16
    ret

operand [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr x2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func10)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret
