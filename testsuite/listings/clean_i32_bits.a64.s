clz32:  ; frame 0 bytes, saves []
mb0:
    clz w0, w0
    ret

ctz32:  ; frame 0 bytes, saves []
mb0:
    rbit w0, w0
    clz w0, w0
    ret

clz64:  ; frame 0 bytes, saves []
mb0:
    clz x0, x0
    ret

ctz64:  ; frame 0 bytes, saves []
mb0:
    rbit x0, x0
    clz x0, x0
    ret

popcnt32:  ; frame 0 bytes, saves []
mb0:
    fmov s0, w0
    cnt v0.8b, v0.8b
    addv b0, v0.8b
    fmov w0, s0
    ret

clz32 [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func0)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

ctz32 [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func1)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

clz64 [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    bl Func(func2)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

ctz64 [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    bl Func(func3)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

popcnt32 [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func4)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret
