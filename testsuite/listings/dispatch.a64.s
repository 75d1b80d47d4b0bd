run:  ; frame 0 bytes, saves []
mb0:
    mov x2, x1
    b mb1
mb1:
    ldrb w1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w4, w0, #0x4
    cmp w1, #0x6
    b.hs mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    adr x16, table
    ldrsw x17, [x16, w1, uxtw #2]
    add x16, x16, x17
    br x16
mb2:
    add x0, x28, w0, uxtw
    ldrb w1, [x0, #1]  ; MemoryOutOfBounds
    mov x0, x2
    add w0, w0, w1
    mov x2, x0
    mov x0, x4
    ldrb w1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w4, w0, #0x4
    cmp w1, #0x6
    b.hs mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    adr x16, table
    ldrsw x17, [x16, w1, uxtw #2]
    add x16, x16, x17
    br x16
mb3:
    add x0, x28, w0, uxtw
    ldrb w0, [x0, #1]  ; MemoryOutOfBounds
    mov x1, x2
    sub w0, w1, w0
    mov x2, x0
    mov x0, x4
    ldrb w1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w4, w0, #0x4
    cmp w1, #0x6
    b.hs mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    adr x16, table
    ldrsw x17, [x16, w1, uxtw #2]
    add x16, x16, x17
    br x16
mb4:
    add x0, x28, w0, uxtw
    ldrb w0, [x0, #2]  ; MemoryOutOfBounds
    mov x1, x2
    cbnz w1, mb5
    b mb6
mb6:
    mov x0, x4
    ldrb w1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w4, w0, #0x4
    cmp w1, #0x6
    b.hs mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    adr x16, table
    ldrsw x17, [x16, w1, uxtw #2]
    add x16, x16, x17
    br x16
mb7:
    mov x0, x2
    add x0, x28, w0, uxtw
    ldr w0, [x0, #1024]  ; MemoryOutOfBounds
    mov x2, x0
    mov x0, x4
    ldrb w1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w4, w0, #0x4
    cmp w1, #0x6
    b.hs mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    adr x16, table
    ldrsw x17, [x16, w1, uxtw #2]
    add x16, x16, x17
    br x16
mb8:
    add x0, x28, w0, uxtw
    ldrb w0, [x0, #1]  ; MemoryOutOfBounds
    add x0, x28, w0, uxtw
    mov x1, x2
    str w1, [x0, #1024]  ; MemoryOutOfBounds
    mov x0, x4
    ldrb w1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w4, w0, #0x4
    cmp w1, #0x6
    b.hs mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    adr x16, table
    ldrsw x17, [x16, w1, uxtw #2]
    add x16, x16, x17
    br x16
mb9:
    movz w0, #0x7
    mov x1, x2
    cmp w1, #0x64
    csel w0, w0, w1, lt
    mov x2, x0
    mov x0, x4
    ldrb w1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w4, w0, #0x4
    cmp w1, #0x6
    b.hs mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    adr x16, table
    ldrsw x17, [x16, w1, uxtw #2]
    add x16, x16, x17
    br x16
mb10:
    mov x0, x2
    ret

run [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x10, x1
    ldr w1, [x10, #8]
    mov x6, x10
    bl Func(func0)
    mov x1, x6
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret
