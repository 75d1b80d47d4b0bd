shift_by:  ; frame 0 bytes, saves []
mb0:
    shlx rax,rdi,rsi
    ret

and_not:  ; frame 0 bytes, saves []
mb0:
    andn eax,esi,edi
    ret

lowest_one:  ; frame 0 bytes, saves []
mb0:
    blsr rax,rdi
    xor ecx,ecx
    tzcnt rcx,rax
    mov rax,rcx
    ret

scalar:  ; frame 0 bytes, saves []
mb0:
    vcvttsd2si rcx,xmm1
    movsxd rax,ecx
    cmp rax,rcx
    mov eax,eax
    je .0
    xor eax,eax
    vxorps xmm2,xmm2,xmm2
    vucomisd xmm1,xmm2
    jp .0
    mov eax,0x80000000
    jb .0
    mov eax,0x7fffffff
    .0:
    vxorps xmm1,xmm1,xmm1
    vcvtsi2sd xmm1,xmm1,eax
    vaddsd xmm0,xmm0,xmm1
    vsqrtsd xmm0,xmm0,xmm0
    ret

minimum:  ; frame 0 bytes, saves []
mb0:
    vminps xmm2,xmm1,xmm0
    vminps xmm0,xmm0,xmm1
    vorps xmm0,xmm2,xmm0
    vcmpunordps xmm1,xmm0,xmm0
    vorps xmm0,xmm0,xmm1
    vpsrld xmm1,xmm1,0xa
    vandnps xmm0,xmm1,xmm0
    ret

pseudo_minimum:  ; frame 0 bytes, saves []
mb0:
    vminps xmm0,xmm1,xmm0
    ret

to_int:  ; frame 0 bytes, saves []
mb0:
    vmovaps xmm1,XMMWORD PTR [rip+const(0x4f0000004f000000:4f0000004f000000)]
    vcmpleps xmm1,xmm1,xmm0
    vcmpeqps xmm2,xmm0,xmm0
    vandps xmm0,xmm2,xmm0
    vcvttps2dq xmm0,xmm0
    vpxor xmm0,xmm0,xmm1
    ret

from_unsigned:  ; frame 0 bytes, saves []
mb0:
    vpblendw xmm1,xmm0,XMMWORD PTR [rip+const(0x4b0000004b000000:4b0000004b000000)],0xaa
    vpsrld xmm0,xmm0,0x10
    vpblendw xmm0,xmm0,XMMWORD PTR [rip+const(0x5300000053000000:5300000053000000)],0xaa
    vsubps xmm0,xmm0,XMMWORD PTR [rip+const(0x5300008053000080:5300008053000080)]
    vaddps xmm0,xmm0,xmm1
    ret

product:  ; frame 0 bytes, saves []
mb0:
    vpsrlq xmm2,xmm0,0x20
    vpmuludq xmm2,xmm2,xmm1
    vpsrlq xmm3,xmm1,0x20
    vpmuludq xmm3,xmm3,xmm0
    vpaddq xmm2,xmm2,xmm3
    vpsllq xmm2,xmm2,0x20
    vpmuludq xmm0,xmm0,xmm1
    vpaddq xmm0,xmm0,xmm2
    ret

shift_bytes:  ; frame 0 bytes, saves []
mb0:
    vpsrlw xmm0,xmm0,0x3
    vpand xmm0,xmm0,XMMWORD PTR [rip+const(0x1f1f1f1f1f1f1f1f:1f1f1f1f1f1f1f1f)]
    vmovaps xmm1,XMMWORD PTR [rip+const(0x1010101010101010:1010101010101010)]
    vpxor xmm0,xmm0,xmm1
    vpsubb xmm0,xmm0,xmm1
    ret

shift_quads:  ; frame 0 bytes, saves []
mb0:
    vpsrlq xmm1,xmm0,0xd
    vpsrad xmm0,xmm0,0xd
    vpblendw xmm0,xmm1,xmm0,0xcc
    ret

shift:  ; frame 0 bytes, saves []
mb0:
    and edi,0x1f
    vmovd xmm1,edi
    vpslld xmm0,xmm0,xmm1
    ret

count_bits:  ; frame 0 bytes, saves []
mb0:
    vmovaps xmm1,XMMWORD PTR [rip+const(0xf0f0f0f0f0f0f0f:0f0f0f0f0f0f0f0f)]
    vpand xmm2,xmm0,xmm1
    vpsrlw xmm0,xmm0,0x4
    vpand xmm0,xmm0,xmm1
    vmovaps xmm1,XMMWORD PTR [rip+const(0x403030203020201:0302020102010100)]
    vpshufb xmm2,xmm1,xmm2
    vpshufb xmm0,xmm1,xmm0
    vpaddb xmm0,xmm2,xmm0
    ret

pairs:  ; frame 0 bytes, saves []
mb0:
    vpmaddubsw xmm0,xmm0,XMMWORD PTR [rip+const(0x101010101010101:0101010101010101)]
    ret

high_products:  ; frame 0 bytes, saves []
mb0:
    vpmullw xmm2,xmm0,xmm1
    vpmulhw xmm0,xmm0,xmm1
    vpunpckhwd xmm0,xmm2,xmm0
    ret

last_lane:  ; frame 0 bytes, saves []
mb0:
    vpshufd xmm0,xmm0,0xff
    ret

first_lane:  ; frame 0 bytes, saves []
mb0:
    vaddsd xmm0,xmm0,xmm1
    ret

multiply_add:  ; frame 0 bytes, saves []
mb0:
    vfmadd231ps xmm2,xmm0,xmm1
    vmovaps xmm0,xmm2
    ret

shift_by [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func0)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

and_not [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func1)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

lowest_one [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    call Func(func2)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

scalar [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovsd xmm0,QWORD PTR [rsi]
    vmovsd xmm1,QWORD PTR [rsi+0x8]
    call Func(func3)
    vmovsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

minimum [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    vmovups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func4)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

pseudo_minimum [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    vmovups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func5)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

to_int [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    call Func(func6)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

from_unsigned [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    call Func(func7)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

product [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    vmovups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func8)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

shift_bytes [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    call Func(func9)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

shift_quads [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    call Func(func10)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

shift [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    mov edi,DWORD PTR [rsi+0x10]
    call Func(func11)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

count_bits [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    call Func(func12)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

pairs [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    call Func(func13)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

high_products [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    vmovups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func14)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

last_lane [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    call Func(func15)
    vmovd eax,xmm0
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

first_lane [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    vmovsd xmm1,QWORD PTR [rsi+0x10]
    call Func(func16)
    vmovsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

multiply_add [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    vmovups xmm1,XMMWORD PTR [rsi+0x10]
    vmovups xmm2,XMMWORD PTR [rsi+0x20]
    call Func(func17)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret
