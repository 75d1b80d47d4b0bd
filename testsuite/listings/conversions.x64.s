trunc_f64_s32:  ; frame 0 bytes, saves []
mb0:
    cvttsd2si rcx,xmm0
    movsxd rax,ecx
    cmp rax,rcx
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
    movaps xmm1,xmm0
    subss xmm1,DWORD PTR [rip+const(0x5f000000)]
    cvttss2si rax,xmm1
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
    cvttsd2si rcx,xmm0
    mov eax,ecx
    cmp rax,rcx
    je .0
    xor eax,eax
    xorps xmm1,xmm1
    ucomisd xmm0,xmm1
    jbe .0
    mov eax,0xffffffff
    .0:
    ret

sat_f32_s64:  ; frame 0 bytes, saves []
mb0:
    cvttss2si rax,xmm0
    cmp rax,0x1
    jno .0
    xorps xmm1,xmm1
    ucomiss xmm0,xmm1
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
    xorps xmm0,xmm0
    test rdi,rdi
    js .1
    cvtsi2sd xmm0,rdi
    jmp .0
    .1:
    mov rax,rdi
    mov ecx,edi
    shr rax,0x1
    and ecx,0x1
    or rax,rcx
    cvtsi2sd xmm0,rax
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
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

trunc_f32_u64 [entry]:  ; frame 8 bytes, saves []
mb0:
    movss xmm0,DWORD PTR [rsi]
    call Func(func1)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

sat_f64_u32 [entry]:  ; frame 8 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [rsi]
    call Func(func2)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

sat_f32_s64 [entry]:  ; frame 8 bytes, saves []
mb0:
    movss xmm0,DWORD PTR [rsi]
    call Func(func3)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

from_u64 [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    call Func(func4)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

from_u32 [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func5)
    movd eax,xmm0
    mov QWORD PTR [rsi],rax
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
