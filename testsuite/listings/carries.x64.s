sum:  ; frame 0 bytes, saves []
mb0:
    add rdi,rdx
    adc rsi,rcx
    mov rax,rdi
    mov rdx,rsi
    ret

difference:  ; frame 0 bytes, saves []
mb0:
    sub rdi,rdx
    sbb rsi,rcx
    mov rax,rdi
    mov rdx,rsi
    ret

greater:  ; frame 0 bytes, saves []
mb0:
    cmp rsi,rdi
    adc rdx,0x0
    mov rax,rdx
    ret

two:  ; frame 0 bytes, saves []
mb0:
    cmp rsi,rdx
    adc rdi,0x0
    cmp rdx,rcx
    adc rdi,0x0
    mov rax,rdi
    ret

signed:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    cmp rdi,rsi
    setl al
    add rdx,rax
    mov rax,rdx
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
    xor eax,eax
    cmp rdi,rsi
    setae al
    add rdx,rax
    mov rax,rdx
    ret

sum [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,QWORD PTR [rsi+0x18]
    mov r8,rsi
    mov rsi,rax
    call Func(func0)
    mov QWORD PTR [r8],rax
    mov QWORD PTR [r8+0x8],rdx
    add rsp,0x8
    ret

difference [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,QWORD PTR [rsi+0x18]
    mov r8,rsi
    mov rsi,rax
    call Func(func1)
    mov QWORD PTR [r8],rax
    mov QWORD PTR [r8+0x8],rdx
    add rsp,0x8
    ret

greater [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,rsi
    mov rsi,rax
    call Func(func2)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

two [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,QWORD PTR [rsi+0x18]
    mov r8,rsi
    mov rsi,rax
    call Func(func3)
    mov QWORD PTR [r8],rax
    add rsp,0x8
    ret

signed [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,rsi
    mov rsi,rax
    call Func(func4)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

negated [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func5)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

not less [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,rsi
    mov rsi,rax
    call Func(func6)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret
