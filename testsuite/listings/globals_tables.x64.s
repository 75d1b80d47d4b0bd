constants:  ; frame 0 bytes, saves []
mb0:
    mov eax,0x4d9
    ret

count:  ; frame 0 bytes, saves []
mb0:
    mov edx,DWORD PTR [rip+Instance(mod0)+0x50]
    lea eax,[rdx+0x1]
    mov DWORD PTR [rip+Instance(mod0)+0x50],eax
    ret

swap:  ; frame 0 bytes, saves []
mb0:
    cmp edi,DWORD PTR [rip+Instance(mod0)+0x60]
    jae trap TableOutOfBounds
    mov r8,QWORD PTR [rip+Instance(mod0)+0x58]
    mov rax,QWORD PTR [r8+rdi*8]
    cmp edi,DWORD PTR [rip+Instance(mod0)+0x60]
    jae trap TableOutOfBounds
    mov r9,QWORD PTR [rip+Instance(mod0)+0x58]
    mov QWORD PTR [r9+rdi*8],rsi
    ret

grow:  ; frame 8 bytes, saves []
mb0:
    mov rsi,rdi
    lea rdi,[rip+Instance(mod0)+0x58]
    mov edx,0x1
    call Runtime(TableGrow)
    mov eax,eax
    add rsp,0x8
    ret

size:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR [rip+Instance(mod0)+0x60]
    ret

constants [entry]:  ; frame 8 bytes, saves []
mb0:
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

count [entry]:  ; frame 8 bytes, saves []
mb0:
    call Func(func1)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

swap [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov rsi,QWORD PTR [r9+0x8]
    mov r10,r9
    call Func(func2)
    mov rsi,r10
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

grow [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rbp,rsi
    call Func(func3)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

size [entry]:  ; frame 8 bytes, saves []
mb0:
    call Func(func4)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
