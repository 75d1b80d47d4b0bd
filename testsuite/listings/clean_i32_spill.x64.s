opaque:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

spills:  ; frame 24 bytes, saves [%r3 %r5 %r12 %r13 %r14 %r15]
mb0:
    mov r12d,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    mov eax,DWORD PTR [rdi+0x60000004]  ; MemoryOutOfBounds
    mov QWORD PTR [rsp+0x8],rax
    mov r14d,DWORD PTR [rdi+0x60000008]  ; MemoryOutOfBounds
    mov eax,DWORD PTR [rdi+0x6000000c]  ; MemoryOutOfBounds
    mov QWORD PTR [rsp],rax
    mov r13d,DWORD PTR [rdi+0x60000010]  ; MemoryOutOfBounds
    mov ebp,DWORD PTR [rdi+0x60000014]  ; MemoryOutOfBounds
    mov r15d,DWORD PTR [rdi+0x60000018]  ; MemoryOutOfBounds
    mov ebx,esi
    call Func(func0)
    mov rax,QWORD PTR [rsp+0x8]
    add r12,rax
    mov rax,QWORD PTR [rsp]
    add r14,rax
    lea rax,[r12+r14*1]
    add r13,rbp
    add r15,rbx
    lea rcx,[r13+r15*1]
    lea rax,[rax+rcx*1]
    add rsp,0x18
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret

opaque [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbp,rsi
    call Func(func0)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

spills [entry]:  ; frame 0 bytes, saves [%r12]
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov rsi,QWORD PTR [r9+0x8]
    mov r12,r9
    call Func(func1)
    mov rsi,r12
    mov QWORD PTR [rsi],rax
    pop r12
    ret
