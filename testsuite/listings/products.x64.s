upper:  ; frame 0 bytes, saves []
mb0:
    mov rax,rdi
    mul rsi
    mov rax,rdx
    ret

upper_cross:  ; frame 0 bytes, saves []
mb0:
    imul rdx,rdi
    imul rcx,rsi
    mov rax,rdi
    mov r8,rdx
    mul rsi
    add r8,rdx
    lea rax,[rcx+r8*1]
    ret

lower:  ; frame 0 bytes, saves []
mb0:
    imul rdi,rsi
    mov rax,rdi
    ret

same_cross:  ; frame 0 bytes, saves []
mb0:
    mov rax,rdi
    shr rax,0x20
    mov rcx,rsi
    shr rcx,0x20
    imul rax,rcx
    mov edx,edi
    imul rcx,rdx
    mov esi,esi
    imul rdx,rsi
    shr rdx,0x20
    lea rdx,[rcx+rdx*1]
    mov rsi,rdx
    shr rsi,0x20
    add rax,rsi
    mov edx,edx
    add rdx,rcx
    shr rdx,0x20
    lea rax,[rax+rdx*1]
    ret

multi3:  ; frame 0 bytes, saves []
mb0:
    mov rax,rsi
    mul rcx
    mov QWORD PTR ds:0x60000018,rdx  ; MemoryOutOfBounds
    mov QWORD PTR ds:0x60000010,rax  ; MemoryOutOfBounds
    ret

multiply:  ; frame 0 bytes, saves []
mb0:
    mov rax,rdi
    mul rsi
    mov QWORD PTR ds:0x60000018,rdx  ; MemoryOutOfBounds
    mov QWORD PTR ds:0x60000010,rax  ; MemoryOutOfBounds
    xor rdx,rax
    mov rax,rdx
    ret

upper [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,QWORD PTR [rsi+0x18]
    mov r8,rsi
    mov rsi,rax
    call Func(func0)
    mov QWORD PTR [r8],rax
    add rsp,0x8
    ret

upper_cross [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,QWORD PTR [rsi+0x18]
    mov r9,rsi
    mov rsi,rax
    call Func(func1)
    mov QWORD PTR [r9],rax
    add rsp,0x8
    ret

lower [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,QWORD PTR [rsi+0x18]
    mov r8,rsi
    mov rsi,rax
    call Func(func2)
    mov QWORD PTR [r8],rax
    add rsp,0x8
    ret

same_cross [entry]:  ; frame 8 bytes, saves []
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

multiply [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func5)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret
