f:  ; frame 0 bytes, saves [%r3]
mb0:
    test edi,edi
    jne mb2
    jmp mb1
mb2:
    lea eax,[rdi-0x1]
    mov rbx,rdi
    mov rdi,rax
    call Func(func0)
    lea edi,[rbx-0x2]
    call Func(func0)
    jmp mb3
mb3:
    pop rbx
    ret

across:  ; frame 40 bytes, saves []
mb0:
    movups XMMWORD PTR [rsp],xmm1
    movups XMMWORD PTR [rsp+0x10],xmm0
    mov edi,0x9
    call Func(func0)
    movups xmm0,XMMWORD PTR [rsp+0x10]
    paddb xmm0,xmm0
    movups xmm1,XMMWORD PTR [rsp]
    add rsp,0x28
    ret

scalar:  ; frame 8 bytes, saves []
mb0:
    movsd QWORD PTR [rsp],xmm0
    mov edi,0x9
    call Func(func0)
    movsd xmm0,QWORD PTR [rsp]
    add rsp,0x8
    ret

many:  ; frame 0 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsp+0x18]
    xorps xmm1,xmm1
    movd xmm2,edi
    pshufb xmm2,xmm1
    paddb xmm0,xmm2
    ret

call_many:  ; frame 0 bytes, saves []
mb0:
    paddb xmm0,XMMWORD PTR [rip+const(0x303030303030303:0303030303030303)]
    ret

across [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movsd xmm1,QWORD PTR [rsi+0x10]
    mov rbx,rsi
    call Func(func1)
    movups XMMWORD PTR [rbx],xmm0
    movsd QWORD PTR [rbx+0x10],xmm1
    pop rbx
    ret

scalar [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    movsd xmm0,QWORD PTR [rsi]
    mov rbx,rsi
    call Func(func2)
    movsd QWORD PTR [rbx],xmm0
    pop rbx
    ret

many [entry]:  ; frame 40 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    movups xmm2,XMMWORD PTR [rsi+0x20]
    movups xmm3,XMMWORD PTR [rsi+0x30]
    movups xmm4,XMMWORD PTR [rsi+0x40]
    movups xmm5,XMMWORD PTR [rsi+0x50]
    movups xmm6,XMMWORD PTR [rsi+0x60]
    movups xmm7,XMMWORD PTR [rsi+0x70]
    movss xmm8,DWORD PTR [rsi+0x80]
    movups xmm9,XMMWORD PTR [rsi+0x88]
    mov edi,DWORD PTR [rsi+0x98]
    movss DWORD PTR [rsp],xmm8
    movups XMMWORD PTR [rsp+0x10],xmm9
    call Func(func3)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x28
    ret

call_many [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func4)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret
