plain:  ; frame 0 bytes, saves []
mb0:
    lea rax,[rdi+0x4]
    cmp rax,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov rax,QWORD PTR [rip+Instance(mod0)+0x40]
    mov eax,DWORD PTR [rax+rdi*1]
    ret

offset:  ; frame 0 bytes, saves []
mb0:
    lea rax,[rdi+0x1008]
    cmp rax,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov rax,QWORD PTR [rip+Instance(mod0)+0x40]
    mov rax,QWORD PTR [rax+rdi*1+0x1000]
    ret

huge_offset:  ; frame 0 bytes, saves []
mb0:
    mov eax,0xfffffff4
    mov rcx,rdi
    add rcx,rax
    cmp rcx,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov rax,QWORD PTR [rip+Instance(mod0)+0x40]
    mov ecx,0xfffffff0
    add rdi,rcx
    mov eax,DWORD PTR [rax+rdi*1]
    ret

constant:  ; frame 0 bytes, saves []
mb0:
    cmp QWORD PTR [rip+Instance(mod0)+0x48],0x410
    jb trap MemoryOutOfBounds
    mov rax,QWORD PTR [rip+Instance(mod0)+0x40]
    movsd xmm0,QWORD PTR [rax+0x408]
    ret

sum_wraps:  ; frame 0 bytes, saves []
mb0:
    lea eax,[rdi+rsi*1]
    lea rcx,[rax+0x4]
    cmp rcx,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov rcx,QWORD PTR [rip+Instance(mod0)+0x40]
    mov eax,DWORD PTR [rcx+rax*1]
    ret

shift_wraps:  ; frame 0 bytes, saves []
mb0:
    lea eax,[rdi*4]
    lea rcx,[rax+0x4]
    cmp rcx,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov rcx,QWORD PTR [rip+Instance(mod0)+0x40]
    mov eax,DWORD PTR [rcx+rax*1]
    ret

masked_shift:  ; frame 0 bytes, saves []
mb0:
    movzx eax,di
    lea eax,[rax*4]
    lea rcx,[rax+0x4]
    cmp rcx,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov rcx,QWORD PTR [rip+Instance(mod0)+0x40]
    mov eax,DWORD PTR [rcx+rax*1]
    ret

below:  ; frame 0 bytes, saves []
mb0:
    lea eax,[rdi-0x8]
    lea rcx,[rax+0x4]
    cmp rcx,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov rcx,QWORD PTR [rip+Instance(mod0)+0x40]
    mov eax,DWORD PTR [rcx+rax*1]
    ret

store_constant:  ; frame 0 bytes, saves []
mb0:
    lea rax,[rdi+0x10]
    mov rcx,QWORD PTR [rip+Instance(mod0)+0x48]
    cmp rax,rcx
    ja trap MemoryOutOfBounds
    mov rax,QWORD PTR [rip+Instance(mod0)+0x40]
    mov DWORD PTR [rax+rdi*1+0xc],0xffffffff
    lea rdx,[rdi+0x18]
    cmp rcx,rdx
    jb trap MemoryOutOfBounds
    movabs rdx,0x123456789a
    mov QWORD PTR [rax+rdi*1+0x10],rdx
    lea rdx,[rdi+0x1]
    cmp rcx,rdx
    jb trap MemoryOutOfBounds
    mov BYTE PTR [rax+rdi*1],0x7
    ret

update:  ; frame 0 bytes, saves []
mb0:
    lea rax,[rdi+0x4]
    cmp rax,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov rax,QWORD PTR [rip+Instance(mod0)+0x40]
    add DWORD PTR [rax+rdi*1],esi
    ret

operand:  ; frame 0 bytes, saves []
mb0:
    lea rax,[rdi+0x8]
    cmp rax,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov rax,QWORD PTR [rip+Instance(mod0)+0x40]
    xor rsi,QWORD PTR [rax+rdi*1]
    mov rax,rsi
    ret

plain [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

offset [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func1)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

huge_offset [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func2)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

constant [entry]:  ; frame 8 bytes, saves []
mb0:
    call Func(func3)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

sum_wraps [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rdx,rsi
    mov rsi,rax
    call Func(func4)
    mov QWORD PTR [rdx],rax
    add rsp,0x8
    ret

shift_wraps [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func5)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

masked_shift [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rdx,rsi
    mov rsi,rax
    call Func(func6)
    mov QWORD PTR [rdx],rax
    add rsp,0x8
    ret

below [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func7)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

store_constant [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func8)
    add rsp,0x8
    ret

update [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov esi,DWORD PTR [rsi+0x8]
    call Func(func9)
    add rsp,0x8
    ret

operand [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func10)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret
