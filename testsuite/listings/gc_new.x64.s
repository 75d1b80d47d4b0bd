see:  ; frame 8 bytes, saves []
mb0:
    cmp DWORD PTR [rip+Instance(mod0)+0x48],0x0
    je trap TableOutOfBounds
    mov rax,QWORD PTR [rip+Instance(mod0)+0x40]
    mov rax,QWORD PTR [rax]
    cmp QWORD PTR [rax+0x10],0x2  ; IndirectCallToNull
    jne trap BadSignature
    call QWORD PTR [rax]
    add rsp,0x8
    ret

registers:  ; frame 8 bytes, saves []
mb0:
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x10]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov eax,0x10
    xor ecx,ecx
    mov r8,rdi
    mov rdi,rax
    mov r9,rsi
    mov rsi,rcx
    call Runtime(GcAllocate)
    ; references: [-88, -80]
    mov eax,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],ecx
    mov r8,rdi
    mov r9,rsi
    jmp mb3
mb3:
    mov DWORD PTR [rax+0x4],r9d
    mov DWORD PTR [rax+0x8],edx
    test BYTE PTR [r8],0x4  ; NullReference
    jne mb5
    jmp mb4
mb5:
    mov rdi,r8
    call Runtime(GcLog)
    jmp mb6
mb6:
    mov DWORD PTR [r8+0xc],eax  ; NullReference
    mov rax,r8
    mov rcx,rdx
    mov rdx,r9
    add rsp,0x8
    ret

zeros:  ; frame 16 bytes, saves [%r3]
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
    mov QWORD PTR [rsp],rax
    mov DWORD PTR [rax+0x8],ecx
    mov rdi,rcx
    mov rbx,rax
    call Func(func0)
    ; references: [0]
    mov rax,rbx
    add rsp,0x10
    pop rbx
    ret

zero again:  ; frame 8 bytes, saves []
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
    mov DWORD PTR [rax+0x8],ecx
    mov DWORD PTR [rax+0x8],0x0
    add rsp,0x8
    ret

none:  ; frame 8 bytes, saves []
mb0:
    mov DWORD PTR [rdi+0x4],0x0  ; NullReference
    lea eax,[rsi+rsi*1]
    or eax,0x1
    mov DWORD PTR [rdi+0xc],eax
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
    ; references: [-24]
    mov eax,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],ecx
    mov rcx,rdi
    jmp mb3
mb3:
    mov DWORD PTR [rax+0x8],0x1
    mov DWORD PTR [rax+0x4],ecx
    add rsp,0x8
    ret

two:  ; frame 8 bytes, saves []
mb0:
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x20]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x20
    xor esi,esi
    call Runtime(GcAllocate)
    mov eax,eax
    mov rcx,rax
    add ecx,0x10
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],ecx
    mov rcx,rax
    add ecx,0x10
    jmp mb3
mb3:
    mov DWORD PTR [rax+0x8],0x1
    mov DWORD PTR [rcx+0x8],0x2
    mov DWORD PTR [rax+0x4],ecx
    add rsp,0x8
    ret

call:  ; frame 24 bytes, saves [%r3 %r5]
mb0:
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x10]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov eax,0x10
    xor esi,esi
    mov rbx,rdi
    mov rdi,rax
    call Runtime(GcAllocate)
    ; references: [-40]
    mov eax,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],ecx
    mov rbx,rdi
    jmp mb3
mb3:
    mov QWORD PTR [rsp+0x8],rax
    mov QWORD PTR [rsp],rbx
    mov DWORD PTR [rax+0x8],0x1
    mov edi,0x1
    mov rbp,rax
    call Func(func0)
    ; references: [0, 8]
    test BYTE PTR [rbp],0x4
    jne mb5
    jmp mb4
mb5:
    mov rdi,rbp
    call Runtime(GcLog)
    jmp mb6
mb6:
    mov DWORD PTR [rbp+0x4],ebx
    mov rax,rbp
    add rsp,0x18
    pop rbp
    pop rbx
    ret

element:  ; frame 8 bytes, saves []
mb0:
    cmp esi,DWORD PTR [rdi+0x4]  ; NullReference
    jae trap ArrayOutOfBounds
    test BYTE PTR [rdi],0x4
    jne mb2
    jmp mb1
mb2:
    lea eax,[rdi+rsi*4+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Runtime(GcLogElement)
    mov rsi,rcx
    jmp mb3
mb3:
    mov DWORD PTR [rdi+rsi*4+0x8],edx
    add rsp,0x8
    ret

registers [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    mov eax,DWORD PTR [rsi+0x8]
    mov edx,DWORD PTR [rsi+0x10]
    movsd xmm0,QWORD PTR [rsi+0x18]
    mov r10,rsi
    mov rsi,rax
    call Func(func1)
    movsd QWORD PTR [r10],xmm0
    mov QWORD PTR [r10+0x8],rax
    mov QWORD PTR [r10+0x10],rdx
    mov QWORD PTR [r10+0x18],rcx
    add rsp,0x8
    ret

zeros [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbx,rsi
    call Func(func2)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

zero again [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov rdx,rsi
    call Func(func3)
    mov QWORD PTR [rdx],rax
    add rsp,0x8
    ret

none [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    mov eax,DWORD PTR [rsi+0x8]
    mov rdx,rsi
    mov rsi,rax
    call Func(func4)
    mov QWORD PTR [rdx],rax
    add rsp,0x8
    ret

two [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdx,rsi
    call Func(func5)
    mov QWORD PTR [rdx],rax
    add rsp,0x8
    ret

call [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    mov rbx,rsi
    call Func(func6)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

element [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    mov eax,DWORD PTR [rsi+0x8]
    mov edx,DWORD PTR [rsi+0x10]
    mov rsi,rax
    call Func(func7)
    add rsp,0x8
    ret
