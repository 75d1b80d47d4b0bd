run:  ; frame 0 bytes, saves []
mb0:
    mov rax,rsi
    jmp mb1
mb1:
    movzx ecx,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea esi,[rdi+0x4]
    cmp ecx,0x6
    jae mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    lea r8,[rip+table]
    movsxd rdx,DWORD PTR [r8+rcx*4]
    add r8,rdx
    jmp r8
mb2:
    movzx ecx,BYTE PTR [rdi+0x60000001]  ; MemoryOutOfBounds
    add ecx,eax
    mov rax,rcx
    mov rdi,rsi
    movzx ecx,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea esi,[rdi+0x4]
    cmp ecx,0x6
    jae mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    lea r8,[rip+table]
    movsxd rdx,DWORD PTR [r8+rcx*4]
    add r8,rdx
    jmp r8
mb3:
    movzx ecx,BYTE PTR [rdi+0x60000001]  ; MemoryOutOfBounds
    sub eax,ecx
    mov rdi,rsi
    movzx ecx,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea esi,[rdi+0x4]
    cmp ecx,0x6
    jae mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    lea r8,[rip+table]
    movsxd rdx,DWORD PTR [r8+rcx*4]
    add r8,rdx
    jmp r8
mb4:
    movzx edi,BYTE PTR [rdi+0x60000002]  ; MemoryOutOfBounds
    test eax,eax
    jne mb5
    jmp mb6
mb6:
    mov rdi,rsi
    movzx ecx,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea esi,[rdi+0x4]
    cmp ecx,0x6
    jae mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    lea r8,[rip+table]
    movsxd rdx,DWORD PTR [r8+rcx*4]
    add r8,rdx
    jmp r8
mb7:
    mov eax,DWORD PTR [rax+0x60000400]  ; MemoryOutOfBounds
    mov rdi,rsi
    movzx ecx,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea esi,[rdi+0x4]
    cmp ecx,0x6
    jae mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    lea r8,[rip+table]
    movsxd rdx,DWORD PTR [r8+rcx*4]
    add r8,rdx
    jmp r8
mb8:
    movzx ecx,BYTE PTR [rdi+0x60000001]  ; MemoryOutOfBounds
    mov DWORD PTR [rcx+0x60000400],eax  ; MemoryOutOfBounds
    mov rdi,rsi
    movzx ecx,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea esi,[rdi+0x4]
    cmp ecx,0x6
    jae mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    lea r8,[rip+table]
    movsxd rdx,DWORD PTR [r8+rcx*4]
    add r8,rdx
    jmp r8
mb9:
    mov ecx,0x7
    cmp eax,0x64
    cmovl eax,ecx
    mov rdi,rsi
    movzx ecx,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea esi,[rdi+0x4]
    cmp ecx,0x6
    jae mb10
    ; table: mb2 mb3 mb4 mb7 mb8 mb9
    lea r8,[rip+table]
    movsxd rdx,DWORD PTR [r8+rcx*4]
    add r8,rdx
    jmp r8
mb10:
    ret

run [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov esi,DWORD PTR [r9+0x8]
    call Func(func0)
    mov rsi,r9
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
