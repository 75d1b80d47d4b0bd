find:  ; frame 0 bytes, saves []
mb0:
    jmp mb1
mb1:
    movups xmm10,XMMWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    xorps xmm12,xmm12
    movd xmm0,esi
    pshufb xmm0,xmm12
    pcmpeqb xmm10,xmm0
    pmovmskb eax,xmm10
    lea edi,[rdi+0x10]
    test eax,eax
    jne mb3
    jmp mb2
mb3:
    mov ecx,0x20
    bsf eax,eax
    cmove eax,ecx
    add eax,edi
    ret

sum:  ; frame 0 bytes, saves []
mb0:
    xorps xmm0,xmm0
    jmp mb1
mb1:
    mov rax,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    movq xmm1,rax
    pmovsxwd xmm1,xmm1
    mov eax,DWORD PTR [rdi+0x60000008]  ; MemoryOutOfBounds
    movd xmm15,eax
    pshufd xmm2,xmm15,0x0
    movaps xmm15,xmm1
    pmulld xmm15,xmm2
    paddd xmm0,xmm15
    lea edi,[rdi+0xc]
    lea esi,[rsi-0x1]
    test esi,esi
    jne mb2
    jmp mb3
mb3:
    ret

find [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov esi,DWORD PTR [r9+0x8]
    mov r8,r9
    call Func(func0)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

sum [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r10,rsi
    mov esi,DWORD PTR [r10+0x8]
    call Func(func1)
    mov rsi,r10
    movups XMMWORD PTR [rsi],xmm0
    movups XMMWORD PTR [rsi+0x10],xmm1
    add rsp,0x8
    ret
