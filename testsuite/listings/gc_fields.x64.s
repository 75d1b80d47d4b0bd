see:  ; frame 8 bytes, saves []
mb0:
    cmp DWORD PTR [rip+Instance(mod0)+0x50],0x0
    je trap TableOutOfBounds
    mov rax,QWORD PTR [rip+Instance(mod0)+0x48]
    mov rax,QWORD PTR [rax]
    cmp QWORD PTR [rax+0x10],0x5  ; IndirectCallToNull
    jne trap BadSignature
    call QWORD PTR [rax]
    add rsp,0x8
    ret

immutable:  ; frame 16 bytes, saves [%r3 %r5 %r12]
mb0:
    mov QWORD PTR [rsp],rdi
    mov QWORD PTR [rsp+0x8],rsi
    mov ebx,DWORD PTR [rdi+0xc]  ; NullReference
    mov rax,rbx
    add eax,DWORD PTR [rdi+0x4]
    mov rbp,rdi
    mov rdi,rax
    mov r12,rsi
    call Func(func0)
    ; references: [0, 8]
    mov eax,DWORD PTR [r12+0x4]  ; NullReference
    cmp eax,0x3
    jbe trap ArrayOutOfBounds
    mov r12d,DWORD PTR [r12+0x14]
    lea edi,[rax+r12*1]
    call Func(func0)
    ; references: [0]
    add ebx,DWORD PTR [rbp+0x4]
    lea eax,[r12+rbx*1]
    add rsp,0x10
    pop r12
    pop rbp
    pop rbx
    ret

stores:  ; frame 24 bytes, saves [%r3 %r5]
mb0:
    mov QWORD PTR [rsp],rdi
    mov QWORD PTR [rsp+0x8],rsi
    mov DWORD PTR [rdi+0x4],0x5  ; NullReference
    mov DWORD PTR [rsi+0x8],0x6  ; NullReference
    mov DWORD PTR [rdx+0x4],0x7  ; NullReference
    mov eax,0x5
    mov rbx,rdi
    mov rdi,rax
    mov rbp,rsi
    call Func(func0)
    ; references: [0, 8]
    mov DWORD PTR [rbx+0x4],0x5
    mov DWORD PTR [rbp+0x4],0x8
    mov eax,DWORD PTR [rbx+0x4]
    add rsp,0x18
    pop rbp
    pop rbx
    ret

new:  ; frame 8 bytes, saves []
mb0:
    mov ecx,DWORD PTR [rdi+0x4]  ; NullReference
    mov eax,DWORD PTR [rip+Heap]
    lea edx,[rax+0x10]
    cmp edx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x10
    xor esi,esi
    call Runtime(GcAllocate)
    mov eax,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],edx
    jmp mb3
mb3:
    mov DWORD PTR [rax+0x4],0x1
    mov DWORD PTR [rax+0x8],0x2
    mov DWORD PTR [rax+0xc],0x3
    mov DWORD PTR [rip+Instance(mod0)+0x40],eax
    mov DWORD PTR [rax+0x4],ecx
    mov DWORD PTR [rax+0x4],0x9
    lea eax,[rcx+rcx*1+0x9]
    add rsp,0x8
    ret

null:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR [rdi+0x8]  ; NullReference
    mov DWORD PTR [rdi+0x8],0x1
    mov eax,DWORD PTR [rdi+0x4]
    ret

folded:  ; frame 0 bytes, saves []
mb0:
    add DWORD PTR [rdi+0x4],0x3  ; NullReference
    cmp edx,DWORD PTR [rsi+0x4]  ; NullReference
    jae trap ArrayOutOfBounds
    sub DWORD PTR [rsi+rdx*4+0x8],edx
    cmp DWORD PTR [rdi+0x8],0x7
    je mb1
    jmp mb2
mb1:
    mov eax,0x1
    ret
mb2:
    add edx,DWORD PTR [rdi+0xc]
    mov rax,rdx
    ret

immutable [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    mov eax,DWORD PTR [rsi+0x8]
    test eax,eax
    je trap NullReference
    mov rbx,rsi
    mov rsi,rax
    call Func(func1)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

stores [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    mov eax,DWORD PTR [rsi+0x8]
    test eax,eax
    je trap NullReference
    mov edx,DWORD PTR [rsi+0x10]
    test edx,edx
    je trap NullReference
    mov rbx,rsi
    mov rsi,rax
    call Func(func2)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

new [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    mov r8,rsi
    call Func(func3)
    mov QWORD PTR [r8],rax
    add rsp,0x8
    ret

null [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func4)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

folded [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    mov eax,DWORD PTR [rsi+0x8]
    test eax,eax
    je trap NullReference
    mov edx,DWORD PTR [rsi+0x10]
    mov rcx,rsi
    mov rsi,rax
    call Func(func5)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret
