neg:  ; frame 0 bytes, saves []
mb0:
    xorps xmm0,XMMWORD PTR [rip+const(0x8000000000000000 x 2)]
    ret

abs:  ; frame 0 bytes, saves []
mb0:
    andps xmm0,XMMWORD PTR [rip+const(0x7fffffff7fffffff x 2)]
    ret

copysign:  ; frame 0 bytes, saves []
mb0:
    andps xmm0,XMMWORD PTR [rip+const(0x7fffffffffffffff x 2)]
    andps xmm1,XMMWORD PTR [rip+const(0x8000000000000000 x 2)]
    orps xmm0,xmm1
    ret

min:  ; frame 0 bytes, saves []
mb0:
    ucomisd xmm0,xmm1
    jne .0
    jp .1
    orps xmm0,xmm1
    jmp .2
    .1:
    addsd xmm0,xmm1
    jmp .2
    .0:
    minsd xmm0,xmm1
    .2:
    ret

max:  ; frame 0 bytes, saves []
mb0:
    ucomiss xmm0,xmm1
    jne .0
    jp .1
    andps xmm0,xmm1
    jmp .2
    .1:
    addss xmm0,xmm1
    jmp .2
    .0:
    maxss xmm0,xmm1
    .2:
    ret

nearest:  ; frame 0 bytes, saves []
mb0:
    roundsd xmm0,xmm0,0x8
    ret

times_one:  ; frame 0 bytes, saves []
mb0:
    mulsd xmm0,QWORD PTR [rip+const(0x3ff0000000000000)]
    ret

plus_zero:  ; frame 0 bytes, saves []
mb0:
    addsd xmm0,QWORD PTR [rip+const(0x0)]
    ret

not_equal:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    ucomisd xmm0,xmm1
    setp al
    mov ecx,0x1
    cmovne eax,ecx
    ret

neg [entry]:  ; frame 8 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [rsi]
    call Func(func0)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

abs [entry]:  ; frame 8 bytes, saves []
mb0:
    movss xmm0,DWORD PTR [rsi]
    call Func(func1)
    movd eax,xmm0
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

copysign [entry]:  ; frame 8 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [rsi]
    movsd xmm1,QWORD PTR [rsi+0x8]
    call Func(func2)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

min [entry]:  ; frame 8 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [rsi]
    movsd xmm1,QWORD PTR [rsi+0x8]
    call Func(func3)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

max [entry]:  ; frame 8 bytes, saves []
mb0:
    movss xmm0,DWORD PTR [rsi]
    movss xmm1,DWORD PTR [rsi+0x8]
    call Func(func4)
    movd eax,xmm0
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

nearest [entry]:  ; frame 8 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [rsi]
    call Func(func5)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

times_one [entry]:  ; frame 8 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [rsi]
    call Func(func6)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

plus_zero [entry]:  ; frame 8 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [rsi]
    call Func(func7)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

not_equal [entry]:  ; frame 8 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [rsi]
    movsd xmm1,QWORD PTR [rsi+0x8]
    call Func(func8)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
