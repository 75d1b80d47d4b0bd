#!/usr/bin/env python3
"""Finds the function and the pass that make an executable wrong.

    scripts/bisect.py [--wative COMMAND] [OPTION...] MODULE... [-- CHECK...]

Options and modules are those of `wative build`. CHECK is a command that gets the path of an executable as its last argument and answers with exit
status 0 if that is right. Without one, an executable is right that ends and prints as the one of -O0 does.

Prints the function, the pass and what the pass did to the function's IR.
"""

import difflib
import re
import subprocess
import sys
import tempfile

# More functions than a module can have (1,000,000), and more passes than there are.
FUNCTIONS = 1 << 20
PASSES = 64


def main():
    args = sys.argv[1:]
    if not args or args[0] in ("-h", "--help"):
        sys.exit(__doc__)
    wative = "wative"
    if args[0] == "--wative":
        wative, args = args[1], args[2:]
    check = []
    if "--" in args:
        at = args.index("--")
        args, check = args[:at], args[at + 1 :]
    with tempfile.TemporaryDirectory() as folder:
        Search(wative, args, check, folder).run()


class Search:
    def __init__(self, wative, args, check, folder):
        self.build = [wative, "build", *args]
        self.check = check
        self.program = folder + "/program"
        self.expected = None
        if not check:
            self.compile("-O0")
            self.expected = self.answer()

    def run(self):
        if self.is_right(f"{FUNCTIONS}:0"):
            sys.exit("the executable is right: there is nothing to find")
        if not self.is_right("0"):
            sys.exit("the executable is wrong without any pass, too")
        # Of both, the least number that makes it wrong.
        function = least(FUNCTIONS, lambda n: not self.is_right(f"{n + 1}:0"))
        count = least(PASSES, lambda n: not self.is_right(f"{function}:{n}"))
        before, after = (self.ir(function, n) for n in (count - 1, count))
        print(f"{after[0].removesuffix(' {')}\npass {count}: {self.passes()[count - 1]}")
        print("\n".join(difflib.unified_diff(before, after, "before", "after", lineterm="", n=2)))

    def is_right(self, stop_after):
        self.compile("--stop-after", stop_after)
        if self.check:
            return subprocess.run([*self.check, self.program]).returncode == 0
        return self.answer() == self.expected

    def compile(self, *options):
        subprocess.run([*self.build, *options, "-o", self.program], check=True)

    def answer(self):
        run = subprocess.run([self.program], stdin=subprocess.DEVNULL, capture_output=True)
        return run.returncode, run.stdout

    def ir(self, function, count):
        """The function's lines when so many passes are done."""
        # Expansion is between those that come before it and the others, and hides what they did.
        names = self.passes()
        late = names[count - 1] in ("late gvn", "late dce", "late jumps", "dispatch") if count else False
        last = ["--print-after", names[-1]] if late else []
        run = subprocess.run(
            [*self.build, "--emit", "ir", "-o", "-", "--stop-after", f"{function}:{count}", *last],
            capture_output=True,
            text=True,
            check=True,
        )
        return re.search(rf"^func func{function} .*?^}}", run.stdout, re.MULTILINE | re.DOTALL).group(0).splitlines()

    def passes(self):
        """The names of the passes that can be left out, in order: an error lists all."""
        run = subprocess.run(
            [*self.build, "--emit", "ir", "-o", "-", "--print-after", "no such pass"], capture_output=True, text=True
        )
        names = re.search(r"the steps are: (.*)", run.stderr).group(1).split(", ")
        return [name for name in names if name not in ("nans", "expand")]


def least(limit, is_wrong):
    """The least number below the limit for which this holds, as it does for all above."""
    right, wrong = -1, limit
    while wrong - right > 1:
        middle = (right + wrong) // 2
        if is_wrong(middle):
            wrong = middle
        else:
            right = middle
    return wrong


if __name__ == "__main__":
    main()
