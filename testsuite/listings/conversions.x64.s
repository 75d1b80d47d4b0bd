trunc_f64_s32:  ; frame 0 bytes, saves []
mb0:
    cvttsd2si rsi,xmm0
    movsxd rax,esi
    cmp rax,rsi
    mov eax,eax
    je .0
    ucomisd xmm0,xmm0
    jp trap BadConversionToInteger
    jmp trap IntegerOverflow
    .0:
    ret

trunc_f32_u64:  ; frame 0 bytes, saves []
mb0:
    cvttss2si rax,xmm0
    test rax,rax
    jns .0
    movaps xmm4,xmm0
    subss xmm4,DWORD PTR [rip+const(0x5f000000)]
    cvttss2si rax,xmm4
    test rax,rax
    js .1
    bts rax,0x3f
    jmp .0
    .1:
    ucomiss xmm0,xmm0
    jp trap BadConversionToInteger
    jmp trap IntegerOverflow
    .0:
    ret

sat_f64_u32:  ; frame 0 bytes, saves []
mb0:
    cvttsd2si rsi,xmm0
    mov eax,esi
    cmp rax,rsi
    je .0
    xor eax,eax
    xorps xmm4,xmm4
    ucomisd xmm0,xmm4
    jbe .0
    mov eax,0xffffffff
    .0:
    ret

sat_f32_s64:  ; frame 0 bytes, saves []
mb0:
    cvttss2si rax,xmm0
    cmp rax,0x1
    jno .0
    xorps xmm4,xmm4
    ucomiss xmm0,xmm4
    jp .1
    jb .0
    movabs rax,0x7fffffffffffffff
    jmp .0
    .1:
    xor eax,eax
    .0:
    ret

from_u64:  ; frame 0 bytes, saves []
mb0:
    mov r8,rdi
    xorps xmm0,xmm0
    test r8,r8
    js .1
    cvtsi2sd xmm0,r8
    jmp .0
    .1:
    mov rdi,r8
    mov esi,r8d
    shr rdi,0x1
    and esi,0x1
    or rdi,rsi
    cvtsi2sd xmm0,rdi
    addsd xmm0,xmm0
    .0:
    ret

from_u32:  ; frame 0 bytes, saves []
mb0:
    xorps xmm0,xmm0
    cvtsi2ss xmm0,rdi
    ret

bits:  ; frame 0 bytes, saves []
mb0:
    movq rax,xmm0
    ret

promote:  ; frame 0 bytes, saves []
mb0:
    cvtss2sd xmm0,xmm0
    ret

sign:  ; frame 0 bytes, saves []
mb0:
    movsx rax,di
    ret

trunc_f64_s32 [entry]:  ; frame 8 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [rsi]
    mov rdi,rsi
    call Func(func0)
    mov rsi,rdi
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

trunc_f32_u64 [entry]:  ; frame 8 bytes, saves []
mb0:
    movss xmm0,DWORD PTR [rsi]
    mov rdi,rsi
    call Func(func1)
    mov rsi,rdi
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

sat_f64_u32 [entry]:  ; frame 8 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [rsi]
    mov rdi,rsi
    call Func(func2)
    mov rsi,rdi
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

sat_f32_s64 [entry]:  ; frame 8 bytes, saves []
mb0:
    movss xmm0,DWORD PTR [rsi]
    mov rdi,rsi
    call Func(func3)
    mov rsi,rdi
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

from_u64 [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r9,rsi
    call Func(func4)
    mov rsi,r9
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

from_u32 [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func5)
    movd edi,xmm0
    mov QWORD PTR [rsi],rdi
    add rsp,0x8
    ret

bits [entry]:  ; frame 8 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [rsi]
    call Func(func6)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

promote [entry]:  ; frame 8 bytes, saves []
mb0:
    movss xmm0,DWORD PTR [rsi]
    call Func(func7)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

sign [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    call Func(func8)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
