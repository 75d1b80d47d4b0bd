multiply_add:  ; frame 0 bytes, saves []
mb0:
    pmulld xmm1,xmm2
    paddd xmm0,xmm1
    ret

multiply_long_add:  ; frame 0 bytes, saves []
mb0:
    movaps xmm3,xmm1
    pmullw xmm3,xmm2
    movaps xmm4,xmm1
    pmulhuw xmm4,xmm2
    punpckhwd xmm3,xmm4
    movaps xmm4,xmm1
    pmullw xmm4,xmm2
    pmulhuw xmm1,xmm2
    punpcklwd xmm4,xmm1
    paddd xmm0,xmm4
    paddd xmm3,xmm0
    movaps xmm0,xmm3
    ret

dot_add:  ; frame 0 bytes, saves []
mb0:
    pmaddwd xmm1,xmm2
    paddd xmm0,xmm1
    ret

pairwise_add:  ; frame 0 bytes, saves []
mb0:
    pmaddwd xmm1,XMMWORD PTR [rip+const(0x1000100010001:0001000100010001)]
    paddd xmm0,xmm1
    ret

extended_difference:  ; frame 0 bytes, saves []
mb0:
    pmovzxbw xmm0,xmm0
    pmovzxbw xmm1,xmm1
    psubw xmm0,xmm1
    ret

not_fused:  ; frame 0 bytes, saves []
mb0:
    mulps xmm1,xmm2
    addps xmm0,xmm1
    ret

by_scalar:  ; frame 0 bytes, saves []
mb0:
    pshufd xmm1,xmm1,0x0
    mulps xmm0,xmm1
    ret

rotate_7:  ; frame 0 bytes, saves []
mb0:
    movaps xmm1,xmm0
    pslld xmm1,0x7
    psrld xmm0,0x19
    por xmm1,xmm0
    movaps xmm0,xmm1
    ret

rotate_16:  ; frame 0 bytes, saves []
mb0:
    movaps xmm1,xmm0
    pslld xmm1,0x10
    psrld xmm0,0x10
    por xmm1,xmm0
    movaps xmm0,xmm1
    ret

and_not:  ; frame 0 bytes, saves []
mb0:
    pcmpeqd xmm3,xmm3
    pxor xmm3,xmm2
    por xmm1,xmm3
    pandn xmm1,xmm0
    movaps xmm0,xmm1
    ret

select_unequal:  ; frame 0 bytes, saves []
mb0:
    pcmpeqd xmm2,xmm3
    movaps xmm3,xmm0
    movaps xmm0,xmm2
    pblendvb xmm3,xmm1,xmm0
    movaps xmm0,xmm3
    ret

minimum:  ; frame 0 bytes, saves []
mb0:
    minps xmm1,xmm0
    movaps xmm0,xmm1
    ret

compare_zero:  ; frame 0 bytes, saves []
mb0:
    xorps xmm1,xmm1
    pcmpgtw xmm1,xmm0
    xorps xmm2,xmm2
    cmpleps xmm2,xmm0
    pxor xmm1,xmm2
    movaps xmm0,xmm1
    ret

any:  ; frame 0 bytes, saves []
mb0:
    ptest xmm0,xmm1
    jne mb1
    jmp mb2
mb1:
    mov eax,0x5
    jmp mb3
mb2:
    mov eax,0x6
    jmp mb3
mb3:
    ret

equal:  ; frame 0 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    movups xmm1,XMMWORD PTR [rsi+0x60000000]  ; MemoryOutOfBounds
    pcmpeqb xmm0,xmm1
    pmovmskb eax,xmm0
    cmp eax,0xffff
    je mb1
    jmp mb2
mb1:
    mov eax,0x5
    jmp mb3
mb2:
    mov eax,0x6
    jmp mb3
mb3:
    ret

mask_is_zero:  ; frame 0 bytes, saves []
mb0:
    pcmpeqb xmm0,xmm1
    pmovmskb eax,xmm0
    test eax,eax
    jne mb1
    jmp mb2
mb1:
    mov eax,0x5
    jmp mb3
mb2:
    mov eax,0x6
    jmp mb3
mb3:
    ret

mask:  ; frame 0 bytes, saves []
mb0:
    pmovmskb eax,xmm0
    ret

shift:  ; frame 0 bytes, saves []
mb0:
    mov rax,rdi
    and eax,0xf
    movd xmm1,eax
    psllw xmm0,xmm1
    and edi,0xf
    movd xmm1,edi
    psraw xmm0,xmm1
    ret

multiply_add [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    movups xmm2,XMMWORD PTR [rsi+0x20]
    call Func(func0)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

multiply_long_add [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    movups xmm2,XMMWORD PTR [rsi+0x20]
    call Func(func1)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

dot_add [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    movups xmm2,XMMWORD PTR [rsi+0x20]
    call Func(func2)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

pairwise_add [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func3)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

extended_difference [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func4)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

not_fused [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    movups xmm2,XMMWORD PTR [rsi+0x20]
    call Func(func5)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

by_scalar [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movss xmm1,DWORD PTR [rsi+0x10]
    call Func(func6)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

rotate_7 [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func7)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

rotate_16 [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func8)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

and_not [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    movups xmm2,XMMWORD PTR [rsi+0x20]
    call Func(func9)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

select_unequal [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    movups xmm2,XMMWORD PTR [rsi+0x20]
    movups xmm3,XMMWORD PTR [rsi+0x30]
    call Func(func10)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

minimum [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func11)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

compare_zero [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func12)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

any [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func13)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

equal [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func14)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

mask_is_zero [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func15)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

mask [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func16)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

shift [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    mov edi,DWORD PTR [rsi+0x10]
    call Func(func17)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret
