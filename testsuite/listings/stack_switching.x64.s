generator:  ; frame 32 bytes, saves [%r3]
mb0:
    mov rbx,rdi
    jmp mb1
mb1:
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x20]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb2
    jmp mb3
mb2:
    mov edi,0x20
    mov esi,0x200
    call Runtime(GcAllocate)
    mov eax,eax
    jmp mb4
mb3:
    mov DWORD PTR [rip+Heap],ecx
    mov DWORD PTR [rax],0x200
    jmp mb4
mb4:
    mov QWORD PTR [rsp],rbx
    mov DWORD PTR [rsp+0x8],eax
    mov QWORD PTR [rsp+0x10],0x2
    xor edi,edi
    lea rdx,[rsp]
    mov rsi,rax
    call Runtime(ContSuspend)
    mov rcx,rax
    shr rcx,0x30
    test ecx,ecx
    jne mb6
    jmp mb5
mb5:
    lea rbx,[rbx+0x1]
    jmp mb1
mb6:
    mov edi,eax
    test edi,edi
    je trap NullReference
    call Runtime(ThrowObject)
    ud2  ; Unreachable

sum:  ; frame 16 bytes, saves [%r3 %r5 %r12]
mb0:
    lea rcx,[rip+FuncRefs]
    mov eax,DWORD PTR [rip+Heap]
    lea edx,[rax+0x20]
    cmp edx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov eax,0x20
    mov esi,0x200
    mov rbx,rdi
    mov rdi,rax
    call Runtime(GcAllocate)
    mov eax,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],edx
    mov DWORD PTR [rax],0x200
    mov rbx,rdi
    jmp mb3
mb3:
    mov QWORD PTR [rax+0x10],rcx
    lea rcx,[rip+Func(func9)]
    mov QWORD PTR [rax+0x18],rcx
    mov QWORD PTR [rsp],0x5
    lea rsi,[rsp]
    mov edx,0x1
    mov rdi,rax
    call Runtime(ContBind)
    mov eax,eax
    xor ecx,ecx
    mov rbp,rax
    mov r12,rcx
    jmp mb4
mb4:
    test ebp,ebp
    je trap NullReference
    mov DWORD PTR [rsp],0x0
    lea rsi,[rsp]
    movabs rdx,0x100000000
    mov rdi,rbp
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
    mov ebp,DWORD PTR [rax+0x8]
    lea r12,[r12+rcx*1]
    lea rbx,[rbx-0x1]
    test rbx,rbx
    jne mb6
    jmp mb8
mb7:
    mov rax,0xffffffffffffffff
    add rsp,0x10
    pop r12
    pop rbp
    pop rbx
    ret
mb8:
    mov rax,r12
    add rsp,0x10
    pop r12
    pop rbp
    pop rbx
    ret
mb9:
    mov edi,eax
    test edi,edi
    je trap NullReference
    call Runtime(ThrowObject)
    ud2  ; Unreachable

reference:  ; frame 48 bytes, saves [%r3]
mb0:
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x20]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov eax,0x20
    mov esi,0x200
    mov rbx,rdi
    mov rdi,rax
    call Runtime(GcAllocate)
    ; references: [-40]
    mov eax,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],ecx
    mov DWORD PTR [rax],0x200
    mov rbx,rdi
    jmp mb3
mb3:
    mov QWORD PTR [rsp],rbx
    mov DWORD PTR [rsp+0x10],ebx
    mov DWORD PTR [rsp+0x18],eax
    mov QWORD PTR [rsp+0x20],0x3
    mov edi,0x2
    lea rdx,[rsp+0x10]
    mov rsi,rax
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
    add eax,DWORD PTR [rbx+0x4]  ; NullReference
    add rsp,0x30
    pop rbx
    ret
mb5:
    mov edi,eax
    test edi,edi
    je trap NullReference
    call Runtime(ThrowObject)
    ud2  ; Unreachable

switch:  ; frame 24 bytes, saves []
mb0:
    test edi,edi
    je trap NullReference
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x20]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov eax,0x20
    mov esi,0x200
    mov rdx,rdi
    mov rdi,rax
    call Runtime(GcAllocate)
    ; references: [-32]
    mov eax,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],ecx
    mov DWORD PTR [rax],0x200
    mov rdx,rdi
    jmp mb3
mb3:
    mov DWORD PTR [rsp],eax
    mov QWORD PTR [rsp+0x8],0x1
    mov edi,0x1
    lea rcx,[rsp]
    mov r8d,0x10001
    mov rsi,rax
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
    mov edi,eax
    test edi,edi
    je trap NullReference
    call Runtime(ThrowObject)
    ud2  ; Unreachable

resume_throw:  ; frame 16 bytes, saves [%r3]
mb0:
    test edi,edi
    je trap NullReference
    mov eax,0x10
    mov esi,0x400
    mov rbx,rdi
    mov rdi,rax
    call Runtime(GcAllocate)
    ; references: [-40]
    mov edi,eax
    mov DWORD PTR [rdi+0x4],0x0
    mov QWORD PTR [rdi+0x8],0x3
    call Runtime(ThrowObject)
    ; catches: all -> mb2
    jmp mb1
mb2:
    mov DWORD PTR [rsp],0x80000001
    lea rdx,[rsp]
    movabs rcx,0x100000000
    mov rdi,rbx
    mov rsi,r10
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
    mov edi,eax
    test edi,edi
    je trap NullReference
    call Runtime(ThrowObject)
    ; catches: tag0 -> mb7
    jmp mb5
mb6:
    ud2  ; Unreachable
mb7:
    mov rax,QWORD PTR [r10+0x8]
    jmp mb8
mb8:
    add rsp,0x10
    pop rbx
    ret

sum [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rbx,rsi
    call Func(func1)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

reference [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    mov rbx,rsi
    call Func(func2)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

switch [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    call Func(func3)
    add rsp,0x8
    ret

resume_throw [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    mov rbx,rsi
    call Func(func4)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

[continuation]:  ; frame 24 bytes, saves []
mb0:
    mov rax,QWORD PTR [rsi]
    mov rcx,QWORD PTR [rsi+0x8]
    mov rdi,QWORD PTR [rcx]
    mov rax,QWORD PTR [rax]  ; NullReference
    call rax
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
    mov rax,QWORD PTR [rsi]
    mov rax,QWORD PTR [rax]  ; NullReference
    call rax
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
    mov rax,QWORD PTR [rsi]
    mov rcx,QWORD PTR [rsi+0x8]
    mov edi,DWORD PTR [rcx]
    mov rax,QWORD PTR [rax]  ; NullReference
    call rax
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
