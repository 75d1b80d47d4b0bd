f:  ; frame 0 bytes, saves []
mb0:
    cmp edi,0x64
    jg mb3
    jmp mb1
mb2:
    add edi,0x1
    mov rax,rdi
    ret
mb3:
    mov edi,0x3
    jmp mb2

g:  ; frame 0 bytes, saves []
mb0:
    test edi,edi
    jne mb3
    jmp mb1
mb2:
    add edi,0x1
    mov rax,rdi
    ret
mb3:
    xor eax,eax
    popcnt eax,edi
    mov rdi,rax
    jmp mb2

f [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

g [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func1)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
