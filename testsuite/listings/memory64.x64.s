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
    movabs rax,0x100000000
    add rdi,rax
    movabs rax,0x100000000
    cmp rdi,rax
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

grown:  ; frame 8 bytes, saves [%r3 %r5]
mb0:
    cmp rdi,QWORD PTR [rip+Instance(mod0)+0x48]
    jae trap MemoryOutOfBounds
    mov ebx,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea rax,[rip+Instance(mod0)+0x40]
    mov esi,0x1
    mov rbp,rdi
    mov rdi,rax
    call Runtime(MemoryGrow)
    mov eax,eax
    xor ecx,ecx
    test eax,eax
    sete cl
    add ecx,DWORD PTR [rbp+0x60000004]  ; MemoryOutOfBounds
    lea eax,[rbx+rcx*1]
    add rsp,0x8
    pop rbp
    pop rbx
    ret

sum:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    jmp mb1
mb1:
    cmp rdi,QWORD PTR [rip+Instance(mod0)+0x48]
    jae trap MemoryOutOfBounds
    mov rcx,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea rax,[rax+rcx*1]
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
    call Func(func2)
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

grown [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rbx,rsi
    call Func(func4)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

sum [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,rsi
    mov rsi,rax
    call Func(func5)
    mov QWORD PTR [rdx],rax
    add rsp,0x8
    ret
