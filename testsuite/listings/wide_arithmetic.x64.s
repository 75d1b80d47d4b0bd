add:  ; frame 0 bytes, saves []
mb0:
    add rdi,rdx
    adc rsi,rcx
    mov rax,rdi
    mov rdx,rsi
    ret

sub:  ; frame 0 bytes, saves []
mb0:
    sub rdi,rdx
    sbb rsi,rcx
    mov rax,rdi
    mov rdx,rsi
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

sub [entry]:  ; frame 8 bytes, saves []
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

mul_u [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func2)
    mov QWORD PTR [rcx],rax
    mov QWORD PTR [rcx+0x8],rdx
    add rsp,0x8
    ret

mul_s [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func3)
    mov QWORD PTR [rcx],rax
    mov QWORD PTR [rcx+0x8],rdx
    add rsp,0x8
    ret

extended [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func4)
    mov QWORD PTR [rcx],rax
    mov QWORD PTR [rcx+0x8],rdx
    add rsp,0x8
    ret

small [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func5)
    mov QWORD PTR [rcx],rax
    mov QWORD PTR [rcx+0x8],rdx
    add rsp,0x8
    ret
