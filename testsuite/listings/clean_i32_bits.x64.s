clz32:  ; frame 0 bytes, saves []
mb0:
    mov eax,0x3f
    bsr ecx,edi
    cmove ecx,eax
    xor ecx,0x1f
    mov rax,rcx
    ret

ctz32:  ; frame 0 bytes, saves []
mb0:
    mov eax,0x20
    bsf ecx,edi
    cmove ecx,eax
    mov rax,rcx
    ret

clz64:  ; frame 0 bytes, saves []
mb0:
    mov eax,0x7f
    bsr rcx,rdi
    cmove rcx,rax
    xor ecx,0x3f
    mov rax,rcx
    ret

ctz64:  ; frame 0 bytes, saves []
mb0:
    mov eax,0x40
    bsf rcx,rdi
    cmove rcx,rax
    mov rax,rcx
    ret

popcnt32:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    popcnt eax,edi
    ret

clz32 [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

ctz32 [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func1)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

clz64 [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    call Func(func2)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

ctz64 [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    call Func(func3)
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
