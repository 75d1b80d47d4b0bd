sum:  ; frame 0 bytes, saves []
mb0:
    lea rax,[rdi+rdx*1]
    cmp rax,rdi
    mov rdx,rsi
    adc rdx,rcx
    ret

difference:  ; frame 0 bytes, saves []
mb0:
    mov rax,rdi
    sub rax,rdx
    cmp rdi,rdx
    mov rdx,rsi
    sbb rdx,rcx
    ret

greater:  ; frame 0 bytes, saves []
mb0:
    cmp rsi,rdi
    mov rax,rdx
    adc rax,0x0
    ret

two:  ; frame 0 bytes, saves []
mb0:
    cmp rsi,rdx
    adc rdi,0x0
    cmp rdx,rcx
    mov rax,rdi
    adc rax,0x0
    ret

signed:  ; frame 0 bytes, saves []
mb0:
    xor r8d,r8d
    cmp rdi,rsi
    setl r8b
    mov rax,rdx
    add rax,r8
    ret

negated:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    cmp rdi,rsi
    setb al
    neg rax
    ret

not less:  ; frame 0 bytes, saves []
mb0:
    xor r8d,r8d
    cmp rdi,rsi
    setae r8b
    mov rax,rdx
    add rax,r8
    ret

sum [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r8,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,QWORD PTR [rsi+0x18]
    mov r9,rsi
    mov rsi,r8
    call Func(func0)
    mov rsi,r9
    mov QWORD PTR [rsi],rax
    mov QWORD PTR [rsi+0x8],rdx
    add rsp,0x8
    ret

difference [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r8,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,QWORD PTR [rsi+0x18]
    mov r9,rsi
    mov rsi,r8
    call Func(func1)
    mov rsi,r9
    mov QWORD PTR [rsi],rax
    mov QWORD PTR [rsi+0x8],rdx
    add rsp,0x8
    ret

greater [entry]:  ; frame 8 bytes, saves []
mb0:
    mov r8,rsi
    mov rdi,QWORD PTR [rsi]
    mov rsi,QWORD PTR [rsi+0x8]
    mov r11,r8
    mov rdx,QWORD PTR [r11+0x10]
    call Func(func2)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

two [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r8,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,QWORD PTR [rsi+0x18]
    mov rax,rsi
    mov rsi,r8
    mov r8,rax
    call Func(func3)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

signed [entry]:  ; frame 8 bytes, saves []
mb0:
    mov r9,rsi
    mov rdi,QWORD PTR [rsi]
    mov rsi,QWORD PTR [rsi+0x8]
    mov r11,r9
    mov rdx,QWORD PTR [r11+0x10]
    call Func(func4)
    mov rsi,r9
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

negated [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r9,rsi
    mov rsi,QWORD PTR [r9+0x8]
    mov r8,r9
    call Func(func5)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

not less [entry]:  ; frame 8 bytes, saves []
mb0:
    mov r9,rsi
    mov rdi,QWORD PTR [rsi]
    mov rsi,QWORD PTR [rsi+0x8]
    mov r11,r9
    mov rdx,QWORD PTR [r11+0x10]
    call Func(func6)
    mov rsi,r9
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
