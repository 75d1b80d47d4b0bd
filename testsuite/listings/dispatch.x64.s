run:  ; frame 0 bytes, saves []
mb0:
    jmp mb1
mb1:
    movzx eax,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea ecx,[rdi+0x4]
    cmp eax,0x6
    jae mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    lea rdx,[rip+table]
    movsxd r8,DWORD PTR [rdx+rax*4]
    add rdx,r8
    jmp rdx
mb2:
    movzx eax,BYTE PTR [rdi+0x60000001]  ; MemoryOutOfBounds
    add eax,esi
    mov rdi,rcx
    mov rsi,rax
    movzx eax,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea ecx,[rdi+0x4]
    cmp eax,0x6
    jae mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    lea rdx,[rip+table]
    movsxd r8,DWORD PTR [rdx+rax*4]
    add rdx,r8
    jmp rdx
mb3:
    movzx eax,BYTE PTR [rdi+0x60000001]  ; MemoryOutOfBounds
    sub esi,eax
    mov rdi,rcx
    movzx eax,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea ecx,[rdi+0x4]
    cmp eax,0x6
    jae mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    lea rdx,[rip+table]
    movsxd r8,DWORD PTR [rdx+rax*4]
    add rdx,r8
    jmp rdx
mb4:
    movzx edi,BYTE PTR [rdi+0x60000002]  ; MemoryOutOfBounds
    test esi,esi
    jne mb5
    jmp mb6
mb6:
    mov rdi,rcx
    movzx eax,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea ecx,[rdi+0x4]
    cmp eax,0x6
    jae mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    lea rdx,[rip+table]
    movsxd r8,DWORD PTR [rdx+rax*4]
    add rdx,r8
    jmp rdx
mb7:
    mov esi,DWORD PTR [rsi+0x60000400]  ; MemoryOutOfBounds
    mov rdi,rcx
    movzx eax,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea ecx,[rdi+0x4]
    cmp eax,0x6
    jae mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    lea rdx,[rip+table]
    movsxd r8,DWORD PTR [rdx+rax*4]
    add rdx,r8
    jmp rdx
mb8:
    movzx eax,BYTE PTR [rdi+0x60000001]  ; MemoryOutOfBounds
    mov DWORD PTR [rax+0x60000400],esi  ; MemoryOutOfBounds
    mov rdi,rcx
    movzx eax,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea ecx,[rdi+0x4]
    cmp eax,0x6
    jae mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    lea rdx,[rip+table]
    movsxd r8,DWORD PTR [rdx+rax*4]
    add rdx,r8
    jmp rdx
mb9:
    mov eax,0x7
    cmp esi,0x64
    cmovl esi,eax
    mov rdi,rcx
    movzx eax,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea ecx,[rdi+0x4]
    cmp eax,0x6
    jae mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    lea rdx,[rip+table]
    movsxd r8,DWORD PTR [rdx+rax*4]
    add rdx,r8
    jmp rdx
mb10:
    mov rax,rsi
    ret

run [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov r9,rsi
    mov rsi,rax
    call Func(func0)
    mov QWORD PTR [r9],rax
    add rsp,0x8
    ret
