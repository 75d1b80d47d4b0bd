parts:  ; frame 0 bytes, saves []
mb0:
    mov rax,QWORD PTR [rdi+0x60000008]  ; MemoryOutOfBounds
    add rax,QWORD PTR [rdi+0x60000014]  ; MemoryOutOfBounds
    add rax,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

below:  ; frame 0 bytes, saves []
mb0:
    mov rax,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    add rax,QWORD PTR gs:[edi-0x8]  ; MemoryOutOfBounds
    ret

frame:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR [rip+Instance(mod0)+0x40]
    lea ecx,[rax-0x40]
    mov DWORD PTR [rip+Instance(mod0)+0x40],ecx
    mov QWORD PTR [rcx+0x60000000],rdi  ; MemoryOutOfBounds
    lea rdx,[rdi+rdi*2]
    mov QWORD PTR [rcx+0x60000018],rdx  ; MemoryOutOfBounds
    lea rcx,[rdi+rdx*1]
    mov DWORD PTR [rip+Instance(mod0)+0x40],eax
    mov rax,rcx
    ret

pointer:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    jmp mb1
mb1:
    mov ecx,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea eax,[rax+rcx*1]
    mov ecx,DWORD PTR [rdi+0x60000004]  ; MemoryOutOfBounds
    xor eax,ecx
    lea edi,[rdi+0x8]
    add esi,0xffffffff
    jne mb2
    jmp mb3
mb3:
    ret

parts [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

below [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func1)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

frame [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    call Func(func2)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

pointer [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rdx,rsi
    mov rsi,rax
    call Func(func3)
    mov QWORD PTR [rdx],rax
    add rsp,0x8
    ret
