chain:  ; frame 0 bytes, saves []
mb0:
    add rdi,rdx
    adc rsi,0x0
    add rcx,rdi
    adc rsi,r8
    mov rax,rcx
    mov rdx,rsi
    ret

differences:  ; frame 0 bytes, saves []
mb0:
    sub rdi,rdx
    sbb rsi,0x0
    sub rdi,rcx
    sbb rsi,0x1
    mov rax,rdi
    mov rdx,rsi
    ret

plain:  ; frame 0 bytes, saves []
mb0:
    add rsi,rdx
    adc rcx,0x0
    mov QWORD PTR [rdi+0x60000000],rsi  ; MemoryOutOfBounds
    mov rax,rcx
    ret

late:  ; frame 0 bytes, saves []
mb0:
    lea rax,[rsi+rdx*1]
    mov QWORD PTR [rdi+0x60000000],rax  ; MemoryOutOfBounds
    mov rcx,QWORD PTR [rdi+0x60000008]  ; MemoryOutOfBounds
    cmp rax,rsi
    adc rcx,0x0
    mov rax,rcx
    ret

loaded:  ; frame 0 bytes, saves []
mb0:
    mov QWORD PTR [rdi+0x60000000],rsi  ; MemoryOutOfBounds
    mov rax,QWORD PTR [rdi+0x60000008]  ; MemoryOutOfBounds
    add rsi,rdx
    adc rax,0x0
    mov rdx,rax
    mov rax,rsi
    ret

chain [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,QWORD PTR [rsi+0x18]
    mov r8,QWORD PTR [rsi+0x20]
    mov r9,rsi
    mov rsi,rax
    call Func(func0)
    mov QWORD PTR [r9],rax
    mov QWORD PTR [r9+0x8],rdx
    add rsp,0x8
    ret

differences [entry]:  ; frame 8 bytes, saves []
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

plain [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,QWORD PTR [rsi+0x18]
    mov r8,rsi
    mov rsi,rax
    call Func(func2)
    mov QWORD PTR [r8],rax
    add rsp,0x8
    ret

late [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov r8,rsi
    mov rsi,rax
    call Func(func3)
    mov QWORD PTR [r8],rax
    add rsp,0x8
    ret

loaded [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,rsi
    mov rsi,rax
    call Func(func4)
    mov QWORD PTR [rcx],rax
    mov QWORD PTR [rcx+0x8],rdx
    add rsp,0x8
    ret
