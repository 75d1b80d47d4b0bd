see:  ; frame 8 bytes, saves []
mb0:
    cmp DWORD PTR [rip+Instance(mod0)+0x48],0x0
    je trap TableOutOfBounds
    mov rsi,QWORD PTR [rip+Instance(mod0)+0x40]
    mov rsi,QWORD PTR [rsi]
    cmp QWORD PTR [rsi+0x10],0x2  ; IndirectCallToNull
    jne trap BadSignature
    call QWORD PTR [rsi]
    add rsp,0x8
    ret

registers:  ; frame 8 bytes, saves []
mb0:
    mov rax,rsi
    mov r10,rdi
    mov r8d,DWORD PTR [rip+Heap]
    lea r9d,[r8+0x10]
    cmp r9d,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x10
    xor esi,esi
    mov rcx,rax
    call Runtime(GcAllocate)
    ; references: [-96, -24]
    mov r8d,eax
    jmp mb3
mb2:
    mov rcx,rax
    mov DWORD PTR [rip+Heap],r9d
    jmp mb3
mb3:
    mov DWORD PTR [r8+0x4],ecx
    mov DWORD PTR [r8+0x8],edx
    mov rdi,r10
    test BYTE PTR [rdi],0x4  ; NullReference
    jne mb5
    jmp mb4
mb4:
    mov rdi,r10
    jmp mb6
mb5:
    mov rdi,r10
    call Runtime(GcLog)
    jmp mb6
mb6:
    mov DWORD PTR [rdi+0xc],r8d  ; NullReference
    mov rsi,rcx
    mov rcx,rdx
    mov rdx,rsi
    mov rax,rdi
    add rsp,0x8
    ret

zeros:  ; frame 8 bytes, saves []
mb0:
    mov r10,rdi
    mov esi,DWORD PTR [rip+Heap]
    lea r8d,[rsi+0x10]
    cmp r8d,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x10
    xor esi,esi
    call Runtime(GcAllocate)
    mov eax,eax
    mov rdi,r10
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],r8d
    mov rax,rsi
    mov rdi,r10
    jmp mb3
mb3:
    mov DWORD PTR [rax+0x8],edi
    mov QWORD PTR [rsp],rax
    call Func(func0)
    ; references: [0]
    mov rax,QWORD PTR [rsp]
    add rsp,0x8
    ret

zero again:  ; frame 8 bytes, saves []
mb0:
    mov r9,rdi
    mov eax,DWORD PTR [rip+Heap]
    lea esi,[rax+0x10]
    cmp esi,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x10
    xor esi,esi
    call Runtime(GcAllocate)
    mov eax,eax
    mov rdi,r9
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],esi
    mov rdi,r9
    jmp mb3
mb3:
    mov DWORD PTR [rax+0x8],edi
    mov DWORD PTR [rax+0x8],0x0
    add rsp,0x8
    ret

none:  ; frame 8 bytes, saves []
mb0:
    mov DWORD PTR [rdi+0x4],0x0  ; NullReference
    lea r10d,[rsi+rsi*1]
    or r10d,0x1
    mov DWORD PTR [rdi+0xc],r10d
    mov rcx,rdi
    mov eax,DWORD PTR [rip+Heap]
    lea r9d,[rax+0x10]
    cmp r9d,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x10
    xor esi,esi
    call Runtime(GcAllocate)
    ; references: [-24]
    mov eax,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],r9d
    jmp mb3
mb3:
    mov DWORD PTR [rax+0x8],0x1
    mov DWORD PTR [rax+0x4],ecx
    add rsp,0x8
    ret

two:  ; frame 8 bytes, saves []
mb0:
    mov r9d,DWORD PTR [rip+Heap]
    lea r11d,[r9+0x10]
    cmp r11d,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x10
    xor esi,esi
    call Runtime(GcAllocate)
    mov eax,eax
    mov rdx,rax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],r11d
    mov rdx,r9
    jmp mb3
mb3:
    mov DWORD PTR [rdx+0x8],0x1
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x10]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb4
    jmp mb5
mb4:
    mov edi,0x10
    xor esi,esi
    call Runtime(GcAllocate)
    ; references: [-32]
    mov eax,eax
    jmp mb6
mb5:
    mov DWORD PTR [rip+Heap],ecx
    jmp mb6
mb6:
    mov DWORD PTR [rax+0x8],0x2
    test BYTE PTR [rdx],0x4
    jne mb8
    jmp mb7
mb7:
    mov rdi,rdx
    jmp mb9
mb8:
    mov rdi,rdx
    call Runtime(GcLog)
    jmp mb9
mb9:
    mov DWORD PTR [rdi+0x4],eax
    mov rax,rdi
    add rsp,0x8
    ret

call:  ; frame 16 bytes, saves [%r13]
mb0:
    mov rcx,rdi
    mov esi,DWORD PTR [rip+Heap]
    lea r8d,[rsi+0x10]
    cmp r8d,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x10
    xor esi,esi
    call Runtime(GcAllocate)
    ; references: [-24]
    mov QWORD PTR [rsp+0x8],rcx
    mov eax,eax
    jmp mb3
mb2:
    mov QWORD PTR [rsp+0x8],rcx
    mov DWORD PTR [rip+Heap],r8d
    mov rax,rsi
    jmp mb3
mb3:
    mov DWORD PTR [rax+0x8],0x1
    mov r13,rax
    mov edi,0x1
    mov QWORD PTR [rsp],r13
    call Func(func0)
    ; references: [0, 8]
    mov rdi,r13
    test BYTE PTR [rdi],0x4
    jne mb5
    jmp mb4
mb4:
    mov rax,r13
    mov rdi,QWORD PTR [rsp+0x8]
    jmp mb6
mb5:
    mov rdi,r13
    call Runtime(GcLog)
    mov rax,r13
    mov rdi,QWORD PTR [rsp+0x8]
    jmp mb6
mb6:
    mov rax,r13
    mov DWORD PTR [rax+0x4],edi
    add rsp,0x10
    pop r13
    ret

element:  ; frame 8 bytes, saves []
mb0:
    cmp esi,DWORD PTR [rdi+0x4]  ; NullReference
    mov r8,rsi
    jae trap ArrayOutOfBounds
    test BYTE PTR [rdi],0x4
    jne mb2
    jmp mb1
mb1:
    mov rsi,r8
    jmp mb3
mb2:
    mov rax,r8
    lea esi,[rdi+rax*4+0x8]
    call Runtime(GcLogElement)
    mov rsi,r8
    jmp mb3
mb3:
    mov DWORD PTR [rdi+rsi*4+0x8],edx
    add rsp,0x8
    ret

registers [entry]:  ; frame 8 bytes, saves []
mb0:
    mov r11,rsi
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    mov esi,DWORD PTR [rsi+0x8]
    mov rax,r11
    mov edx,DWORD PTR [rax+0x10]
    movsd xmm0,QWORD PTR [rax+0x18]
    call Func(func1)
    mov rsi,r11
    movsd QWORD PTR [rsi],xmm0
    mov QWORD PTR [rsi+0x8],rax
    mov QWORD PTR [rsi+0x10],rdx
    mov QWORD PTR [rsi+0x18],rcx
    add rsp,0x8
    ret

zeros [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbp,rsi
    call Func(func2)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

zero again [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func3)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

none [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    test edi,edi
    je trap NullReference
    mov r11,r8
    mov esi,DWORD PTR [r11+0x8]
    call Func(func4)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

two [entry]:  ; frame 8 bytes, saves []
mb0:
    mov r8,rsi
    call Func(func5)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

call [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbp,rsi
    test edi,edi
    je trap NullReference
    call Func(func6)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

element [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r10,rsi
    test edi,edi
    je trap NullReference
    mov esi,DWORD PTR [r10+0x8]
    mov edx,DWORD PTR [r10+0x10]
    call Func(func7)
    add rsp,0x8
    ret
