generator:  ; frame 32 bytes, saves [%r3]
mb0:
    mov rcx,rdi
    jmp mb1
mb1:
    mov esi,DWORD PTR [rip+Heap]
    lea eax,[rsi+0x20]
    cmp eax,DWORD PTR [rip+Heap+0x8]
    ja mb2
    jmp mb3
mb2:
    mov edi,0x20
    mov esi,0x200
    call Runtime(GcAllocate)
    mov esi,eax
    mov rbx,rcx
    jmp mb4
mb3:
    mov DWORD PTR [rip+Heap],eax
    mov DWORD PTR [rsi],0x200
    mov rbx,rcx
    jmp mb4
mb4:
    mov QWORD PTR [rsp],rbx
    mov DWORD PTR [rsp+0x8],esi
    mov QWORD PTR [rsp+0x10],0x2
    xor edi,edi
    lea rdx,[rsp]
    call Runtime(ContSuspend)
    mov rcx,rax
    shr rcx,0x30
    test ecx,ecx
    jne mb6
    jmp mb5
mb5:
    lea rbx,[rbx+0x1]
    mov rcx,rbx
    jmp mb1
mb6:
    movabs rcx,0xffffffffffff
    mov rdi,rax
    and rdi,rcx
    test rdi,rdi
    je trap NullReference
    call Runtime(ThrowRef)
    ud2  ; Unreachable

sum:  ; frame 24 bytes, saves [%r3 %r5]
mb0:
    mov rbx,rdi
    lea rdx,[rip+FuncRefs]
    mov edi,DWORD PTR [rip+Heap]
    lea ecx,[rdi+0x20]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x20
    mov esi,0x200
    call Runtime(GcAllocate)
    mov edi,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],ecx
    mov DWORD PTR [rdi],0x200
    jmp mb3
mb3:
    mov QWORD PTR [rdi+0x10],rdx
    lea rax,[rip+Func(func9)]
    mov QWORD PTR [rdi+0x18],rax
    mov QWORD PTR [rsp],0x5
    lea rsi,[rsp]
    mov edx,0x1
    call Runtime(ContBind)
    mov edi,eax
    xor eax,eax
    mov rbp,rax
    jmp mb4
mb4:
    test edi,edi
    je trap NullReference
    mov DWORD PTR [rsp],0x0
    lea rsi,[rsp]
    movabs rdx,0x100000000
    call Runtime(ContResume)
    mov rcx,rax
    shr rcx,0x30
    cmp ecx,0x0
    je mb7
    cmp ecx,0x1
    je mb9
    jmp mb5
mb5:
    movabs rcx,0xffffffffffff
    and rax,rcx
    mov rcx,QWORD PTR [rax]
    mov edi,DWORD PTR [rax+0x8]
    mov rax,rbp
    lea rax,[rax+rcx*1]
    mov rsi,rbx
    lea rsi,[rsi-0x1]
    test rsi,rsi
    jne mb6
    jmp mb8
mb6:
    mov rbx,rsi
    mov rbp,rax
    jmp mb4
mb7:
    mov rax,0xffffffffffffffff
    add rsp,0x18
    pop rbp
    pop rbx
    ret
mb8:
    add rsp,0x18
    pop rbp
    pop rbx
    ret
mb9:
    movabs rcx,0xffffffffffff
    mov rdi,rax
    and rdi,rcx
    test rdi,rdi
    je trap NullReference
    call Runtime(ThrowRef)
    ud2  ; Unreachable

reference:  ; frame 48 bytes, saves [%r3]
mb0:
    mov rbx,rdi
    mov esi,DWORD PTR [rip+Heap]
    lea eax,[rsi+0x20]
    cmp eax,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x20
    mov esi,0x200
    call Runtime(GcAllocate)
    ; references: [-40]
    mov esi,eax
    mov rdi,rbx
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],eax
    mov DWORD PTR [rsi],0x200
    mov rdi,rbx
    jmp mb3
mb3:
    mov DWORD PTR [rsp+0x10],edi
    mov rbx,rdi
    mov DWORD PTR [rsp+0x18],esi
    mov QWORD PTR [rsp+0x20],0x3
    mov edi,0x2
    lea rdx,[rsp+0x10]
    mov QWORD PTR [rsp],rbx
    call Runtime(ContSuspend)
    ; references: [0]
    mov rcx,rax
    shr rcx,0x30
    test ecx,ecx
    jne mb5
    jmp mb4
mb4:
    movabs rcx,0xffffffffffff
    and rax,rcx
    mov eax,DWORD PTR [rax]
    mov rdi,rbx
    add eax,DWORD PTR [rdi+0x4]  ; NullReference
    add rsp,0x30
    pop rbx
    ret
mb5:
    movabs rcx,0xffffffffffff
    mov rdi,rax
    and rdi,rcx
    test rdi,rdi
    je trap NullReference
    call Runtime(ThrowRef)
    ud2  ; Unreachable

switch:  ; frame 24 bytes, saves []
mb0:
    mov rax,rdi
    mov rdx,rdi
    test edi,eax
    je trap NullReference
    mov esi,DWORD PTR [rip+Heap]
    lea eax,[rsi+0x20]
    cmp eax,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x20
    mov esi,0x200
    call Runtime(GcAllocate)
    ; references: [-32]
    mov esi,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],eax
    mov DWORD PTR [rsi],0x200
    jmp mb3
mb3:
    mov DWORD PTR [rsp],esi
    mov QWORD PTR [rsp+0x8],0x1
    mov edi,0x1
    lea rcx,[rsp]
    mov r8d,0x10001
    call Runtime(ContSwitch)
    mov rcx,rax
    shr rcx,0x30
    test ecx,ecx
    jne mb5
    jmp mb4
mb4:
    add rsp,0x18
    ret
mb5:
    movabs rcx,0xffffffffffff
    mov rdi,rax
    and rdi,rcx
    test rdi,rdi
    je trap NullReference
    call Runtime(ThrowRef)
    ud2  ; Unreachable

resume_throw:  ; frame 48 bytes, saves [%r3]
mb0:
    mov rax,rdi
    test eax,eax
    mov rbx,rax
    je trap NullReference
    mov QWORD PTR [rsp+0x20],0x3
    xor edi,edi
    lea rsi,[rsp+0x20]
    mov edx,0x1
    mov QWORD PTR [rsp],rbx
    call Runtime(Throw)
    ; references: [0]
    ; catches: all -> mb2
    jmp mb1
mb2:
    mov rsi,r10
    mov DWORD PTR [rsp+0x10],0x80000001
    lea rdx,[rsp+0x10]
    movabs rcx,0x100000000
    mov rdi,rbx
    call Runtime(ContThrow)
    mov rcx,rax
    shr rcx,0x30
    cmp ecx,0x0
    je mb3
    jmp mb4
mb3:
    mov eax,0x1
    jmp mb8
mb4:
    movabs rcx,0xffffffffffff
    mov rdi,rax
    and rdi,rcx
    test rdi,rdi
    je trap NullReference
    call Runtime(ThrowRef)
    ; catches: tag0 -> mb7
    jmp mb5
mb6:
    ud2  ; Unreachable
mb7:
    mov rax,QWORD PTR [r10+0x18]
    jmp mb8
mb8:
    add rsp,0x30
    pop rbx
    ret

sum [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rbp,rsi
    call Func(func1)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

reference [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbp,rsi
    test edi,edi
    je trap NullReference
    call Func(func2)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

switch [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    call Func(func3)
    add rsp,0x8
    ret

resume_throw [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbp,rsi
    test edi,edi
    je trap NullReference
    call Func(func4)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

[continuation]:  ; frame 24 bytes, saves []
mb0:
    mov r8,QWORD PTR [rsi]
    mov r9,QWORD PTR [rsi+0x8]
    mov rdi,QWORD PTR [r9]
    mov r8,QWORD PTR [r8]  ; NullReference
    call r8
    ; catches: all -> mb2
    jmp mb1
mb1:
    lea rdi,[rsp]
    call Runtime(ContReturn)
    ud2  ; Unreachable
mb2:
    mov rdi,r10
    call Runtime(ContFail)
    ud2  ; Unreachable

[continuation]:  ; frame 24 bytes, saves []
mb0:
    mov rsi,QWORD PTR [rsi]
    mov rsi,QWORD PTR [rsi]  ; NullReference
    call rsi
    ; catches: all -> mb2
    jmp mb1
mb1:
    lea rdi,[rsp]
    call Runtime(ContReturn)
    ud2  ; Unreachable
mb2:
    mov rdi,r10
    call Runtime(ContFail)
    ud2  ; Unreachable

[continuation]:  ; frame 24 bytes, saves []
mb0:
    mov r8,QWORD PTR [rsi]
    mov r9,QWORD PTR [rsi+0x8]
    mov edi,DWORD PTR [r9]
    mov r8,QWORD PTR [r8]  ; NullReference
    call r8
    ; catches: all -> mb2
    jmp mb1
mb1:
    lea rdi,[rsp]
    call Runtime(ContReturn)
    ud2  ; Unreachable
mb2:
    mov rdi,r10
    call Runtime(ContFail)
    ud2  ; Unreachable
