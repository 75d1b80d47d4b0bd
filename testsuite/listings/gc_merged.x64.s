see:  ; frame 8 bytes, saves []
mb0:
    cmp DWORD PTR [rip+Instance(mod0)+0x48],0x0
    je trap TableOutOfBounds
    mov rax,QWORD PTR [rip+Instance(mod0)+0x40]
    mov rax,QWORD PTR [rax]
    cmp QWORD PTR [rax+0x10],0x3  ; IndirectCallToNull
    jne trap BadSignature
    mov edi,0x1
    call QWORD PTR [rax]
    add rsp,0x8
    ret

chain:  ; frame 8 bytes, saves []
mb0:
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x30]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov eax,0x30
    xor esi,esi
    mov rcx,rdi
    mov rdi,rax
    call Runtime(GcAllocate)
    mov eax,eax
    lea edx,[rax+0x10]
    lea esi,[rax+0x20]
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],ecx
    lea edx,[rax+0x10]
    lea esi,[rax+0x20]
    mov rcx,rdi
    jmp mb3
mb3:
    mov DWORD PTR [rax+0x8],ecx
    mov DWORD PTR [rdx+0x4],eax
    mov DWORD PTR [rsi+0x4],edx
    mov DWORD PTR [rsi+0x8],0x7
    mov rax,rsi
    add rsp,0x8
    ret

circle:  ; frame 8 bytes, saves []
mb0:
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x20]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov eax,0x20
    xor esi,esi
    mov rcx,rdi
    mov rdi,rax
    call Runtime(GcAllocate)
    mov eax,eax
    mov rdx,rax
    add edx,0x10
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],ecx
    mov rdx,rax
    add edx,0x10
    mov rcx,rdi
    jmp mb3
mb3:
    mov DWORD PTR [rax+0x8],ecx
    mov DWORD PTR [rdx+0x4],eax
    mov DWORD PTR [rdx+0x8],0x2
    mov DWORD PTR [rax+0x4],edx
    add rsp,0x8
    ret

arrays:  ; frame 8 bytes, saves []
mb0:
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x20]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov eax,0x20
    mov esi,0x100
    mov rcx,rdi
    mov rdi,rax
    call Runtime(GcAllocate)
    ; references: [-24]
    mov eax,eax
    lea edx,[rax+0x10]
    mov DWORD PTR [rax+0x4],0x2
    mov DWORD PTR [rdx+0x4],0x5
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],ecx
    mov DWORD PTR [rax],0x100
    lea edx,[rax+0x10]
    mov DWORD PTR [rax+0x4],0x2
    mov DWORD PTR [rdx+0x4],0x5
    mov rcx,rdi
    jmp mb3
mb3:
    mov DWORD PTR [rdx],0x200
    mov DWORD PTR [rax+0x8],ecx
    mov DWORD PTR [rcx+0x8],0x1  ; NullReference
    add rsp,0x8
    ret

trap:  ; frame 8 bytes, saves []
mb0:
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x20]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov eax,0x20
    xor esi,esi
    mov rcx,rdi
    mov rdi,rax
    call Runtime(GcAllocate)
    ; references: [-24]
    mov eax,eax
    mov rdx,rax
    add edx,0x10
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],ecx
    mov rdx,rax
    add edx,0x10
    mov rcx,rdi
    jmp mb3
mb3:
    mov DWORD PTR [rax+0x8],0x1
    mov ecx,DWORD PTR [rcx+0x8]  ; NullReference
    mov DWORD PTR [rdx+0x4],eax
    mov DWORD PTR [rdx+0x8],ecx
    mov rax,rdx
    add rsp,0x8
    ret

call:  ; frame 16 bytes, saves [%r3]
mb0:
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x10]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x10
    xor esi,esi
    call Runtime(GcAllocate)
    mov eax,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],ecx
    jmp mb3
mb3:
    mov QWORD PTR [rsp],rax
    mov DWORD PTR [rax+0x8],0x1
    mov edi,0x1
    mov rbx,rax
    call Func(func0)
    ; references: [0]
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x10]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb4
    jmp mb5
mb4:
    mov edi,0x10
    xor esi,esi
    call Runtime(GcAllocate)
    ; references: [-40]
    mov eax,eax
    jmp mb6
mb5:
    mov DWORD PTR [rip+Heap],ecx
    jmp mb6
mb6:
    mov DWORD PTR [rax+0x4],ebx
    mov DWORD PTR [rax+0x8],0x2
    add rsp,0x10
    pop rbx
    ret

length:  ; frame 8 bytes, saves []
mb0:
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x10]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov eax,0x10
    xor esi,esi
    mov rcx,rdi
    mov rdi,rax
    call Runtime(GcAllocate)
    mov eax,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],ecx
    mov rcx,rdi
    jmp mb3
mb3:
    mov DWORD PTR [rax+0x8],0x1
    cmp ecx,0x400
    ja mb4
    jmp mb5
mb5:
    lea edx,[rcx+0xf]
    and edx,0xfffffff8
    mov esi,DWORD PTR [rip+Heap]
    lea edx,[rdx+rsi*1]
    cmp edx,DWORD PTR [rip+Heap+0x8]
    ja mb6
    jmp mb8
mb7:
    mov QWORD PTR [rsp],rax
    mov esi,0x200
    mov edx,0x1
    mov rdi,rcx
    mov r8,rax
    call Runtime(GcAllocateArray)
    ; references: [0]
    mov esi,eax
    jmp mb9
mb8:
    mov DWORD PTR [rip+Heap],edx
    mov DWORD PTR [rsi],0x200
    mov DWORD PTR [rsi+0x4],ecx
    mov r8,rax
    jmp mb9
mb9:
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x10]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb10
    jmp mb11
mb10:
    mov edi,0x10
    xor eax,eax
    mov rdx,rsi
    mov rsi,rax
    call Runtime(GcAllocate)
    ; references: [-80, -32]
    mov eax,eax
    jmp mb12
mb11:
    mov DWORD PTR [rip+Heap],ecx
    mov rdx,rsi
    jmp mb12
mb12:
    mov DWORD PTR [rax+0x8],0x2
    mov rcx,rax
    mov rax,r8
    add rsp,0x8
    ret

large:  ; frame 8 bytes, saves []
mb0:
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x260]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x260
    mov esi,0x200
    call Runtime(GcAllocate)
    mov eax,eax
    mov DWORD PTR [rax+0x4],0x258
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],ecx
    mov DWORD PTR [rax],0x200
    mov DWORD PTR [rax+0x4],0x258
    jmp mb3
mb3:
    mov ecx,DWORD PTR [rip+Heap]
    lea edx,[rcx+0x260]
    cmp edx,DWORD PTR [rip+Heap+0x8]
    ja mb4
    jmp mb5
mb4:
    mov QWORD PTR [rsp],rax
    mov edi,0x260
    mov esi,0x200
    mov rcx,rax
    call Runtime(GcAllocate)
    ; references: [0]
    mov eax,eax
    mov DWORD PTR [rax+0x4],0x258
    jmp mb6
mb5:
    mov DWORD PTR [rip+Heap],edx
    mov DWORD PTR [rcx],0x200
    mov DWORD PTR [rcx+0x4],0x258
    mov rdx,rax
    mov rax,rcx
    mov rcx,rdx
    jmp mb6
mb6:
    mov rdx,rax
    mov rax,rcx
    add rsp,0x8
    ret

chain [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func1)
    mov QWORD PTR [r8],rax
    add rsp,0x8
    ret

circle [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func2)
    mov QWORD PTR [r8],rax
    add rsp,0x8
    ret

arrays [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    mov r8,rsi
    call Func(func3)
    mov QWORD PTR [r8],rax
    mov QWORD PTR [r8+0x8],rdx
    add rsp,0x8
    ret

trap [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func4)
    mov QWORD PTR [r8],rax
    add rsp,0x8
    ret

call [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov rbx,rsi
    call Func(func5)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

length [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    call Func(func6)
    mov QWORD PTR [r9],rax
    mov QWORD PTR [r9+0x8],rdx
    mov QWORD PTR [r9+0x10],rcx
    add rsp,0x8
    ret

large [entry]:  ; frame 8 bytes, saves []
mb0:
    mov r8,rsi
    call Func(func7)
    mov QWORD PTR [r8],rax
    mov QWORD PTR [r8+0x8],rdx
    add rsp,0x8
    ret
