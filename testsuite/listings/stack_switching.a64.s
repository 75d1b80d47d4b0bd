generator:  ; frame 32 bytes, saves [%r30 %r19]
mb0:
    mov x19, x0
    b mb1
mb1:
    adrp x16, Heap
    ldr w0, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w1, [x16, :lo12:Heap+8]
    add w2, w0, #0x20
    cmp w1, w2
    b.lo mb2
    b mb3
mb2:
    movz w0, #0x20
    movz w1, #0x200
    bl Runtime(GcAllocate)
    mov w0, w0
    b mb4
mb3:
    adrp x16, Heap
    str w2, [x16, :lo12:Heap]
    movz w1, #0x200
    str w1, [x0]
    b mb4
mb4:
    str x19, [sp]
    str w0, [sp, #8]
    movz w1, #0x2
    str x1, [sp, #16]
    movz w3, #0x0
    add x2, sp, #0x0
    mov x1, x0
    mov x0, x3
    bl Runtime(ContSuspend)
    lsr x1, x0, #48
    cbnz w1, mb6
    b mb5
mb5:
    add x19, x19, #0x1
    b mb1
mb6:
    mov w0, w0
    cbz w0, trap NullReference
    bl Runtime(ThrowObject)
    udf #0x0  ; Unreachable

sum:  ; frame 16 bytes, saves [%r30 %r19 %r20 %r21]
mb0:
    adrp x2, FuncRefs
    add x2, x2, :lo12:FuncRefs
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w3, [x16, :lo12:Heap+8]
    add w4, w1, #0x20
    cmp w3, w4
    b.lo mb1
    b mb2
mb1:
    movz w3, #0x20
    movz w1, #0x200
    mov x19, x0
    mov x0, x3
    bl Runtime(GcAllocate)
    mov w1, w0
    b mb3
mb2:
    adrp x16, Heap
    str w4, [x16, :lo12:Heap]
    movz w3, #0x200
    str w3, [x1]
    mov x19, x0
    b mb3
mb3:
    str x2, [x1, #16]
    adrp x0, Func(func9)
    add x0, x0, :lo12:Func(func9)
    str x0, [x1, #24]
    movz w0, #0x5
    str x0, [sp]
    add x3, sp, #0x0
    movz w2, #0x1
    mov x0, x1
    mov x1, x3
    bl Runtime(ContBind)
    mov w0, w0
    movz w1, #0x0
    mov x20, x0
    mov x21, x1
    b mb4
mb4:
    cbz w20, trap NullReference
    str wzr, [sp]
    add x1, sp, #0x0
    movz x2, #0x1, lsl #32
    mov x0, x20
    bl Runtime(ContResume)
    lsr x1, x0, #48
    cbz w1, mb7
    cmp w1, #0x1
    b.eq mb9
    b mb5
mb5:
    and x0, x0, #0xffffffffffff
    ldr x1, [x0]
    ldr w20, [x0, #8]
    add x21, x21, x1
    sub x19, x19, #0x1
    cbnz x19, mb6
    b mb8
mb7:
    movn x0, #0x0
    add sp, sp, #0x10
    ldp x19, x30, [sp, #16]
    ldp x21, x20, [sp], #32
    ret
mb8:
    mov x0, x21
    add sp, sp, #0x10
    ldp x19, x30, [sp, #16]
    ldp x21, x20, [sp], #32
    ret
mb9:
    mov w0, w0
    cbz w0, trap NullReference
    bl Runtime(ThrowObject)
    udf #0x0  ; Unreachable

reference:  ; frame 48 bytes, saves [%r30 %r19]
mb0:
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w2, [x16, :lo12:Heap+8]
    add w3, w1, #0x20
    cmp w2, w3
    b.lo mb1
    b mb2
mb1:
    movz w2, #0x20
    movz w1, #0x200
    mov x19, x0
    mov x0, x2
    bl Runtime(GcAllocate)
    ; references: [-176]
    mov w1, w0
    b mb3
mb2:
    adrp x16, Heap
    str w3, [x16, :lo12:Heap]
    movz w2, #0x200
    str w2, [x1]
    mov x19, x0
    b mb3
mb3:
    str x19, [sp]
    str w19, [sp, #16]
    str w1, [sp, #24]
    movz w0, #0x3
    str x0, [sp, #32]
    movz w0, #0x2
    add x2, sp, #0x10
    bl Runtime(ContSuspend)
    ; references: [0]
    lsr x1, x0, #48
    cbnz w1, mb5
    b mb4
mb4:
    and x0, x0, #0xffffffffffff
    ldr w0, [x0]
    ldr w1, [x19, #4]  ; NullReference
    add w0, w0, w1
    add sp, sp, #0x30
    ldp x19, x30, [sp], #16
    ret
mb5:
    mov w0, w0
    cbz w0, trap NullReference
    bl Runtime(ThrowObject)
    udf #0x0  ; Unreachable

switch:  ; frame 16 bytes, saves [%r30]
mb0:
    cbz w0, trap NullReference
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w2, [x16, :lo12:Heap+8]
    add w3, w1, #0x20
    cmp w2, w3
    b.lo mb1
    b mb2
mb1:
    movz w2, #0x20
    movz w1, #0x200
    mov x3, x0
    mov x0, x2
    bl Runtime(GcAllocate)
    ; references: [-48]
    mov w1, w0
    b mb3
mb2:
    adrp x16, Heap
    str w3, [x16, :lo12:Heap]
    movz w2, #0x200
    str w2, [x1]
    mov x3, x0
    b mb3
mb3:
    str w1, [sp]
    movz w0, #0x1
    str x0, [sp, #8]
    movz w0, #0x1
    add x5, sp, #0x0
    orr w4, wzr, #0x10001
    mov x2, x3
    mov x3, x5
    bl Runtime(ContSwitch)
    lsr x1, x0, #48
    cbnz w1, mb5
    b mb4
mb4:
    add sp, sp, #0x10
    ldp xzr, x30, [sp], #16
    ret
mb5:
    mov w0, w0
    cbz w0, trap NullReference
    bl Runtime(ThrowObject)
    udf #0x0  ; Unreachable

resume_throw:  ; frame 16 bytes, saves [%r30 %r19]
mb0:
    cbz w0, trap NullReference
    movz w2, #0x10
    movz w1, #0x400
    mov x19, x0
    mov x0, x2
    bl Runtime(GcAllocate)
    ; references: [-176]
    mov w0, w0
    str wzr, [x0, #4]
    movz w1, #0x3
    str x1, [x0, #8]
    bl Runtime(ThrowObject)
    ; catches: all -> mb2
    b mb1
mb2:
    orr w0, wzr, #0x80000001
    str w0, [sp]
    add x2, sp, #0x0
    movz x3, #0x1, lsl #32
    mov x0, x19
    mov x1, x9
    bl Runtime(ContThrow)
    lsr x1, x0, #48
    cbz w1, mb3
    b mb4
mb3:
    movz w0, #0x1
    b mb8
mb4:
    mov w0, w0
    cbz w0, trap NullReference
    bl Runtime(ThrowObject)
    ; catches: tag0 -> mb7
    b mb5
mb6:
    udf #0x0  ; Unreachable
mb7:
    ldr x0, [x9, #8]
    b mb8
mb8:
    add sp, sp, #0x10
    ldp x19, x30, [sp], #16
    ret

sum [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr x0, [x1]
    mov x19, x1
    bl Func(func1)
    str x0, [x19]
    ldp x19, x30, [sp], #16
    ret

reference [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr w0, [x1]
    cbz w0, trap NullReference
    mov x19, x1
    bl Func(func2)
    str x0, [x19]
    ldp x19, x30, [sp], #16
    ret

switch [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    cbz w0, trap NullReference
    bl Func(func3)
    ldp xzr, x30, [sp], #16
    ret

resume_throw [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr w0, [x1]
    cbz w0, trap NullReference
    mov x19, x1
    bl Func(func4)
    str x0, [x19]
    ldp x19, x30, [sp], #16
    ret

[continuation]:  ; frame 16 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x1, [x1, #8]
    ldr x1, [x1]
    ldr x2, [x0]  ; NullReference
    mov x0, x1
    blr x2
    ; catches: all -> mb2
    b mb1
mb1:
    add x0, sp, #0x0
    bl Runtime(ContReturn)
    udf #0x0  ; Unreachable
mb2:
    mov x0, x9
    bl Runtime(ContFail)
    udf #0x0  ; Unreachable

[continuation]:  ; frame 16 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x0, [x0]  ; NullReference
    blr x0
    ; catches: all -> mb2
    b mb1
mb1:
    add x0, sp, #0x0
    bl Runtime(ContReturn)
    udf #0x0  ; Unreachable
mb2:
    mov x0, x9
    bl Runtime(ContFail)
    udf #0x0  ; Unreachable

[continuation]:  ; frame 16 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x1, [x1, #8]
    ldr w1, [x1]
    ldr x2, [x0]  ; NullReference
    mov x0, x1
    blr x2
    ; catches: all -> mb2
    b mb1
mb1:
    add x0, sp, #0x0
    bl Runtime(ContReturn)
    udf #0x0  ; Unreachable
mb2:
    mov x0, x9
    bl Runtime(ContFail)
    udf #0x0  ; Unreachable
