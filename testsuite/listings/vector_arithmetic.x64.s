minimum:  ; frame 0 bytes, saves []
mb0:
    movaps xmm2,xmm1
    minps xmm2,xmm0
    minps xmm0,xmm1
    orps xmm2,xmm0
    movaps xmm0,xmm2
    cmpunordps xmm0,xmm2
    orps xmm2,xmm0
    psrld xmm0,0xa
    andnps xmm0,xmm2
    ret

pseudo_minimum:  ; frame 0 bytes, saves []
mb0:
    minps xmm1,xmm0
    movaps xmm0,xmm1
    ret

to_int:  ; frame 0 bytes, saves []
mb0:
    movaps xmm1,XMMWORD PTR [rip+const(0x4f0000004f000000:4f0000004f000000)]
    cmpleps xmm1,xmm0
    movaps xmm2,xmm0
    cmpeqps xmm2,xmm0
    andps xmm2,xmm0
    cvttps2dq xmm0,xmm2
    pxor xmm0,xmm1
    ret

from_unsigned:  ; frame 0 bytes, saves []
mb0:
    movaps xmm1,xmm0
    pblendw xmm1,XMMWORD PTR [rip+const(0x4b0000004b000000:4b0000004b000000)],0xaa
    psrld xmm0,0x10
    pblendw xmm0,XMMWORD PTR [rip+const(0x5300000053000000:5300000053000000)],0xaa
    subps xmm0,XMMWORD PTR [rip+const(0x5300008053000080:5300008053000080)]
    addps xmm0,xmm1
    ret

product:  ; frame 0 bytes, saves []
mb0:
    movaps xmm2,xmm0
    psrlq xmm2,0x20
    pmuludq xmm2,xmm1
    movaps xmm3,xmm1
    psrlq xmm3,0x20
    pmuludq xmm3,xmm0
    paddq xmm2,xmm3
    psllq xmm2,0x20
    pmuludq xmm0,xmm1
    paddq xmm0,xmm2
    ret

shift_bytes:  ; frame 0 bytes, saves []
mb0:
    psrlw xmm0,0x3
    pand xmm0,XMMWORD PTR [rip+const(0x1f1f1f1f1f1f1f1f:1f1f1f1f1f1f1f1f)]
    movaps xmm1,XMMWORD PTR [rip+const(0x1010101010101010:1010101010101010)]
    pxor xmm0,xmm1
    psubb xmm0,xmm1
    ret

shift_quads:  ; frame 0 bytes, saves []
mb0:
    movaps xmm1,xmm0
    psrlq xmm1,0xd
    psrad xmm0,0xd
    pblendw xmm1,xmm0,0xcc
    movaps xmm0,xmm1
    ret

shift:  ; frame 0 bytes, saves []
mb0:
    and edi,0x1f
    movd xmm1,edi
    pslld xmm0,xmm1
    ret

count_bits:  ; frame 0 bytes, saves []
mb0:
    movaps xmm1,XMMWORD PTR [rip+const(0xf0f0f0f0f0f0f0f:0f0f0f0f0f0f0f0f)]
    movaps xmm2,xmm0
    pand xmm2,xmm1
    psrlw xmm0,0x4
    pand xmm0,xmm1
    movaps xmm1,XMMWORD PTR [rip+const(0x403030203020201:0302020102010100)]
    movaps xmm3,xmm1
    pshufb xmm3,xmm2
    pshufb xmm1,xmm0
    paddb xmm3,xmm1
    movaps xmm0,xmm3
    ret

pairs:  ; frame 0 bytes, saves []
mb0:
    pmaddubsw xmm0,XMMWORD PTR [rip+const(0x101010101010101:0101010101010101)]
    ret

high_products:  ; frame 0 bytes, saves []
mb0:
    movaps xmm2,xmm0
    pmullw xmm2,xmm1
    pmulhw xmm0,xmm1
    punpckhwd xmm2,xmm0
    movaps xmm0,xmm2
    ret

last_lane:  ; frame 0 bytes, saves []
mb0:
    pshufd xmm0,xmm0,0xff
    ret

first_lane:  ; frame 0 bytes, saves []
mb0:
    addsd xmm0,xmm1
    ret

multiply_add:  ; frame 0 bytes, saves []
mb0:
    mulps xmm0,xmm1
    addps xmm0,xmm2
    ret

minimum [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func0)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

pseudo_minimum [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func1)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

to_int [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func2)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

from_unsigned [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func3)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

product [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func4)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

shift_bytes [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func5)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

shift_quads [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func6)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

shift [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    mov edi,DWORD PTR [rsi+0x10]
    call Func(func7)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

count_bits [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func8)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

pairs [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func9)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

high_products [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func10)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

last_lane [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func11)
    movd eax,xmm0
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

first_lane [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movsd xmm1,QWORD PTR [rsi+0x10]
    call Func(func12)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

multiply_add [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    movups xmm2,XMMWORD PTR [rsi+0x20]
    call Func(func13)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret
