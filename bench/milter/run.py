#!/usr/bin/env python3
"""`./do bench milter`: what the milter door costs, against libmilter filters that do nothing, in one run.

CPU times are of the filter's process and mean something only as ratios: both sides are measured by turns.
Exit status 0 when every target is met, 1 when one is missed.
"""

import argparse
import json
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True  # it runs as root in a folder that is not root's
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import figures  # noqa: E402
import memory  # noqa: E402
import raw  # noqa: E402
import under_postfix  # noqa: E402
from trees.trouble import Trouble  # noqa: E402

PARTS = ("postfix", "raw", "memory")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./do bench milter", description=__doc__)
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure only this part; may be repeated")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.6, help="of each raw window")
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/bin")
    parser.add_argument("--tools", type=pathlib.Path, default=ROOT / "build/release/bench/milter")
    return parser.parse_args()


def main() -> int:
    given = arguments()
    parts = given.only or PARTS
    binary = given.bin / "backstopd"
    found: list[figures.Figure] = []
    # Short, for the sockets in it; in memory, so that no disk is measured.
    with tempfile.TemporaryDirectory(prefix="backstop-bench-", dir="/dev/shm") as name:
        room = pathlib.Path(name)
        room.chmod(0o755)
        if "postfix" in parts:
            found += under_postfix.measure(ROOT / "var/trees", room, binary, given.tools, given.rounds)
        if "raw" in parts:
            found += raw.measure(binary, given.tools, room, given.rounds, given.seconds)
            found.append(raw.stall(binary, given.tools, room))
        if "memory" in parts:
            found += memory.measure(binary, room)
    print(figures.table(found))
    if given.json:
        pathlib.Path(given.json).write_text(json.dumps(
            {"v": 1, "figures": [f.as_json() for f in found]}, indent=1, ensure_ascii=False) + "\n")
    missed = [f.name for f in found if f.met is False]
    print(f"Missed: {'; '.join(missed)}." if missed else "Every target is met.")
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        print(f"./do bench milter: {trouble}", file=sys.stderr)
        sys.exit(75)
