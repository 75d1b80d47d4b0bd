next:  ; frame 0 bytes, saves []
mb0:
    mov esi,DWORD PTR [rdi+0x4]  ; NullReference
    lea eax,[rsi+0x1]
    mov DWORD PTR [rdi+0x4],eax
    ret

iterate:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    xor esi,esi
    jmp mb1
mb1:
    lea esi,[rsi+0x1]
    xor eax,esi
    cmp edi,esi
    ja mb2
    jmp mb3
mb3:
    ret

chain:  ; frame 0 bytes, saves []
mb0:
    movsx eax,dil
    add eax,edi
    ret

leaves:  ; frame 8 bytes, saves []
mb0:
    mov r10,rdi
    mov edx,DWORD PTR [rip+Heap]
    lea esi,[rdx+0x10]
    cmp esi,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x10
    xor esi,esi
    call Runtime(GcAllocate)
    mov edx,eax
    mov rdi,r10
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],esi
    mov rdi,r10
    jmp mb3
mb3:
    mov DWORD PTR [rdx+0x4],edi
    mov DWORD PTR [rdx+0x8],0x2
    test edi,edi
    jne mb5
    jmp mb4
mb4:
    mov rax,rdi
    jmp mb6
mb5:
    mov DWORD PTR [rip+Instance(mod0)+0x40],edx
    mov rax,rdi
    jmp mb6
mb6:
    add rsp,0x8
    ret

either:  ; frame 8 bytes, saves []
mb0:
    test edi,edi
    mov rcx,rdi
    jne mb1
    jmp mb5
mb1:
    mov esi,DWORD PTR [rip+Heap]
    lea r10d,[rsi+0x10]
    cmp r10d,DWORD PTR [rip+Heap+0x8]
    ja mb2
    jmp mb3
mb2:
    mov edi,0x10
    xor esi,esi
    call Runtime(GcAllocate)
    mov esi,eax
    mov rdi,rcx
    jmp mb4
mb3:
    mov DWORD PTR [rip+Heap],r10d
    mov rdi,rcx
    jmp mb4
mb4:
    mov DWORD PTR [rsi+0x4],edi
    mov DWORD PTR [rsi+0x8],0x2
    jmp mb6
mb5:
    mov esi,DWORD PTR [rip+Instance(mod0)+0x40]
    jmp mb6
mb6:
    mov eax,DWORD PTR [rsi+0x4]  ; NullReference
    add rsp,0x8
    ret

iterate [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func1)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

chain [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func2)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

leaves [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func3)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

either [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func4)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
