sum:  ; frame 0 bytes, saves []
mb0:
    addsd xmm0,xmm1
    movsd xmm1,QWORD PTR [rip+const(0x7ff8000000000000)]
    ucomisd xmm0,xmm0
    jp .1
    je .0
    .1:
    movaps xmm0,xmm1
    .0:
    ret

chain:  ; frame 0 bytes, saves []
mb0:
    mulss xmm0,xmm1
    sqrtss xmm0,xmm0
    movss xmm1,DWORD PTR [rip+const(0x7fc00000)]
    ucomiss xmm0,xmm0
    jp .1
    je .0
    .1:
    movaps xmm0,xmm1
    .0:
    movss DWORD PTR [rdi+0x60000000],xmm0  ; MemoryOutOfBounds
    ret

unseen:  ; frame 0 bytes, saves []
mb0:
    movaps xmm2,xmm0
    subsd xmm2,xmm1
    ucomisd xmm0,xmm1
    jne .0
    jp .1
    andps xmm0,xmm1
    jmp .2
    .1:
    addsd xmm0,xmm1
    jmp .2
    .0:
    maxsd xmm0,xmm1
    .2:
    xor eax,eax
    ucomisd xmm0,xmm2
    seta al
    ret

kept:  ; frame 0 bytes, saves []
mb0:
    movsd xmm1,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    test edi,edi
    je .0
    movaps xmm1,xmm0
    .0:
    andps xmm0,XMMWORD PTR [rip+const(0x7fffffffffffffff x 2)]
    andps xmm1,XMMWORD PTR [rip+const(0x7fffffffffffffff x 2)]
    andps xmm0,XMMWORD PTR [rip+const(0x8000000000000000 x 2)]
    orps xmm1,xmm0
    movaps xmm0,xmm1
    ret

loop:  ; frame 0 bytes, saves []
mb0:
    xorps xmm0,xmm0
    jmp mb1
mb1:
    movsd xmm1,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    addsd xmm0,xmm1
    movsd xmm1,QWORD PTR [rip+const(0x7ff8000000000000)]
    ucomisd xmm0,xmm0
    jp .1
    je .0
    .1:
    movaps xmm0,xmm1
    .0:
    add edi,0xfffffff8
    jne mb2
    jmp mb3
mb3:
    ret

sum [entry]:  ; frame 8 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [rsi]
    movsd xmm1,QWORD PTR [rsi+0x8]
    call Func(func0)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

chain [entry]:  ; frame 8 bytes, saves []
mb0:
    movss xmm0,DWORD PTR [rsi]
    movss xmm1,DWORD PTR [rsi+0x8]
    mov edi,DWORD PTR [rsi+0x10]
    call Func(func1)
    add rsp,0x8
    ret

unseen [entry]:  ; frame 8 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [rsi]
    movsd xmm1,QWORD PTR [rsi+0x8]
    call Func(func2)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

kept [entry]:  ; frame 8 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [rsi]
    movss xmm1,DWORD PTR [rsi+0x8]
    mov edi,DWORD PTR [rsi+0x10]
    call Func(func3)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

loop [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func4)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret
