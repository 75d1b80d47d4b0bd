any:  ; frame 0 bytes, saves []
mb0:
    ptest xmm0,xmm0
    jne mb2
    jmp mb1
mb1:
    ret
mb2:
    ud2  ; UnknownImport

none_in_common:  ; frame 0 bytes, saves []
mb0:
    ptest xmm0,xmm1
    jne mb1
    jmp mb2
mb1:
    ret
mb2:
    ud2  ; UnknownImport

all_nonzero:  ; frame 0 bytes, saves []
mb0:
    xorps xmm1,xmm1
    pcmpeqw xmm1,xmm0
    ptest xmm1,xmm1
    je mb2
    jmp mb1
mb1:
    ret
mb2:
    ud2  ; UnknownImport

all_equal:  ; frame 0 bytes, saves []
mb0:
    pcmpeqd xmm0,xmm1
    pmovmskb eax,xmm0
    cmp eax,0xffff
    je mb2
    jmp mb1
mb1:
    ret
mb2:
    ud2  ; UnknownImport

all_differ:  ; frame 0 bytes, saves []
mb0:
    pcmpeqd xmm0,xmm1
    ptest xmm0,xmm0
    je mb2
    jmp mb1
mb1:
    ret
mb2:
    ud2  ; UnknownImport

mask:  ; frame 0 bytes, saves []
mb0:
    xorps xmm1,xmm1
    packsswb xmm0,xmm1
    pmovmskb eax,xmm0
    ret

pick:  ; frame 0 bytes, saves []
mb0:
    movaps xmm2,xmm0
    pcmpgtb xmm2,xmm1
    movaps xmm3,xmm0
    movaps xmm0,xmm2
    pblendvb xmm1,xmm3,xmm0
    movaps xmm0,xmm1
    ret

pick_opposite:  ; frame 0 bytes, saves []
mb0:
    movaps xmm2,xmm0
    pcmpeqb xmm2,xmm1
    movaps xmm3,xmm0
    movaps xmm0,xmm2
    pblendvb xmm3,xmm1,xmm0
    movaps xmm0,xmm3
    ret

pick_bits:  ; frame 0 bytes, saves []
mb0:
    pand xmm0,xmm2
    pandn xmm2,xmm1
    por xmm0,xmm2
    ret

less_or_equal:  ; frame 0 bytes, saves []
mb0:
    movaps xmm2,xmm0
    pminuw xmm2,xmm1
    pcmpeqw xmm2,xmm0
    movaps xmm0,xmm2
    ret

any [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func1)
    add rsp,0x8
    ret

none_in_common [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func2)
    add rsp,0x8
    ret

all_nonzero [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func3)
    add rsp,0x8
    ret

all_equal [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func4)
    add rsp,0x8
    ret

all_differ [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func5)
    add rsp,0x8
    ret

mask [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func6)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

pick [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func7)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

pick_opposite [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func8)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

pick_bits [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    movups xmm2,XMMWORD PTR [rsi+0x20]
    call Func(func9)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

less_or_equal [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func10)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret
