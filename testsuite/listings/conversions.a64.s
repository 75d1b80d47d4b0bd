trunc_f64_s32:  ; frame 0 bytes, saves []
mb0:
    fcmp d0, d0
    b.vs trap BadConversionToInteger
    fcvtzs x16, d0
    cmp x16, w16, sxtw
    b.ne trap IntegerOverflow
    mov w0, w16
    ret

trunc_f32_u64:  ; frame 0 bytes, saves []
mb0:
    fmov s1, #-1.0
    fcmp s0, s1
    b.vs trap BadConversionToInteger
    b.le trap IntegerOverflow
    fcvtzu x0, s0
    cmn x0, #0x1
    b.eq trap IntegerOverflow
    ret

sat_f64_u32:  ; frame 0 bytes, saves []
mb0:
    fcvtzu w0, d0
    ret

sat_f32_s64:  ; frame 0 bytes, saves []
mb0:
    fcvtzs x0, s0
    ret

from_u64:  ; frame 0 bytes, saves []
mb0:
    ucvtf d0, x0
    ret

from_u32:  ; frame 0 bytes, saves []
mb0:
    ucvtf s0, w0
    ret

bits:  ; frame 0 bytes, saves []
mb0:
    fmov x0, d0
    ret

promote:  ; frame 0 bytes, saves []
mb0:
    fcvt d0, s0
    ret

sign:  ; frame 0 bytes, saves []
mb0:
    sxth x0, w0
    ret

trunc_f64_s32 [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr d0, [x1]
    bl Func(func0)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

trunc_f32_u64 [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr s0, [x1]
    bl Func(func1)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

sat_f64_u32 [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr d0, [x1]
    bl Func(func2)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

sat_f32_s64 [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr s0, [x1]
    bl Func(func3)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

from_u64 [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    bl Func(func4)
    str d0, [x1]
    ldp xzr, x30, [sp], #16
    ret

from_u32 [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func5)
    fmov w0, s0
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

bits [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr d0, [x1]
    bl Func(func6)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

promote [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr s0, [x1]
    bl Func(func7)
    str d0, [x1]
    ldp xzr, x30, [sp], #16
    ret

sign [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    bl Func(func8)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret
