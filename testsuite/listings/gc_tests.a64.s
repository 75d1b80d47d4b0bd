see:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Instance(mod0)+72
    ldr w1, [x16, :lo12:Instance(mod0)+72]
    cbz w1, trap TableOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x1, [x16, :lo12:Instance(mod0)+64]
    ldr x1, [x1]
    ldr x2, [x1, #16]  ; IndirectCallToNull
    cmp x2, #0x4
    b.ne trap BadSignature
    ldr x1, [x1]
    blr x1
    ldp xzr, x30, [sp], #16
    ret

cast:  ; frame 0 bytes, saves []
mb0:
    ldr w1, [x0]  ; NullReference
    sub w1, w1, #0x100
    cmp w1, #0x200
    b.hs trap CastFailure
    ldr w0, [x0, #8]
    ret

cast any:  ; frame 0 bytes, saves []
mb0:
    cbz w0, trap CastFailure
    tbnz w0, #0, trap CastFailure
    ldr w1, [x0]  ; NullReference
    sub w1, w1, #0x100
    cmp w1, #0x200
    b.hs trap CastFailure
    ldr w0, [x0, #8]
    ret

branch any:  ; frame 0 bytes, saves []
mb0:
    cbz w0, mb1
    b mb2
mb2:
    tbnz w0, #0, mb3
    b mb4
mb4:
    ldr w0, [x0]  ; NullReference
    sub w0, w0, #0x100
    cmp w0, #0x200
    b.lo mb6
    b mb5
mb6:
    movz w0, #0x5
    b mb8
mb7:
    movz w0, #0x6
    b mb8
mb8:
    ret

twice:  ; frame 0 bytes, saves []
mb0:
    cbz w0, trap CastFailure
    tbnz w0, #0, trap CastFailure
    ldr w1, [x0]  ; NullReference
    sub w1, w1, #0x100
    cmp w1, #0x200
    b.hs trap CastFailure
    ldr w1, [x0, #8]
    ldr w0, [x0, #4]
    add w0, w0, #0x1
    add w0, w1, w0
    ret

new:  ; frame 16 bytes, saves [%r30 %r19]
mb0:
    adrp x16, Heap
    ldr w0, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w1, [x16, :lo12:Heap+8]
    add w2, w0, #0x10
    cmp w1, w2
    b.lo mb1
    b mb2
mb1:
    movz w0, #0x10
    movz w1, #0x100
    bl Runtime(GcAllocate)
    mov w0, w0
    b mb3
mb2:
    adrp x16, Heap
    str w2, [x16, :lo12:Heap]
    movz w1, #0x100
    str w1, [x0]
    b mb3
mb3:
    str x0, [sp]
    movz w1, #0x1
    str w1, [x0, #4]
    movz w1, #0x2
    str w1, [x0, #8]
    movz w1, #0x0
    mov x19, x0
    mov x0, x1
    bl Func(func0)
    ; references: [0]
    movz w0, #0x0
    bl Func(func0)
    ; references: [0]
    mov x0, x19
    add sp, sp, #0x10
    ldp x19, x30, [sp], #16
    ret

fails:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Heap
    ldr w0, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w1, [x16, :lo12:Heap+8]
    add w2, w0, #0x10
    cmp w1, w2
    b.lo mb1
    b mb2
mb1:
    movz w0, #0x10
    movz w1, #0x300
    bl Runtime(GcAllocate)
    mov w0, w0
    b mb3
mb2:
    adrp x16, Heap
    str w2, [x16, :lo12:Heap]
    movz w1, #0x300
    str w1, [x0]
    b mb3
mb3:
    movz w1, #0x1
    str w1, [x0, #4]
    movz w1, #0x2
    str x1, [x0, #8]
    movz w0, #0x1
    bl Func(func0)
    udf #0x0  ; CastFailure

branches:  ; frame 0 bytes, saves []
mb0:
    cbz w0, mb1
    b mb2
mb2:
    tbnz w0, #0, mb3
    b mb4
mb4:
    ldr w1, [x0]  ; NullReference
    sub w1, w1, #0x100
    cmp w1, #0x200
    b.lo mb6
    b mb5
mb6:
    ldr w0, [x0, #8]
    ret
mb7:
    cbz w0, mb8
    b mb9
mb8:
    movz w0, #0x0
    b mb12
mb9:
    tbnz w0, #0, mb10
    b mb11
mb10:
    movz w0, #0x0
    b mb12
mb11:
    ldr w0, [x0]  ; NullReference
    sub w0, w0, #0x200
    cmp w0, #0x100
    cset w0, lo
    b mb12
mb12:
    ret

one way:  ; frame 16 bytes, saves [%r30 %r19]
mb0:
    cbnz w1, mb2
    b mb1
mb2:
    str x0, [sp]
    cbz w0, trap CastFailure
    tbnz w0, #0, trap CastFailure
    ldr w1, [x0]  ; NullReference
    sub w1, w1, #0x100
    cmp w1, #0x200
    b.hs trap CastFailure
    ldr w1, [x0, #8]
    mov x19, x0
    mov x0, x1
    bl Func(func0)
    ; references: [0]
    mov x0, x19
    b mb3
mb3:
    cbz w0, mb4
    b mb5
mb4:
    movz w0, #0x0
    b mb8
mb5:
    tbnz w0, #0, mb6
    b mb7
mb6:
    movz w0, #0x0
    b mb8
mb7:
    ldr w0, [x0]  ; NullReference
    sub w0, w0, #0x100
    cmp w0, #0x200
    cset w0, lo
    b mb8
mb8:
    add sp, sp, #0x10
    ldp x19, x30, [sp], #16
    ret

rounds:  ; frame 0 bytes, saves [%r30]
mb0:
    movz w1, #0x0
    mov x3, x1
    mov x2, x0
    b mb1
mb1:
    cbz w2, mb2
    b mb3
mb2:
    movz w0, #0x0
    b mb4
mb3:
    ldr w0, [x2]  ; NullReference
    sub w0, w0, #0x100
    cmp w0, #0x200
    cset w0, lo
    b mb4
mb4:
    add w3, w3, w0
    adrp x16, Heap
    ldr w2, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w0, [x16, :lo12:Heap+8]
    add w1, w2, #0x10
    cmp w0, w1
    b.lo mb5
    b mb6
mb5:
    movz w0, #0x10
    movz w1, #0x300
    bl Runtime(GcAllocate)
    mov w2, w0
    b mb7
mb6:
    adrp x16, Heap
    str w1, [x16, :lo12:Heap]
    movz w0, #0x300
    str w0, [x2]
    b mb7
mb7:
    movz w0, #0x1
    str w0, [x2, #4]
    movz w0, #0x2
    str x0, [x2, #8]
    cmp w3, #0xa
    b.lo mb8
    b mb9
mb9:
    mov x0, x3
    ldp xzr, x30, [sp], #16
    ret

cast [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    cbz w0, trap NullReference
    mov x2, x1
    bl Func(func1)
    str x0, [x2]
    ldp xzr, x30, [sp], #16
    ret

cast any [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x2, x1
    bl Func(func2)
    str x0, [x2]
    ldp xzr, x30, [sp], #16
    ret

branch any [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func3)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

twice [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x2, x1
    bl Func(func4)
    str x0, [x2]
    ldp xzr, x30, [sp], #16
    ret

new [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    mov x19, x1
    bl Func(func5)
    str x0, [x19]
    ldp x19, x30, [sp], #16
    ret

fails [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    bl Func(func6)
    ldp xzr, x30, [sp], #16
    ret

branches [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x2, x1
    bl Func(func7)
    str x0, [x2]
    ldp xzr, x30, [sp], #16
    ret

one way [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x19, x1
    mov x1, x2
    bl Func(func8)
    str x0, [x19]
    ldp x19, x30, [sp], #16
    ret

rounds [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x4, x1
    bl Func(func9)
    str x0, [x4]
    ldp xzr, x30, [sp], #16
    ret
