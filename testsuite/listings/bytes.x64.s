two:  ; frame 0 bytes, saves []
mb0:
    movzx eax,WORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    rol ax,0x8
    ret

two_signed:  ; frame 0 bytes, saves []
mb0:
    movzx eax,WORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    bswap eax
    sar eax,0x10
    ret

eight:  ; frame 0 bytes, saves []
mb0:
    mov rax,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    bswap rax
    ret

value:  ; frame 0 bytes, saves []
mb0:
    bswap edi
    mov rax,rdi
    ret

two [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

two_signed [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func1)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

eight [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func2)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

value [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func3)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
