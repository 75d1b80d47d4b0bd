"""A Python program with a library that was made of a module: functions with types, memory, a function of Python that the module imports, traps, several instances,
threads. The first argument is the library's file."""

import ctypes
import sys
import threading
from ctypes import POINTER, byref, c_char_p, c_double, c_float, c_size_t, c_uint32, c_uint64, c_void_p

library = ctypes.CDLL(sys.argv[1])

Log = ctypes.CFUNCTYPE(c_uint64, c_void_p, c_uint32, c_double)
Pair = ctypes.CFUNCTYPE(None, c_void_p, c_uint32, POINTER(c_uint64))


class Imports(ctypes.Structure):
    _fields_ = [("data", c_void_p), ("env_log", Log), ("env_pair", Pair)]


def function(name, *types, result=c_uint32):
    it = getattr(library, "library_" + name)
    it.argtypes, it.restype = types, result
    return it


new = function("new", POINTER(Imports), c_void_p, c_size_t, POINTER(c_void_p))
delete = function("delete", c_void_p, result=None)
add = function("add", c_void_p, c_uint32, c_uint32, POINTER(c_uint32))
load = function("load", c_void_p, c_uint32, POINTER(c_uint32))
host = function("host", c_void_p, c_uint32, c_double, POINTER(c_uint64))
pairs = function("pairs", c_void_p, c_uint32, POINTER(c_float), POINTER(c_uint32))
trap_text = function("trap_text", c_void_p, c_char_p, c_size_t, result=c_size_t)
write = function("write", c_void_p, c_uint64, c_char_p, c_size_t, result=ctypes.c_bool)


class Trap(Exception):
    pass


class Instance:
    def __init__(self):
        self.calls = []
        self.imports = Imports(None, Log(self.log), Pair(self.pair))
        self.it = c_void_p()
        code = new(byref(self.imports), None, 0, byref(self.it))
        if code:
            raise Trap(code)

    def __del__(self):
        delete(self.it)

    def log(self, _instance, code, value):
        self.calls.append((code, value))
        return code + int(value)

    def pair(self, _instance, number, results):
        results[0] = number + 1
        results[1] = ctypes.c_uint32.from_buffer(c_float(number / 2)).value

    def check(self, code):
        if code:
            text = ctypes.create_string_buffer(200)
            trap_text(self.it, text, len(text))
            raise Trap(text.value.decode().splitlines()[0])

    def add(self, a, b):
        result = c_uint32()
        self.check(add(self.it, a, b, byref(result)))
        return result.value

    def load(self, at):
        result = c_uint32()
        self.check(load(self.it, at, byref(result)))
        return result.value


one, two = Instance(), Instance()
print(one.add(2, 3))
assert write(one.it, 100, b"\x01\x02\x03\x04", 4) and not write(one.it, 65533, b"1234", 4)
print(hex(one.load(100)), two.load(100))
number = c_uint64()
one.check(host(one.it, 7, 1.5, byref(number)))
print(number.value, one.calls, two.calls)
half, next_one = c_float(), c_uint32()
one.check(pairs(one.it, 9, byref(half), byref(next_one)))
print(half.value, next_one.value)
try:
    two.load(0xFFFFFFF0)
except Trap as trap:
    print(trap)


def work(results):
    instance = Instance()
    for i in range(1000):
        try:
            instance.load(65536 + i)
        except Trap:
            results.append(instance.add(i, 1))


results = []
threads = [threading.Thread(target=work, args=(results,)) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sum(results))
