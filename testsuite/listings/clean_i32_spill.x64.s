opaque:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

spills:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    mov ecx,DWORD PTR [rdi+0x60000004]  ; MemoryOutOfBounds
    mov edx,DWORD PTR [rdi+0x60000008]  ; MemoryOutOfBounds
    mov r8d,DWORD PTR [rdi+0x6000000c]  ; MemoryOutOfBounds
    mov r9d,DWORD PTR [rdi+0x60000010]  ; MemoryOutOfBounds
    mov r10d,DWORD PTR [rdi+0x60000014]  ; MemoryOutOfBounds
    mov edi,DWORD PTR [rdi+0x60000018]  ; MemoryOutOfBounds
    mov esi,esi
    add rax,rcx
    add rdx,r8
    lea rax,[rax+rdx*1]
    add r9,r10
    add rdi,rsi
    lea rcx,[r9+rdi*1]
    lea rax,[rax+rcx*1]
    ret

opaque [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

spills [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov r11,rsi
    mov rsi,rax
    call Func(func1)
    mov QWORD PTR [r11],rax
    add rsp,0x8
    ret
