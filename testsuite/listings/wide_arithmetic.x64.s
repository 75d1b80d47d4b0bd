add:  ; frame 0 bytes, saves []
mb0:
    lea rax,[rdi+rdx*1]
    cmp rax,rdi
    mov rdx,rsi
    adc rdx,rcx
    ret

sub:  ; frame 0 bytes, saves []
mb0:
    mov rax,rdi
    sub rax,rdx
    cmp rdi,rdx
    mov rdx,rsi
    sbb rdx,rcx
    ret

mul_u:  ; frame 0 bytes, saves []
mb0:
    mov rax,rdi
    mul rsi
    ret

mul_s:  ; frame 0 bytes, saves []
mb0:
    mov rax,rdi
    imul rsi
    ret

extended:  ; frame 0 bytes, saves []
mb0:
    lea rax,[rdi+rsi*1]
    xor edx,edx
    cmp rdi,rax
    seta dl
    ret

small:  ; frame 0 bytes, saves []
mb0:
    movzx eax,dil
    imul rax,rsi
    xor edx,edx
    ret

add [entry]:  ; frame 8 bytes, saves []
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

sub [entry]:  ; frame 8 bytes, saves []
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

mul_u [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r10,rsi
    mov rsi,QWORD PTR [r10+0x8]
    call Func(func2)
    mov rsi,r10
    mov QWORD PTR [rsi],rax
    mov QWORD PTR [rsi+0x8],rdx
    add rsp,0x8
    ret

mul_s [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r10,rsi
    mov rsi,QWORD PTR [r10+0x8]
    call Func(func3)
    mov rsi,r10
    mov QWORD PTR [rsi],rax
    mov QWORD PTR [rsi+0x8],rdx
    add rsp,0x8
    ret

extended [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r10,rsi
    mov rsi,QWORD PTR [r10+0x8]
    call Func(func4)
    mov rsi,r10
    mov QWORD PTR [rsi],rax
    mov QWORD PTR [rsi+0x8],rdx
    add rsp,0x8
    ret

small [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r10,rsi
    mov esi,DWORD PTR [r10+0x8]
    call Func(func5)
    mov rsi,r10
    mov QWORD PTR [rsi],rax
    mov QWORD PTR [rsi+0x8],rdx
    add rsp,0x8
    ret
