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
    mov edx,DWORD PTR [rip+Instance(mod0)+0x40]
    lea esi,[rdx-0x40]
    mov DWORD PTR [rip+Instance(mod0)+0x40],esi
    mov QWORD PTR [rsi+0x60000000],rdi  ; MemoryOutOfBounds
    lea r8,[rdi+rdi*2]
    mov QWORD PTR [rsi+0x60000018],r8  ; MemoryOutOfBounds
    lea rax,[rdi+r8*1]
    mov DWORD PTR [rip+Instance(mod0)+0x40],edx
    ret

pointer:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    jmp mb1
mb1:
    mov r11d,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea eax,[rax+r11*1]
    mov r10d,DWORD PTR [rdi+0x60000004]  ; MemoryOutOfBounds
    xor eax,r10d
    lea edi,[rdi+0x8]
    lea esi,[rsi-0x1]
    test esi,esi
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
    mov r9,rsi
    call Func(func2)
    mov rsi,r9
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

pointer [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov esi,DWORD PTR [r9+0x8]
    mov r8,r9
    call Func(func3)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
