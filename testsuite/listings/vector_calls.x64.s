f:  ; frame 0 bytes, saves [%r5]
mb0:
    test edi,edi
    mov rbp,rdi
    jne mb2
    jmp mb1
mb2:
    mov r9,rbp
    lea edi,[r9-0x1]
    call Func(func0)
    mov rdi,rbp
    lea edi,[rdi-0x2]
    call Func(func0)
    jmp mb3
mb3:
    pop rbp
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
    xorps xmm4,xmm4
    movd xmm8,edi
    pshufb xmm8,xmm4
    paddb xmm0,xmm8
    ret

call_many:  ; frame 0 bytes, saves []
mb0:
    paddb xmm0,XMMWORD PTR [rip+const(0x303030303030303:0303030303030303)]
    ret

across [entry]:  ; frame 0 bytes, saves [%r12]
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movsd xmm1,QWORD PTR [rsi+0x10]
    mov r12,rsi
    call Func(func1)
    mov rsi,r12
    movups XMMWORD PTR [rsi],xmm0
    movsd QWORD PTR [rsi+0x10],xmm1
    pop r12
    ret

scalar [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    movsd xmm0,QWORD PTR [rsi]
    mov rbp,rsi
    call Func(func2)
    mov rsi,rbp
    movsd QWORD PTR [rsi],xmm0
    pop rbp
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
    movss xmm9,DWORD PTR [rsi+0x80]
    movups xmm8,XMMWORD PTR [rsi+0x88]
    mov edi,DWORD PTR [rsi+0x98]
    movss DWORD PTR [rsp],xmm9
    movups XMMWORD PTR [rsp+0x10],xmm8
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
