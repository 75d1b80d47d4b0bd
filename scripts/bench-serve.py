#!/usr/bin/env python3
"""Measures servers beside `wasmtime serve` and two native ones: scripts/bench/epoll.c, which does no more than it must, and scripts/bench/hyper (with HYPER=1, which builds it).

bench-serve.py COMPONENT[:PATH]...

Prints for one processor and for two (CPUS, by default "0 0,1") what servers answer: requests a second, median and 99th percentile in microseconds, and microseconds of processors for a request
(which depends least on what else the machine does), for 1 and 16 connections; memory that nobody
else has, in KiB; size; time from the start to the first answer. All servers of a component run at the same time, and in each of ROUNDS (3) rounds each is asked for SECONDS (3) in turn, so that
they share what else happens on the machine; the median of the rounds counts, of processors the least. The load generator (scripts/bench/load.c) runs on the same machine.

$WATIVE is the command (default target/release/wative), $WASMTIME that of wasmtime (default wasmtime; left out where there is none).
"""

import http.client
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SECONDS = os.environ.get("SECONDS", "3")
CPUS = os.environ.get("CPUS", "0 0,1").split()
WATIVE = os.path.abspath(os.environ.get("WATIVE", os.path.join(HERE, "..", "target", "release", "wative")))
WASMTIME = shutil.which(os.environ.get("WASMTIME", "wasmtime"))
CONNECTIONS = ["1", "16"]


def run(*command):
    subprocess.run(command, check=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def private(pid):
    """KiB of a process that nobody else has, and those of its children."""
    children = open(f"/proc/{pid}/task/{pid}/children").read().split()
    lines = open(f"/proc/{pid}/smaps_rollup").read().splitlines()
    own = sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
    return own + sum(private(int(child)) for child in children)


def processor(pid):
    """Seconds that a process and its children have had of processors, those that have ended included."""
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    children = open(f"/proc/{pid}/task/{pid}/children").read().split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") + sum(processor(int(child)) for child in children)


class Server:
    def __init__(self, name, path, size, command, cpus):
        self.name, self.path, self.size, self.port = name, path, size, free_port()
        self.rates = {count: [] for count in CONNECTIONS}
        command = ["taskset", "-c", cpus] + [part.replace("PORT", str(self.port)) for part in command]
        begun = time.monotonic()
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port)
                connection.request("GET", path)
                connection.getresponse().read()
                break
            except ConnectionError:
                if self.process.poll() is not None:
                    sys.exit(f"{name} does not start: {command}")
        self.first = (time.monotonic() - begun) * 1e3

    def ask(self, load, count):
        before = processor(self.process.pid)
        printed = subprocess.run([load, str(self.port), count, SECONDS, self.path], check=True, stdout=subprocess.PIPE, text=True)
        rate, median, slow = [int(word) for word in printed.stdout.split()]
        used = (processor(self.process.pid) - before) / float(SECONDS)
        self.rates[count].append([rate, median, slow, used / rate * 1e6])

    def row(self):
        cells = [f"{self.name:10}"]
        for count in CONNECTIONS:
            *columns, used = zip(*self.rates[count])
            rate, median, slow = (statistics.median(column) for column in columns)
            used = min(used)
            cells.append(f"{rate:9.0f} {median:6.0f} {slow:6.0f} {used:6.1f}")
        return " | ".join(cells + [f"{private(self.process.pid):8}", f"{self.size:10}", f"{self.first:8.1f}"])

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()


def servers(work, component, path, cpus):
    """Names, sizes and commands."""
    workers = str(len(cpus.split(",")))
    server = os.path.join(work, "server")
    run(WATIVE, "build", component, "-o", server, "--strip")
    yield "wative", os.path.getsize(server), [server, "--listen", "127.0.0.1:PORT"]
    if WASMTIME:
        compiled = server + ".cwasm"
        run(WASMTIME, "compile", component, "-o", compiled)
        size = os.path.getsize(compiled) + os.path.getsize(WASMTIME)
        yield "wasmtime", size, [WASMTIME, "serve", "--allow-precompiled", "-Scli", "--addr", "127.0.0.1:PORT", compiled]
    native = os.path.join(work, "epoll")
    yield "epoll loop", os.path.getsize(native), [native, "PORT", workers]
    if os.environ.get("HYPER"):
        target = os.path.join(HERE, "..", "target", "hyper")
        run("cargo", "build", "-q", "--release", "--manifest-path", os.path.join(HERE, "bench", "hyper", "Cargo.toml"), "--target-dir", target)
        native = os.path.join(target, "release", "hyper-server")
        yield "hyper", os.path.getsize(native), [native, "127.0.0.1:PORT"]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as work:
        load = os.path.join(work, "load")
        for program in ["load", "epoll"]:
            run("gcc", "-O2", "-o", os.path.join(work, program), os.path.join(HERE, "bench", program + ".c"))
        for argument in sys.argv[1:]:
            component, _, path = argument.partition(":")
            for cpus in CPUS:
                print(f"{os.path.basename(component)}, processors {cpus}")
                print("           |    1 conn.  p50    p99    cpu |   16 conn.  p50    p99    cpu |  KiB     |      bytes | first ms")
                # One `path` for all: the native ones answer any.
                started = [Server(name, path or "/", size, command, cpus) for name, size, command in servers(work, component, path, cpus)]
                for _ in range(ROUNDS):
                    for count in CONNECTIONS:
                        for server in started:
                            server.ask(load, count)
                for server in started:
                    print(server.row())
                    server.end()


if __name__ == "__main__":
    main()
