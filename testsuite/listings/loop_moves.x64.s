fibonacci:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    mov ecx,0x1
    jmp mb1
mb1:
    lea eax,[rax+rcx*1]
    cmp edi,eax
    ja mb2
    jmp mb3
mb2:
    mov rdx,rax
    mov rax,rcx
    mov rcx,rdx
    jmp mb1
mb3:
    ret

steps:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    xor ecx,ecx
    jmp mb1
mb1:
    mov edx,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    xor r8d,r8d
    cmp ecx,edx
    setb r8b
    lea eax,[rax+r8*1]
    lea edi,[rdi+0x4]
    mov rcx,rdx
    xor ecx,eax
    add esi,0xffffffff
    jne mb2
    jmp mb3
mb3:
    lea eax,[rdx+rax*1]
    ret

compare:  ; frame 0 bytes, saves []
mb0:
    jmp mb1
mb1:
    mov eax,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    mov ecx,DWORD PTR [rsi+0x60000000]  ; MemoryOutOfBounds
    sub eax,ecx
    jne mb4
    jmp mb2
mb2:
    lea edi,[rdi+0x4]
    lea esi,[rsi+0x4]
    add edx,0xffffffff
    jne mb3
    jmp mb5
mb4:
    ret
mb5:
    xor eax,eax
    ret

fibonacci [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

steps [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov r9,rsi
    mov rsi,rax
    call Func(func1)
    mov QWORD PTR [r9],rax
    add rsp,0x8
    ret

compare [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov edx,DWORD PTR [rsi+0x10]
    mov r8,rsi
    mov rsi,rax
    call Func(func2)
    mov QWORD PTR [r8],rax
    add rsp,0x8
    ret
