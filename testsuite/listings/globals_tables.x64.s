constants:  ; frame 0 bytes, saves []
mb0:
    mov eax,0x4d9
    ret

count:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR [rip+Instance(mod0)+0x50]
    lea eax,[rax+0x1]
    mov DWORD PTR [rip+Instance(mod0)+0x50],eax
    ret

swap:  ; frame 0 bytes, saves []
mb0:
    cmp edi,DWORD PTR [rip+Instance(mod0)+0x60]
    jae trap TableOutOfBounds
    mov rax,QWORD PTR [rip+Instance(mod0)+0x58]
    mov rax,QWORD PTR [rax+rdi*8]
    cmp edi,DWORD PTR [rip+Instance(mod0)+0x60]
    jae trap TableOutOfBounds
    mov rcx,QWORD PTR [rip+Instance(mod0)+0x58]
    mov QWORD PTR [rcx+rdi*8],rsi
    ret

grow:  ; frame 8 bytes, saves []
mb0:
    lea rax,[rip+Instance(mod0)+0x58]
    mov edx,0x1
    mov rsi,rdi
    mov rdi,rax
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
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,rsi
    mov rsi,rax
    call Func(func2)
    mov QWORD PTR [rdx],rax
    add rsp,0x8
    ret

grow [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rbx,rsi
    call Func(func3)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

size [entry]:  ; frame 8 bytes, saves []
mb0:
    call Func(func4)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
