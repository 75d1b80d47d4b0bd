find:  ; frame 0 bytes, saves []
mb0:
    jmp mb1
mb1:
    movups xmm0,XMMWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    xorps xmm1,xmm1
    movd xmm2,esi
    pshufb xmm2,xmm1
    pcmpeqb xmm0,xmm2
    pmovmskb eax,xmm0
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
    movd xmm2,eax
    pshufd xmm2,xmm2,0x0
    movaps xmm3,xmm1
    pmulld xmm3,xmm2
    paddd xmm0,xmm3
    lea edi,[rdi+0xc]
    add esi,0xffffffff
    jne mb2
    jmp mb3
mb3:
    ret

find [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rdx,rsi
    mov rsi,rax
    call Func(func0)
    mov QWORD PTR [rdx],rax
    add rsp,0x8
    ret

sum [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func1)
    movups XMMWORD PTR [rcx],xmm0
    movups XMMWORD PTR [rcx+0x10],xmm1
    add rsp,0x8
    ret
