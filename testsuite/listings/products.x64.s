upper:  ; frame 0 bytes, saves []
mb0:
    mov rax,rdi
    mul rsi
    mov rax,rdx
    ret

upper_cross:  ; frame 0 bytes, saves []
mb0:
    imul rdx,rdi
    mov r8,rdx
    imul rcx,rsi
    mov rax,rdi
    mul rsi
    mov rax,rdx
    mov rdx,r8
    add rdx,rax
    lea rax,[rcx+rdx*1]
    ret

lower:  ; frame 0 bytes, saves []
mb0:
    mov rax,rdi
    imul rax,rsi
    ret

same_cross:  ; frame 0 bytes, saves []
mb0:
    mov rdx,rdi
    shr rdx,0x20
    mov r8,rsi
    shr r8,0x20
    imul rdx,r8
    mov eax,edi
    imul r8,rax
    mov ecx,esi
    imul rax,rcx
    shr rax,0x20
    lea rax,[r8+rax*1]
    mov rcx,rax
    shr rcx,0x20
    add rdx,rcx
    mov eax,eax
    add rax,r8
    shr rax,0x20
    lea rax,[rdx+rax*1]
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
    mov r10,rax
    mov rax,rdx
    xor rax,r10
    ret

upper [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r8,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,QWORD PTR [rsi+0x18]
    mov rax,rsi
    mov rsi,r8
    mov r8,rax
    call Func(func0)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

upper_cross [entry]:  ; frame 8 bytes, saves []
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
    add rsp,0x8
    ret

lower [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r8,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,QWORD PTR [rsi+0x18]
    mov rax,rsi
    mov rsi,r8
    mov r8,rax
    call Func(func2)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

same_cross [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r8,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,QWORD PTR [rsi+0x18]
    mov r9,rsi
    mov rsi,r8
    call Func(func3)
    mov rsi,r9
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

multiply [entry]:  ; frame 8 bytes, saves []
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
