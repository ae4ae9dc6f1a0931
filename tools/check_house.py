#!/usr/bin/env python3
"""Checks the house: include arrows, foreign headers, the purity of the core, how secrets are compared,
and the size of files.

    tools/check_house.py [ROOT]      prints what is wrong, one line each; silence is success

The table is ROOT/tools/house.toml. Tests (*_test.cc, *_test.h) follow the same arrows as their folder and may
include the folders named under [tests_only] and what stands below tests/ besides.
"""
import pathlib
import re
import sys
import tomllib

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')
# A call that compares bytes and tells by its time how many were alike. CRYPTO_memcmp does not.
TELLING_CALL = re.compile(r"(?<!\w)(?:std::)?(?:memcmp|bcmp|strn?cmp|(?:ranges::)?equal|lexicographical_compare)\s*\(")
# Where MACs and secrets are held against one another, and how the names of such values end.
SECRET_FOLDERS = ("core/crypto", "core/proof")
SECRET = r"\b\w*(?:mac|secret|digest|sender_hash|ring_check)s?_?(?:\(\))?(?:\.bytes\(\))?"
TELLING_OPERATOR = re.compile(rf"{SECRET}\s*[!=]=(?!\s*nullptr)|[!=]=\s*\*?(?:\w+(?:\.|->))*{SECRET}(?![\w.(])")
HEADER_LINES_MAX = 250
SOURCE_LINES_MAX = 500


def folder_of(path, folders):
    """The longest known folder that holds `path`, or None."""
    best = None
    for folder in folders:
        if path.startswith(folder + "/") and (best is None or len(folder) > len(best)):
            best = folder
    return best


def find_cycle(arrows):
    state = {}

    def visit(folder, trail):
        if state.get(folder) == "done":
            return None
        if state.get(folder) == "open":
            return trail[trail.index(folder):] + [folder]
        state[folder] = "open"
        for target in arrows.get(folder, []):
            cycle = visit(target, trail + [folder])
            if cycle:
                return cycle
        state[folder] = "done"
        return None

    for folder in arrows:
        cycle = visit(folder, [])
        if cycle:
            return cycle
    return None


class House:
    def __init__(self, root):
        self.root = root
        table = tomllib.loads((root / "tools/house.toml").read_text(encoding="utf-8"))
        self.arrows = table["arrows"]
        self.tests_only = set(table.get("tests_only", {}).get("folders", []))
        self.foreign = table.get("foreign", {})
        self.pure = table.get("pure", {})
        self.complaints = []

    def complain(self, path, line, text):
        self.complaints.append(f"src/{path}:{line}: {text}")

    def check(self):
        cycle = find_cycle(self.arrows)
        if cycle:
            self.complaints.append("tools/house.toml: the arrows run in a circle: " + " -> ".join(cycle))
        source = self.root / "src"
        for file in sorted(source.rglob("*")):
            if file.suffix in (".h", ".cc", ".inc"):
                self.check_file(file.relative_to(source).as_posix(), file.read_text(encoding="utf-8"))
        return self.complaints

    def check_file(self, path, text):
        folder = folder_of(path, self.arrows)
        if folder is None:
            self.complain(path, 1, "this folder has no arrows in tools/house.toml")
            return
        is_test = path.endswith(("_test.cc", "_test.h"))
        pure = folder in self.pure.get("folders", []) and not is_test
        lines = text.splitlines()
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            if match and match[1]:
                self.check_own(path, number, folder, is_test, match[1])
            elif match:
                self.check_foreign(path, number, folder, pure, match[2])
            elif pure:
                for word in self.pure.get("words", []):
                    if word in line and not line.lstrip().startswith("//"):
                        self.complain(path, number, f"the core is pure, it may not use {word}")
            if folder in SECRET_FOLDERS and not is_test:
                self.check_comparison(path, number, line)
        if path.endswith(".h") and "#pragma once" not in text:
            self.complain(path, 1, "a header begins with #pragma once")
        limit = HEADER_LINES_MAX if path.endswith(".h") else SOURCE_LINES_MAX
        if len(lines) > limit and path.endswith((".h", ".cc")) and not is_test:
            self.complain(path, limit, f"{len(lines)} lines; over {limit} a file holds two subjects: split it")

    def check_comparison(self, path, number, line):
        code = line.split("//")[0]
        if TELLING_CALL.search(code) or TELLING_OPERATOR.search(code):
            self.complain(path, number, "what is secret is compared with constant_time_equal only")

    def check_own(self, path, number, folder, is_test, included):
        if is_test and (self.root / "tests" / included).exists():
            return
        if not (self.root / "src" / included).exists():
            self.complain(path, number, f'"{included}" is not below src/; include own headers by their path from there')
            return
        target = folder_of(included, self.arrows)
        if target in self.tests_only and not is_test and folder not in self.tests_only:
            self.complain(path, number, f"{target} is for tests only")
        elif target != folder and target not in self.arrows[folder] and not (is_test and target in self.tests_only):
            self.complain(path, number, f"{folder} may not include {target}")

    def check_foreign(self, path, number, folder, pure, included):
        for prefix, allowed in self.foreign.items():
            if included.startswith(prefix) and folder not in allowed:
                self.complain(path, number, f"<{included}> belongs in {', '.join(allowed) or 'tests'} only")
        if pure:
            for header in self.pure.get("headers", []):
                if included == header or (header.endswith("/") and included.startswith(header)):
                    self.complain(path, number, f"the core is pure, it may not include <{included}>")


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent)
    complaints = House(root).check()
    print("\n".join(complaints), end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
