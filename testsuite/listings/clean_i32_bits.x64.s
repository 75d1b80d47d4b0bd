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

clz32 [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbp,rsi
    call Func(func0)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

ctz32 [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbp,rsi
    call Func(func1)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

clz64 [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rbp,rsi
    call Func(func2)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

ctz64 [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rbp,rsi
    call Func(func3)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

popcnt32 [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbp,rsi
    call Func(func4)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret
