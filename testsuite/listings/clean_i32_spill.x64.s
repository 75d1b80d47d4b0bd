opaque:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

spills:  ; frame 0 bytes, saves []
mb0:
    mov r10d,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    mov eax,DWORD PTR [rdi+0x60000004]  ; MemoryOutOfBounds
    mov ecx,DWORD PTR [rdi+0x60000008]  ; MemoryOutOfBounds
    mov edx,DWORD PTR [rdi+0x6000000c]  ; MemoryOutOfBounds
    mov r8d,DWORD PTR [rdi+0x60000010]  ; MemoryOutOfBounds
    mov r9d,DWORD PTR [rdi+0x60000014]  ; MemoryOutOfBounds
    mov r11d,DWORD PTR [rdi+0x60000018]  ; MemoryOutOfBounds
    mov esi,esi
    add r10,rax
    add rcx,rdx
    lea rax,[r10+rcx*1]
    add r8,r9
    add r11,rsi
    lea rcx,[r8+r11*1]
    lea rax,[rax+rcx*1]
    ret

opaque [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
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
