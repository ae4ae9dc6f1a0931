#!/usr/bin/env python3
"""Checks wording over the whole repository: silence is success.

Nothing may speak of where the project is built, leave a job undone, use words that mean everything,
or carry a file that is no text where text is meant.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEXT = {".cc", ".h", ".md", ".py", ".toml", ".txt", ".cmake", ".sh", ".play", ".tsv", ".inc", ".yml", ""}
# Each with the reason a reader needs.
BANNED = [
    (re.compile(r"\b(TODO|FIXME|XXX|HACK)\b"), "nothing is left undone: do it, or say in the documentation that it is not done"),
    (re.compile(r"\.\./shared|/work/|\.library"), "the repository knows no place outside itself"),
    (re.compile(r"\b(issue|trap|row|session) #?\d+\b", re.IGNORECASE), "say what it is, not its number"),
]
ALLOWED = {
    ("tools/check_text.py", None),
    (".ci/run", "../shared"),
    # The verdict table's rows have numbers, which its tests and its code name.
    ("src/core/policy/policy.cc", None),
    ("src/core/policy/policy.h", None),
}
BANNED_NAMES = re.compile(r"(^|[_/])(util|utils|helper|helpers|manager|misc|common)([_./]|$)")


def is_allowed(path, text):
    return any(path == name and (part is None or part in text) for name, part in ALLOWED)


def check_file(path):
    if BANNED_NAMES.search(path):
        yield f"{path}: a name says what is inside; this one could be anything"
    file = ROOT / path
    if file.suffix not in TEXT or path.startswith(("fuzz/seeds/", "testdata/")) or not file.is_file():
        return
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        yield f"{path}: is not UTF-8"
        return
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, reason in BANNED:
            match = pattern.search(line)
            if match and not is_allowed(path, line):
                yield f"{path}:{number}: '{match[0]}': {reason}"
    if text and not text.endswith("\n"):
        yield f"{path}: the last line has no end"


def main():
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True).stdout.decode().split("\0")
    complaints = [text for path in sorted(set(filter(None, listed))) for text in check_file(path)]
    print("\n".join(complaints), end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
