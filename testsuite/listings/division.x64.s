div_s:  ; frame 0 bytes, saves []
mb0:
    test esi,esi
    je trap IntegerDivisionByZero
    mov rax,rdi
    cdq
    idiv esi  ; IntegerOverflow
    ret

div_u:  ; frame 0 bytes, saves []
mb0:
    xor edx,edx
    mov rax,rdi
    div esi  ; IntegerDivisionByZero
    ret

rem_s:  ; frame 0 bytes, saves []
mb0:
    mov r9,rsi
    mov esi,0x1
    mov r10,r9
    cmp r10,0xffffffffffffffff
    cmovne rsi,r10
    mov rax,rdi
    cqo
    idiv rsi  ; IntegerDivisionByZero
    mov rax,rdx
    ret

rem_u:  ; frame 0 bytes, saves []
mb0:
    xor edx,edx
    mov rax,rdi
    div rsi  ; IntegerDivisionByZero
    mov rax,rdx
    ret

by_seven:  ; frame 0 bytes, saves []
mb0:
    movsxd rsi,edi
    mov r8d,0x92492493
    imul rsi,r8
    sar rsi,0x22
    mov eax,esi
    shr edi,0x1f
    add eax,edi
    ret

by_minus_one:  ; frame 0 bytes, saves []
mb0:
    mov esi,0xffffffff
    mov rax,rdi
    cdq
    idiv esi  ; IntegerOverflow
    ret

by_eight:  ; frame 0 bytes, saves []
mb0:
    mov rax,rdi
    shr eax,0x3
    ret

rem_eight:  ; frame 0 bytes, saves []
mb0:
    mov rdx,rdi
    sar edx,0x1f
    shr edx,0x1d
    add edx,edi
    and edx,0xfffffff8
    mov rax,rdi
    sub eax,edx
    ret

by_zero:  ; frame 0 bytes, saves []
mb0:
    xor esi,esi
    xor edx,edx
    mov rax,rdi
    div esi  ; IntegerDivisionByZero
    ret

div_s [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov esi,DWORD PTR [r9+0x8]
    mov r8,r9
    call Func(func0)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

div_u [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov esi,DWORD PTR [r9+0x8]
    mov r8,r9
    call Func(func1)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

rem_s [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r9,rsi
    mov rsi,QWORD PTR [r9+0x8]
    mov r8,r9
    call Func(func2)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

rem_u [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r9,rsi
    mov rsi,QWORD PTR [r9+0x8]
    mov r8,r9
    call Func(func3)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

by_seven [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    call Func(func4)
    mov rsi,r9
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

by_minus_one [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func5)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

by_eight [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func6)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

rem_eight [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func7)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

by_zero [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func8)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
