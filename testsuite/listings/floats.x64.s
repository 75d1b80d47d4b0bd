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
    mov r9d,0x1
    cmovne eax,r9d
    ret

neg [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    movsd xmm0,QWORD PTR [rsi]
    mov rbp,rsi
    call Func(func0)
    mov rsi,rbp
    movsd QWORD PTR [rsi],xmm0
    pop rbp
    ret

abs [entry]:  ; frame 0 bytes, saves [%r12]
mb0:
    movss xmm0,DWORD PTR [rsi]
    mov r12,rsi
    call Func(func1)
    movd esi,xmm0
    mov r9,r12
    mov QWORD PTR [r9],rsi
    pop r12
    ret

copysign [entry]:  ; frame 0 bytes, saves [%r12]
mb0:
    movsd xmm0,QWORD PTR [rsi]
    movsd xmm1,QWORD PTR [rsi+0x8]
    mov r12,rsi
    call Func(func2)
    mov rsi,r12
    movsd QWORD PTR [rsi],xmm0
    pop r12
    ret

min [entry]:  ; frame 0 bytes, saves [%r12]
mb0:
    movsd xmm0,QWORD PTR [rsi]
    movsd xmm1,QWORD PTR [rsi+0x8]
    mov r12,rsi
    call Func(func3)
    mov rsi,r12
    movsd QWORD PTR [rsi],xmm0
    pop r12
    ret

max [entry]:  ; frame 0 bytes, saves [%r12]
mb0:
    movss xmm0,DWORD PTR [rsi]
    movss xmm1,DWORD PTR [rsi+0x8]
    mov r12,rsi
    call Func(func4)
    movd esi,xmm0
    mov r11,r12
    mov QWORD PTR [r11],rsi
    pop r12
    ret

nearest [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    movsd xmm0,QWORD PTR [rsi]
    mov rbp,rsi
    call Func(func5)
    mov rsi,rbp
    movsd QWORD PTR [rsi],xmm0
    pop rbp
    ret

times_one [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    movsd xmm0,QWORD PTR [rsi]
    mov rbp,rsi
    call Func(func6)
    mov rsi,rbp
    movsd QWORD PTR [rsi],xmm0
    pop rbp
    ret

plus_zero [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    movsd xmm0,QWORD PTR [rsi]
    mov rbp,rsi
    call Func(func7)
    mov rsi,rbp
    movsd QWORD PTR [rsi],xmm0
    pop rbp
    ret

not_equal [entry]:  ; frame 0 bytes, saves [%r12]
mb0:
    movsd xmm0,QWORD PTR [rsi]
    movsd xmm1,QWORD PTR [rsi+0x8]
    mov r12,rsi
    call Func(func8)
    mov rsi,r12
    mov QWORD PTR [rsi],rax
    pop r12
    ret
