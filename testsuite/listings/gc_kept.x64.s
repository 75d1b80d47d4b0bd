next:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR [rdi+0x4]  ; NullReference
    lea eax,[rax+0x1]
    mov DWORD PTR [rdi+0x4],eax
    ret

iterate:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    xor ecx,ecx
    jmp mb1
mb1:
    lea ecx,[rcx+0x1]
    xor eax,ecx
    cmp edi,ecx
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
    mov DWORD PTR [rax+0x4],ecx
    mov DWORD PTR [rax+0x8],0x2
    test ecx,ecx
    jne mb5
    jmp mb4
mb5:
    mov DWORD PTR [rip+Instance(mod0)+0x40],eax
    jmp mb6
mb6:
    mov rax,rcx
    add rsp,0x8
    ret

either:  ; frame 8 bytes, saves []
mb0:
    test edi,edi
    jne mb1
    jmp mb5
mb1:
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x10]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb2
    jmp mb3
mb2:
    mov eax,0x10
    xor esi,esi
    mov rcx,rdi
    mov rdi,rax
    call Runtime(GcAllocate)
    mov eax,eax
    jmp mb4
mb3:
    mov DWORD PTR [rip+Heap],ecx
    mov rcx,rdi
    jmp mb4
mb4:
    mov DWORD PTR [rax+0x4],ecx
    mov DWORD PTR [rax+0x8],0x2
    jmp mb6
mb5:
    mov eax,DWORD PTR [rip+Instance(mod0)+0x40]
    jmp mb6
mb6:
    mov eax,DWORD PTR [rax+0x4]  ; NullReference
    add rsp,0x8
    ret

iterate [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func1)
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
    mov rdx,rsi
    call Func(func3)
    mov QWORD PTR [rdx],rax
    add rsp,0x8
    ret

either [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov rdx,rsi
    call Func(func4)
    mov QWORD PTR [rdx],rax
    add rsp,0x8
    ret
