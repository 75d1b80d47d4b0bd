generator:  ; frame 32 bytes, saves [%r30 %r19]
mb0:
    mov x2, x0
    b mb1
mb1:
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w0, [x16, :lo12:Heap+8]
    add w15, w1, #0x20
    cmp w0, w15
    b.lo mb2
    b mb3
mb2:
    movz w0, #0x20
    movz w1, #0x200
    bl Runtime(GcAllocate)
    mov w1, w0
    mov x19, x2
    b mb4
mb3:
    adrp x16, Heap
    str w15, [x16, :lo12:Heap]
    movz w0, #0x200
    str w0, [x1]
    mov x19, x2
    b mb4
mb4:
    str x19, [sp]
    str w1, [sp, #8]
    movz w0, #0x2
    str x0, [sp, #16]
    movz w0, #0x0
    add x2, sp, #0x0
    bl Runtime(ContSuspend)
    lsr x1, x0, #48
    cbnz w1, mb6
    b mb5
mb5:
    add x19, x19, #0x1
    mov x2, x19
    b mb1
mb6:
    and x0, x0, #0xffffffffffff
    cbz x0, trap NullReference
    bl Runtime(ThrowRef)
    udf #0x0  ; Unreachable

sum:  ; frame 16 bytes, saves [%r30 %r19 %r20]
mb0:
    mov x19, x0
    adrp x4, FuncRefs
    add x4, x4, :lo12:FuncRefs
    adrp x16, Heap
    ldr w0, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w3, [x16, :lo12:Heap+8]
    add w2, w0, #0x20
    cmp w3, w2
    b.lo mb1
    b mb2
mb1:
    movz w0, #0x20
    movz w1, #0x200
    bl Runtime(GcAllocate)
    mov w0, w0
    b mb3
mb2:
    adrp x16, Heap
    str w2, [x16, :lo12:Heap]
    movz w1, #0x200
    str w1, [x0]
    b mb3
mb3:
    str x4, [x0, #16]
    adrp x1, Func(func9)
    add x1, x1, :lo12:Func(func9)
    str x1, [x0, #24]
    movz w1, #0x5
    str x1, [sp]
    add x1, sp, #0x0
    movz w2, #0x1
    bl Runtime(ContBind)
    mov w0, w0
    mov x2, x0
    movz w0, #0x0
    mov x20, x0
    mov x0, x2
    b mb4
mb4:
    cbz w0, trap NullReference
    str wzr, [sp]
    add x1, sp, #0x0
    movz x2, #0x1, lsl #32
    bl Runtime(ContResume)
    lsr x1, x0, #48
    cbz w1, mb7
    cmp w1, #0x1
    b.eq mb9
    b mb5
mb5:
    and x0, x0, #0xffffffffffff
    ldr x1, [x0]
    ldr w0, [x0, #8]
    mov x2, x0
    mov x0, x20
    add x0, x0, x1
    mov x7, x19
    sub x7, x7, #0x1
    cbnz x7, mb6
    b mb8
mb6:
    mov x20, x0
    mov x19, x7
    mov x0, x2
    b mb4
mb7:
    movn x0, #0x0
    add sp, sp, #0x10
    ldp x19, x30, [sp, #16]
    ldp xzr, x20, [sp], #32
    ret
mb8:
    add sp, sp, #0x10
    ldp x19, x30, [sp, #16]
    ldp xzr, x20, [sp], #32
    ret
mb9:
    and x0, x0, #0xffffffffffff
    cbz x0, trap NullReference
    bl Runtime(ThrowRef)
    udf #0x0  ; Unreachable

reference:  ; frame 48 bytes, saves [%r30 %r22]
mb0:
    mov x22, x0
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w3, [x16, :lo12:Heap+8]
    add w2, w1, #0x20
    cmp w3, w2
    b.lo mb1
    b mb2
mb1:
    movz w0, #0x20
    movz w1, #0x200
    bl Runtime(GcAllocate)
    ; references: [-200]
    mov w1, w0
    mov x0, x22
    b mb3
mb2:
    adrp x16, Heap
    str w2, [x16, :lo12:Heap]
    movz w0, #0x200
    str w0, [x1]
    mov x0, x22
    b mb3
mb3:
    str w0, [sp, #16]
    mov x22, x0
    str w1, [sp, #24]
    movz w0, #0x3
    str x0, [sp, #32]
    movz w0, #0x2
    add x2, sp, #0x10
    str x22, [sp]
    bl Runtime(ContSuspend)
    ; references: [0]
    lsr x1, x0, #48
    cbnz w1, mb5
    b mb4
mb4:
    and x0, x0, #0xffffffffffff
    ldr w0, [x0]
    mov x1, x22
    ldr w1, [x1, #4]  ; NullReference
    add w0, w0, w1
    add sp, sp, #0x30
    ldp x22, x30, [sp], #16
    ret
mb5:
    and x0, x0, #0xffffffffffff
    cbz x0, trap NullReference
    bl Runtime(ThrowRef)
    udf #0x0  ; Unreachable

switch:  ; frame 16 bytes, saves [%r30]
mb0:
    mov x5, x0
    cbz w0, trap NullReference
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w2, [x16, :lo12:Heap+8]
    add w15, w1, #0x20
    cmp w2, w15
    b.lo mb1
    b mb2
mb1:
    movz w0, #0x20
    movz w1, #0x200
    bl Runtime(GcAllocate)
    ; references: [-64]
    mov w1, w0
    b mb3
mb2:
    adrp x16, Heap
    str w15, [x16, :lo12:Heap]
    movz w0, #0x200
    str w0, [x1]
    b mb3
mb3:
    str w1, [sp]
    movz w0, #0x1
    str x0, [sp, #8]
    movz w0, #0x1
    add x3, sp, #0x0
    orr w4, wzr, #0x10001
    mov x2, x5
    bl Runtime(ContSwitch)
    lsr x1, x0, #48
    cbnz w1, mb5
    b mb4
mb4:
    add sp, sp, #0x10
    ldp xzr, x30, [sp], #16
    ret
mb5:
    and x0, x0, #0xffffffffffff
    cbz x0, trap NullReference
    bl Runtime(ThrowRef)
    udf #0x0  ; Unreachable

resume_throw:  ; frame 48 bytes, saves [%r30 %r20]
mb0:
    cbz w0, trap NullReference
    mov x20, x0
    movz w0, #0x3
    str x0, [sp, #32]
    movz w0, #0x0
    add x1, sp, #0x20
    movz w2, #0x1
    str x20, [sp]
    bl Runtime(Throw)
    ; references: [0]
    ; catches: all -> mb2
    b mb1
mb2:
    mov x1, x9
    orr w0, wzr, #0x80000001
    str w0, [sp, #16]
    add x2, sp, #0x10
    movz x3, #0x1, lsl #32
    mov x0, x20
    bl Runtime(ContThrow)
    lsr x1, x0, #48
    cbz w1, mb3
    b mb4
mb3:
    movz w0, #0x1
    b mb8
mb4:
    and x0, x0, #0xffffffffffff
    cbz x0, trap NullReference
    bl Runtime(ThrowRef)
    ; catches: tag0 -> mb7
    b mb5
mb6:
    udf #0x0  ; Unreachable
mb7:
    ldr x0, [x9, #24]
    b mb8
mb8:
    add sp, sp, #0x30
    ldp x20, x30, [sp], #16
    ret

sum [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr x0, [x1]
    mov x19, x1
    bl Func(func1)
    mov x1, x19
    str x0, [x1]
    ldp x19, x30, [sp], #16
    ret

reference [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr w0, [x1]
    mov x19, x1
    cbz w0, trap NullReference
    bl Func(func2)
    mov x1, x19
    str x0, [x1]
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
    mov x19, x1
    cbz w0, trap NullReference
    bl Func(func4)
    mov x1, x19
    str x0, [x1]
    ldp x19, x30, [sp], #16
    ret

[continuation]:  ; frame 16 bytes, saves [%r30]
mb0:
    ldr x6, [x1]
    ldr x8, [x1, #8]
    ldr x0, [x8]
    ldr x8, [x6]  ; NullReference
    blr x8
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
    ldr x5, [x1]
    ldr x5, [x5]  ; NullReference
    blr x5
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
    ldr x6, [x1]
    ldr x8, [x1, #8]
    ldr w0, [x8]
    ldr x8, [x6]  ; NullReference
    blr x8
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
