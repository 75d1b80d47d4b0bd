short:  ; frame 0 bytes, saves []
mb0:
    xorps xmm0,xmm0
    pcmpeqd xmm1,xmm1
    movaps xmm2,XMMWORD PTR [rip+const(0x100010001000100:0100010001000100)]
    movaps xmm3,XMMWORD PTR [rip+const(0xff00ffffff00ffff:ff00ffffff00ffff)]
    movaps xmm4,XMMWORD PTR [rip+const(0x3fc000003fc00000:3fc000003fc00000)]
    movaps xmm5,XMMWORD PTR [rip+const(0x8000000000000000:8000000000000000)]
    ret

pool:  ; frame 0 bytes, saves []
mb0:
    movaps xmm0,XMMWORD PTR [rip+const(0xf0e0d0c0b0a0908:0706050403020100)]
    ret

loop:  ; frame 0 bytes, saves []
mb0:
    jmp mb1
mb1:
    movups xmm0,XMMWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    movaps xmm1,xmm0
    pand xmm1,XMMWORD PTR [rip+const(0xf0f0f0f0f0f0f0f:0f0f0f0f0f0f0f0f)]
    movaps xmm2,XMMWORD PTR [rip+const(0x6665646362613938:3736353433323130)]
    movaps xmm3,XMMWORD PTR [rip+const(0x7070707070707070:7070707070707070)]
    paddusb xmm3,xmm1
    pshufb xmm2,xmm3
    movups xmm1,XMMWORD PTR [rdi+0x60000010]  ; MemoryOutOfBounds
    pshufb xmm0,XMMWORD PTR [rip+const(0x8004060500008080:0708090280018003)]
    pshufb xmm1,XMMWORD PTR [rip+const(0xf80808080800504:808080800e800180)]
    por xmm0,xmm1
    paddb xmm2,xmm0
    movups XMMWORD PTR [rdi+0x60000000],xmm2  ; MemoryOutOfBounds
    lea edi,[rdi+0x10]
    cmp esi,edi
    ja mb2
    jmp mb3
mb3:
    ret

loop_scalar:  ; frame 0 bytes, saves []
mb0:
    jmp mb1
mb1:
    movabs rax,0x123456789abcdef
    xor rdi,rax
    movabs rax,0x9e3779b97f4a7c15
    imul rdi,rax
    add esi,0xffffffff
    jne mb2
    jmp mb3
mb3:
    mov rax,rdi
    ret

short [entry]:  ; frame 8 bytes, saves []
mb0:
    call Func(func0)
    movups XMMWORD PTR [rsi],xmm0
    movups XMMWORD PTR [rsi+0x10],xmm1
    movups XMMWORD PTR [rsi+0x20],xmm2
    movups XMMWORD PTR [rsi+0x30],xmm3
    movups XMMWORD PTR [rsi+0x40],xmm4
    movups XMMWORD PTR [rsi+0x50],xmm5
    add rsp,0x8
    ret

pool [entry]:  ; frame 8 bytes, saves []
mb0:
    call Func(func1)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

loop [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov esi,DWORD PTR [rsi+0x8]
    call Func(func2)
    add rsp,0x8
    ret

loop_scalar [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func3)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret
