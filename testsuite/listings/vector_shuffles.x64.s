reverse_doubles:  ; frame 0 bytes, saves []
mb0:
    pshufd xmm0,xmm0,0x1b
    ret

swap_words:  ; frame 0 bytes, saves []
mb0:
    pshuflw xmm0,xmm0,0xb1
    ret

rotate:  ; frame 0 bytes, saves []
mb0:
    palignr xmm0,xmm0,0x5
    ret

window:  ; frame 0 bytes, saves []
mb0:
    palignr xmm1,xmm0,0x5
    movaps xmm0,xmm1
    ret

interleave:  ; frame 0 bytes, saves []
mb0:
    punpcklbw xmm0,xmm1
    ret

interleave_second_first:  ; frame 0 bytes, saves []
mb0:
    punpckhwd xmm1,xmm0
    movaps xmm0,xmm1
    ret

blend:  ; frame 0 bytes, saves []
mb0:
    pblendw xmm0,xmm1,0xaa
    ret

even_doubles:  ; frame 0 bytes, saves []
mb0:
    shufps xmm0,xmm1,0x88
    ret

one_double:  ; frame 0 bytes, saves []
mb0:
    insertps xmm0,xmm1,0x60
    ret

up:  ; frame 0 bytes, saves []
mb0:
    pslldq xmm0,0x3
    ret

low_half:  ; frame 0 bytes, saves []
mb0:
    movq xmm0,xmm0
    ret

widen:  ; frame 0 bytes, saves []
mb0:
    pmovzxbw xmm0,xmm0
    ret

two_steps:  ; frame 0 bytes, saves []
mb0:
    pblendw xmm0,xmm1,0xcc
    pshufd xmm0,xmm0,0x1b
    ret

bytes_of_one:  ; frame 0 bytes, saves []
mb0:
    pshufb xmm0,XMMWORD PTR [rip+const(0x309070908050305:0602090501040103)]
    ret

bytes_of_both:  ; frame 0 bytes, saves []
mb0:
    pshufb xmm0,XMMWORD PTR [rip+const(0x8080078008050305:8002098001048003)]
    pshufb xmm1,XMMWORD PTR [rip+const(0x309800980808080:0680800580800180)]
    por xmm0,xmm1
    ret

splat_byte:  ; frame 0 bytes, saves []
mb0:
    xorps xmm0,xmm0
    movd xmm1,edi
    pshufb xmm1,xmm0
    movaps xmm0,xmm1
    ret

swizzle:  ; frame 0 bytes, saves []
mb0:
    movaps xmm2,XMMWORD PTR [rip+const(0x7070707070707070:7070707070707070)]
    paddusb xmm2,xmm1
    pshufb xmm0,xmm2
    ret

reverse_doubles [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func0)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

swap_words [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func1)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

rotate [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func2)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

window [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func3)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

interleave [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func4)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

interleave_second_first [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func5)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

blend [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func6)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

even_doubles [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func7)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

one_double [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func8)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

up [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func9)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

low_half [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func10)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

widen [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func11)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

two_steps [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func12)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

bytes_of_one [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func13)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

bytes_of_both [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func14)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

splat_byte [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func15)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

swizzle [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func16)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret
