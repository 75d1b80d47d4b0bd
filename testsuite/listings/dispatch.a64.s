run:  ; frame 0 bytes, saves []
mb0:
    b mb1
mb1:
    ldrb w2, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w3, w0, #0x4
    cmp w2, #0x6
    b.hs mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    adr x16, table
    ldrsw x17, [x16, w2, uxtw #2]
    add x16, x16, x17
    br x16
mb2:
    add x2, x28, w0, uxtw
    ldrb w2, [x2, #1]  ; MemoryOutOfBounds
    add w1, w1, w2
    mov x0, x3
    ldrb w2, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w3, w0, #0x4
    cmp w2, #0x6
    b.hs mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    adr x16, table
    ldrsw x17, [x16, w2, uxtw #2]
    add x16, x16, x17
    br x16
mb3:
    add x2, x28, w0, uxtw
    ldrb w2, [x2, #1]  ; MemoryOutOfBounds
    sub w1, w1, w2
    mov x0, x3
    ldrb w2, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w3, w0, #0x4
    cmp w2, #0x6
    b.hs mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    adr x16, table
    ldrsw x17, [x16, w2, uxtw #2]
    add x16, x16, x17
    br x16
mb4:
    add x2, x28, w0, uxtw
    ldrb w0, [x2, #2]  ; MemoryOutOfBounds
    cbnz w1, mb5
    b mb6
mb6:
    mov x0, x3
    ldrb w2, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w3, w0, #0x4
    cmp w2, #0x6
    b.hs mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    adr x16, table
    ldrsw x17, [x16, w2, uxtw #2]
    add x16, x16, x17
    br x16
mb7:
    add x2, x28, w1, uxtw
    ldr w1, [x2, #1024]  ; MemoryOutOfBounds
    mov x0, x3
    ldrb w2, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w3, w0, #0x4
    cmp w2, #0x6
    b.hs mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    adr x16, table
    ldrsw x17, [x16, w2, uxtw #2]
    add x16, x16, x17
    br x16
mb8:
    add x2, x28, w0, uxtw
    ldrb w2, [x2, #1]  ; MemoryOutOfBounds
    add x2, x28, w2, uxtw
    str w1, [x2, #1024]  ; MemoryOutOfBounds
    mov x0, x3
    ldrb w2, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w3, w0, #0x4
    cmp w2, #0x6
    b.hs mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    adr x16, table
    ldrsw x17, [x16, w2, uxtw #2]
    add x16, x16, x17
    br x16
mb9:
    movz w2, #0x7
    cmp w1, #0x64
    csel w1, w2, w1, lt
    mov x0, x3
    ldrb w2, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w3, w0, #0x4
    cmp w2, #0x6
    b.hs mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    adr x16, table
    ldrsw x17, [x16, w2, uxtw #2]
    add x16, x16, x17
    br x16
mb10:
    mov x0, x1
    ret

run [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x4, x1
    mov x1, x2
    bl Func(func0)
    str x0, [x4]
    ldp x28, x30, [sp], #16
    ret
