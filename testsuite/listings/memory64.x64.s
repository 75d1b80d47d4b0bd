pair:  ; frame 0 bytes, saves []
mb0:
    cmp rdi,QWORD PTR [rip+Instance(mod0)+0x48]
    jae trap MemoryOutOfBounds
    mov rax,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    add rax,QWORD PTR [rdi+0x60000008]  ; MemoryOutOfBounds
    ret

constant:  ; frame 0 bytes, saves []
mb0:
    mov rax,QWORD PTR ds:0x60000400  ; MemoryOutOfBounds
    ret

far:  ; frame 0 bytes, saves []
mb0:
    movabs rsi,0x100000000
    add rdi,rsi
    movabs rsi,0x100000000
    cmp rdi,rsi
    jb trap MemoryOutOfBounds
    cmp rdi,QWORD PTR [rip+Instance(mod0)+0x48]
    jae trap MemoryOutOfBounds
    mov rax,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

store:  ; frame 0 bytes, saves []
mb0:
    cmp rdi,QWORD PTR [rip+Instance(mod0)+0x48]
    jae trap MemoryOutOfBounds
    mov BYTE PTR [rdi+0x60000003],sil  ; MemoryOutOfBounds
    ret

grown:  ; frame 8 bytes, saves [%r5 %r12]
mb0:
    cmp rdi,QWORD PTR [rip+Instance(mod0)+0x48]
    jae trap MemoryOutOfBounds
    mov ebp,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    mov r12,rdi
    lea rdi,[rip+Instance(mod0)+0x40]
    mov esi,0x1
    call Runtime(MemoryGrow)
    mov ecx,eax
    xor r10d,r10d
    test ecx,ecx
    sete r10b
    mov rdi,r12
    add r10d,DWORD PTR [rdi+0x60000004]  ; MemoryOutOfBounds
    lea eax,[rbp+r10*1]
    add rsp,0x8
    pop r12
    pop rbp
    ret

sum:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    jmp mb1
mb1:
    cmp rdi,QWORD PTR [rip+Instance(mod0)+0x48]
    jae trap MemoryOutOfBounds
    mov r10,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea rax,[rax+r10*1]
    lea rdi,[rdi+0x8]
    cmp rsi,rdi
    ja mb2
    jmp mb3
mb3:
    ret

pair [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

constant [entry]:  ; frame 8 bytes, saves []
mb0:
    call Func(func1)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

far [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r8,rsi
    call Func(func2)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

store [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov esi,DWORD PTR [rsi+0x8]
    call Func(func3)
    add rsp,0x8
    ret

grown [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rbp,rsi
    call Func(func4)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

sum [entry]:  ; frame 8 bytes, saves []
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
