add:  ; frame 0 bytes, saves []
mb0:
    add edi,esi
    mov rax,rdi
    ret

sub:  ; frame 0 bytes, saves []
mb0:
    sub edi,esi
    mov rax,rdi
    ret

many:  ; frame 0 bytes, saves []
mb0:
    mov rax,QWORD PTR [rsp+0x10]
    lea rax,[rax+rsi*1+0x7]
    ret

several:  ; frame 0 bytes, saves []
mb0:
    mov ecx,edi
    mov edx,0x5
    movsd xmm0,QWORD PTR [rip+const(0x3fe0000000000000)]
    mov rax,rdi
    ret

direct:  ; frame 0 bytes, saves []
mb0:
    add edi,0x1
    imul esi,edi
    mov rax,rsi
    ret

stack:  ; frame 0 bytes, saves []
mb0:
    lea rax,[rdi+rdi*1+0x7]
    ret

results:  ; frame 0 bytes, saves []
mb0:
    mov eax,edi
    add rax,0x5
    ret

indirect:  ; frame 8 bytes, saves []
mb0:
    cmp edi,DWORD PTR [rip+Instance(mod0)+0x48]
    jae trap TableOutOfBounds
    mov rax,QWORD PTR [rip+Instance(mod0)+0x40]
    mov rax,QWORD PTR [rax+rdi*8]
    cmp QWORD PTR [rax+0x10],0x0  ; IndirectCallToNull
    jne trap BadSignature
    mov edi,0xa
    mov esi,0x14
    call QWORD PTR [rax]
    add rsp,0x8
    ret

[instantiate]:  ; frame 8 bytes, saves []
mb0:
    lea rdi,[rip+Instance(mod0)+0x40]
    lea rsi,[rip+Instance(mod0)]
    lea rdx,[rip+Instance(mod0)+0x60]
    xor ecx,ecx
    call Runtime(TablePlace)
    mov eax,eax
    test eax,eax
    jne trap TableOutOfBounds
    add rsp,0x8
    ret

direct [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func4)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

stack [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    call Func(func5)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

results [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    call Func(func6)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

indirect [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbx,rsi
    call Func(func7)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret
