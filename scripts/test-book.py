#!/usr/bin/env python3
"""Tests the book: runs every command of docs/ and README.md and compares what it prints, and checks links, paths and the table of contents.

    scripts/test-book.py [--all] [PAGE…]      e.g. scripts/test-book.py docs/tour.md

The command is $WATIVE (default: target/debug/wative, else target/release/wative). Each page has an empty directory of its own, in which its blocks are
executed in their order by `bash -eu`:

- ```sh            commands. What they print, errors too, must be the next block if that is ```text. `…` there stands for the rest of a line, a line of `…` for any lines.
- ```console       the same in one: behind `$ ` a command, all else what is printed (if there is any of it).
- <!-- sh … -->    commands that readers do not see: what a page takes for granted, or would only repeat.
- a block behind a line that ends in `NAME`: is the file NAME (a name with a dot, a colon); if that is one of the project's, an excerpt of it, which must be there as it is, but for indentation
  and what lies between lines of `…`.

Behind the language of a block, after commas:

- needs=NAME       a command, `corpus`, or a row of NEVER, LANGUAGES or STANDARD_LIBRARIES. Without it the block is skipped, and the summary says so. That is a failure for LANGUAGES with --all, for others with --all and in CI,
                   and none for NEVER.
- status=N         the exit status of the block, which ends with the first command that fails. Default 0.
- corpus=FILE>NAME for a block that is not executed: what it would have made is taken from the corpus ($WATIVE_CORPUS, default ../shared/corpus); several with `+`.

The variable CHECKOUT has the path of the project. A page whose block fails or is skipped goes on, but a block that names a file which a skipped one makes needs the same.
BLESS=1 writes what was printed into the blocks that differ and have no `…`; review the difference. --all first calls scripts/book-toolchains.sh, which gets compilers of other
languages, and builds the book with mdbook. Nothing that is executed reaches the network, where that can be forbidden (root).
"""
import ctypes, fcntl, os, re, shutil, signal, socket, struct, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLCHAINS = ROOT / "target/book"
CORPUS = Path(os.environ.get("WATIVE_CORPUS", ROOT / "../shared/corpus"))
# Of one block. Making a component of Python takes half a minute on an idle machine.
SECONDS = 900

# What no run of this script has, and why.
NEVER = {
    "cargo": "builds or tests wative itself, as continuous integration does elsewhere",
    "desktop": "shows what a person does, or what the page does again elsewhere",
    "kotlin-template": "neither PyPI, npm nor Debian has Gradle's plugin: its output is from the corpus",
    "npm-install": "scripts/book-toolchains.sh has installed it",
    "rustup-servers": "downloads from servers that tests do not depend on",
    "tinygo": "neither PyPI, npm nor Debian has the compiler: its output is from the corpus",
    "wasi-sdk": "neither PyPI, npm nor Debian has a C library with threads for WASI",
}
# What scripts/book-toolchains.sh gets.
LANGUAGES = {"asc", "componentize-js", "componentize-py", "go", "kotlinc-wasm", "wasm2c", "wasm32-wasip1", "zig"}
# Not commands but targets of rustc.
STANDARD_LIBRARIES = {"wasm32-wasip1"}


class Block:
    def __init__(self, page, line, info, text, hidden=False, file=None):
        self.page, self.line, self.text, self.hidden, self.file = page, line, text, hidden, file
        self.language, *words = info.split(",")
        self.options = dict(word.partition("=")[::2] for word in words)
        self.expected = None

    def __str__(self):
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks_of(page):
    """The fenced blocks of a page in their order, and commands in comments."""
    blocks, before, lines = [], "", page.read_text().split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        fence, comment = re.match(r"```([^`]*)$", line), re.match(r"<!-- (sh(,.*)?)$", line)
        if fence or comment:
            end = at + 1
            while end < len(lines) and lines[end] != ("```" if fence else "-->"):
                end += 1
            name = re.search(r"`([\w./-]+\.[\w]+)`:$", before)
            info = (fence or comment)[1]
            blocks.append(Block(page, at + 1, info, "\n".join(lines[at + 1 : end]), bool(comment), name and name[1]))
            at = end
        if line.strip():
            before = line
        at += 1
    return blocks


def steps_of(page):
    """The blocks that do something: files and commands, with what is expected to be printed."""
    steps, last = [], None
    for block in blocks_of(page):
        if block.language == "text" and last and not block.file:
            last.expected, last.answer = block.text, block
        elif block.language == "console":
            lines = block.text.split("\n")
            printed = [line for line in lines if not line.startswith("$ ")]
            block.expected = "\n".join(printed) if printed else None
            block.text = "\n".join(line[2:] for line in lines if line.startswith("$ "))
        last = None if block.hidden or block.language != "sh" else block
        if block.language in ("sh", "console") or block.file:
            steps.append(block)
    return steps


def is_like(printed, expected):
    """Whether it is as the page has it, `…` standing for anything."""
    pattern = ""
    for line in expected.rstrip().split("\n"):
        pattern += r"(?:[^\n]*\n)*" if line.strip() == "…" else "[^\n]*".join(map(re.escape, line.rstrip().split("…"))) + r"\n"
    text = "".join(line.rstrip() + "\n" for line in printed.rstrip().split("\n"))
    return re.fullmatch(pattern, text) is not None


def is_there(need, path):
    if need == "corpus":
        return CORPUS.exists()
    if need in STANDARD_LIBRARIES:
        found = subprocess.run(["rustc", "--print", "target-libdir", "--target", need], capture_output=True, text=True, env={**os.environ, "PATH": path})
        return found.returncode == 0 and any(Path(found.stdout.strip()).glob("libcore-*"))
    return shutil.which(need, path=path) is not None


class Run:
    """One run of all pages."""

    def __init__(self, command, everything):
        self.everything, self.strict = everything, everything or "CI" in os.environ
        self.work = Path(tempfile.mkdtemp(prefix="book-"))
        (self.work / "bin").mkdir()
        (self.work / "bin/wative").symlink_to(command)
        toolchains = [f"{TOOLCHAINS}/bin"] if everything else []
        self.path = ":".join([f"{self.work}/bin", *toolchains, os.environ["PATH"]])
        self.passed, self.failures, self.skips, self.blessed = 0, [], [], []

    def page(self, page):
        directory = self.work / str(page.relative_to(ROOT)).replace("/", "+")
        directory.mkdir()
        started = []
        for block in steps_of(page):
            if block.file and "/" in block.file and (ROOT / block.file).exists():
                self.excerpt(block)
            elif block.file:
                place = directory / block.file
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(block.text + "\n")
            else:
                self.commands(block, directory, started)
        for process in started:  # servers that a page has left running
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def excerpt(self, block):
        source = [line.strip() for line in (ROOT / block.file).read_text().split("\n")]
        for part in re.split(r"^ *…$", block.text, flags=re.M):
            wanted = [line.strip() for line in part.strip("\n").split("\n")]
            if not any(source[at : at + len(wanted)] == wanted for at in range(len(source))):
                self.failures.append(f"{block}: {block.file} has no such lines:\n{part}")
                return
        self.passed += 1

    def commands(self, block, directory, started):
        if self.is_skipped(block, directory):
            return
        status, printed = self.execute(block, directory, started)
        shown = printed if len(printed) < 3000 else printed[:3000] + "\n…"
        wanted = int(block.options.get("status", 0))
        if status != wanted:
            self.failures.append(f"{block}: status {status}, not {wanted}\n{block.text}\n--- printed\n{shown}")
        elif block.expected is not None and not is_like(printed, block.expected):
            self.failures.append(f"{block}: prints something else\n{block.text}\n--- expected\n{block.expected}\n--- printed\n{shown}")
            if block.language == "sh" and "…" not in block.expected:
                self.blessed.append((block, printed))
        else:
            self.passed += 1

    def is_skipped(self, block, directory):
        """Whether what the block needs is not here, which is noted; what it would have made is taken from the corpus."""
        need = block.options.get("needs")
        if "corpus" in block.options and CORPUS.exists():
            for copy in block.options["corpus"].split("+"):
                source, name = copy.split(">")
                shutil.copy(CORPUS / source, directory / name)
        if need in NEVER:
            self.skip(block, f"{need}: {NEVER[need]}", False)
        elif need and not is_there(need, self.path):
            self.skip(block, f"{need} is not here" + (", --all gets it" if need in LANGUAGES else ""), self.everything if need in LANGUAGES else self.strict)
        else:
            return False
        return True

    def execute(self, block, directory, started):
        """The exit status and what was printed. Processes in the background go on, as the output is a file."""
        environment = {**os.environ, "PATH": self.path, "CHECKOUT": str(ROOT), "XDG_CACHE_HOME": f"{self.work}/cache", "NO_COLOR": "1"}
        # Libraries that compilers make once.
        environment |= {"ZIG_GLOBAL_CACHE_DIR": f"{TOOLCHAINS}/cache/zig", "GOCACHE": f"{TOOLCHAINS}/cache/go"} if self.everything else {}
        with tempfile.TemporaryFile("w+", dir=self.work) as out:
            process = subprocess.Popen(["bash", "-eu", "-c", block.text], cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=quietly)
            started.append(process)
            try:
                status = process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                status = "a time-out"
            out.seek(0)
            return status, out.read()

    def skip(self, block, why, failure):
        (self.failures if failure else self.skips).append(f"{block}: {why}")

    def bless(self):
        for block, printed in sorted(self.blessed, key=lambda it: -it[0].answer.line):
            lines = block.page.read_text().split("\n")
            first = block.answer.line
            lines[first : first + block.answer.text.count("\n") + 1] = printed.rstrip().split("\n")
            block.page.write_text("\n".join(lines))


def quietly():
    os.nice(5)


def slug(heading):
    """The anchor of a heading, as mdBook and code hosts make it."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def prose_of(page):
    """The page without its blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)


def check_text(pages):
    """Links and paths of all pages, and that each is in the table of contents."""
    wrong, listed = [], set(re.findall(r"\(([\w/.-]+\.md)\)", (ROOT / "docs/SUMMARY.md").read_text()))
    there = {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")} - {"SUMMARY.md"}
    wrong += [f"docs/SUMMARY.md: {page} is not listed" for page in sorted(there - listed)]
    anchors = {page: {slug(line.lstrip("#")) for line in prose_of(page).split("\n") if re.match("#+ ", line)} for page in pages}
    for page in pages:
        name, prose = page.relative_to(ROOT), prose_of(page)
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose)):
            if re.match(r"\w+:", target):
                continue
            file, _, anchor = target.partition("#")
            place = (page.parent / file).resolve() if file else page
            if not place.exists():
                wrong.append(f"{name}: {target} does not exist")
            elif anchor and anchor not in anchors.get(place, {anchor}):
                wrong.append(f"{name}: {target} has no such heading")
            elif page.is_relative_to(ROOT / "docs") and not place.is_relative_to(ROOT / "docs"):
                wrong.append(f"{name}: {target} is not in the book")
        for path in re.findall(r"`((?:\.ci|cli|compiler|docs|runtime-lib|scripts|testsuite)/[\w./-]*)`", prose):
            if name.name != "CHANGELOG.md" and not (ROOT / path).exists():
                wrong.append(f"{name}: there is no {path}")
    return wrong


def build_book(work):
    """What mdbook has to say against the book."""
    done = subprocess.run([TOOLCHAINS / "bin/mdbook", "build", "-d", work / "html", ROOT], capture_output=True, text=True)
    said = done.stdout + done.stderr
    return [f"mdbook:\n{said}"] if done.returncode or re.search("WARN|ERROR", said) else []


def leave_network():
    """Only the loopback interface from here on, if that is permitted."""
    if ctypes.CDLL(None).unshare(0x40000000) == 0:  # CLONE_NEWNET
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP


def main():
    arguments = sys.argv[1:]
    everything = "--all" in arguments
    named = [Path(argument).resolve() for argument in arguments if argument != "--all"]
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    chosen = named or pages
    candidates = [os.environ["WATIVE"]] if "WATIVE" in os.environ else [ROOT / "target/debug/wative", ROOT / "target/release/wative"]
    command = next((Path(candidate).resolve() for candidate in candidates if Path(candidate).exists()), None)
    if not command:
        sys.exit("test-book: there is no wative; `cargo build -p wative` makes it")
    if everything:
        subprocess.run([ROOT / "scripts/book-toolchains.sh", TOOLCHAINS], check=True)
    run = Run(command, everything)
    try:
        run.failures += check_text(pages + [ROOT / "CHANGELOG.md"])
        if everything:
            run.failures += build_book(run.work)
        leave_network()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(run.page, chosen))
    finally:
        shutil.rmtree(run.work)
    if os.environ.get("BLESS"):
        run.bless()
    for skip in sorted(run.skips):
        print(f"skipped {skip}")
    for failure in sorted(run.failures):
        print(f"FAILED {failure}\n")
    print(f"book: {run.passed} passed, {len(run.failures)} failed, {len(run.skips)} skipped")
    sys.exit(1 if run.failures or not run.passed else 0)


main()
