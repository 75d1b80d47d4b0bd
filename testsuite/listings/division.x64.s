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
    mov eax,0x1
    cmp rsi,0xffffffffffffffff
    cmovne rax,rsi
    mov rcx,rax
    mov rax,rdi
    cqo
    idiv rcx  ; IntegerDivisionByZero
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
    movsxd rax,edi
    mov ecx,0x92492493
    imul rax,rcx
    sar rax,0x22
    mov eax,eax
    shr edi,0x1f
    add eax,edi
    ret

by_minus_one:  ; frame 0 bytes, saves []
mb0:
    mov ecx,0xffffffff
    mov rax,rdi
    cdq
    idiv ecx  ; IntegerOverflow
    ret

by_eight:  ; frame 0 bytes, saves []
mb0:
    shr edi,0x3
    mov rax,rdi
    ret

rem_eight:  ; frame 0 bytes, saves []
mb0:
    mov rax,rdi
    sar eax,0x1f
    shr eax,0x1d
    add eax,edi
    and eax,0xfffffff8
    sub edi,eax
    mov rax,rdi
    ret

by_zero:  ; frame 0 bytes, saves []
mb0:
    xor ecx,ecx
    xor edx,edx
    mov rax,rdi
    div ecx  ; IntegerDivisionByZero
    ret

div_s [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func0)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

div_u [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func1)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

rem_s [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov r8,rsi
    mov rsi,rax
    call Func(func2)
    mov QWORD PTR [r8],rax
    add rsp,0x8
    ret

rem_u [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func3)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

by_seven [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func4)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

by_minus_one [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func5)
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
    call Func(func8)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
