clz32:  ; frame 0 bytes, saves []
mb0:
    mov esi,0x3f
    bsr eax,edi
    cmove eax,esi
    xor eax,0x1f
    ret

ctz32:  ; frame 0 bytes, saves []
mb0:
    mov esi,0x20
    bsf eax,edi
    cmove eax,esi
    ret

clz64:  ; frame 0 bytes, saves []
mb0:
    mov esi,0x7f
    bsr rax,rdi
    cmove rax,rsi
    xor eax,0x3f
    ret

ctz64:  ; frame 0 bytes, saves []
mb0:
    mov esi,0x40
    bsf rax,rdi
    cmove rax,rsi
    ret

popcnt32:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    popcnt eax,edi
    ret

clz32 [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func0)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

ctz32 [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func1)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

clz64 [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r8,rsi
    call Func(func2)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

ctz64 [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r8,rsi
    call Func(func3)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

popcnt32 [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func4)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
