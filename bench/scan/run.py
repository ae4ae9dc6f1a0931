#!/usr/bin/env python3
"""`./do bench scan`: counts a made-up mailbox of 320,000 messages, exactly, and says how fast.

The mailbox holds 2,039 bounces, delay warnings and challenges, 811 out-of-office replies and 333 confirmations among
ordinary mail and spam of which thousands talk about such mail (tools/mailbox); it is made anew, or kept with --mailbox.
Exit status 0 when every message was counted as what it is, 1 when not.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # it may run as root in a folder that is not root's
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/mailbox"))

import mailbox_maker  # noqa: E402


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./do bench scan", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    parser.add_argument("--messages", type=int, default=mailbox_maker.WHOLE)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mailbox", type=pathlib.Path, metavar="MBOX", help="made there and kept; taken as it is when it is there")
    parser.add_argument("--backstop", type=pathlib.Path, default=ROOT / "build/bin/backstop")
    return parser.parse_args()


def made(mbox: pathlib.Path, messages: int, seed: int) -> dict[str, int]:
    if not mbox.exists():
        print(f"making {messages:,} messages", file=sys.stderr)
        mailbox_maker.write(mbox, mailbox_maker.Plan.scaled(messages), seed)
    counted: dict[str, int] = {}
    with open(f"{mbox}.tsv", encoding="utf-8") as manifest:
        next(manifest)
        for row in manifest:
            kind = row.split("\t")[2]
            counted[kind] = counted.get(kind, 0) + 1
    return counted


def children_seconds() -> float:
    times = os.times()
    return times.children_user + times.children_system


def timed(command: list[str]) -> tuple[bytes, float, float]:
    """Its output, seconds on the clock, and seconds of CPU time of all its threads."""
    cpu, clock = children_seconds(), time.monotonic()
    ran = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    clock = time.monotonic() - clock
    if ran.returncode not in (0, 1):  # 1: found backscatter
        sys.exit(f"./do bench scan: {command[0]} ended with status {ran.returncode}")
    return ran.stdout, clock, children_seconds() - cpu


def main() -> int:
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="bench-scan-", dir=os.environ.get("TMPDIR", "/var/tmp")) as room:
        mbox = given.mailbox or pathlib.Path(room) / "mailbox.mbox"
        expected = made(mbox, given.messages, given.seed)
        # Once to have it in memory, and as the floor: what it takes to count its line ends.
        timed(["wc", "-l", str(mbox)])
        _, floor_clock, floor_cpu = timed(["wc", "-l", str(mbox)])
        out, clock, cpu = timed([str(given.backstop), "scan", "--json", str(mbox)])
        size = mbox.stat().st_size
    found = json.loads(out)
    kinds = {kind: n for kind, n in found["kinds"].items() if n}
    exact = kinds == expected and found["messages"] == sum(expected.values()) and found["unreadable"] == 0
    for kind in sorted(expected.keys() | kinds.keys()):
        there, counted = expected.get(kind, 0), kinds.get(kind, 0)
        print(f"{kind:22} {there:8,} there  {counted:8,} counted{'' if there == counted else '  WRONG'}")
    figures = {"messages": found["messages"], "bytes": size, "exact": exact, "seconds": clock, "cpu_seconds": cpu,
               "gigabytes_per_cpu_second": 1e-9 * size / cpu, "cpu_to_wc": cpu / floor_cpu, "wc_seconds": floor_clock}
    print(f"{size / 1e9:.2f} GB in {clock:.1f} s on the clock (20 s is the aim), {cpu:.1f} s of CPU time: {figures['gigabytes_per_cpu_second']:.2f} GB/s a core,\n"
          f"{figures['cpu_to_wc']:.1f} times the CPU time of counting its line ends with wc.")
    if given.json:
        pathlib.Path(given.json).write_text(json.dumps({"v": 1, "figures": figures, "there": expected, "counted": kinds}, indent=1) + "\n")
    print("Every message was counted as what it is." if exact else "The counts are wrong; `backstop scan --truth MBOX.tsv MBOX` says which.")
    return 0 if exact else 1


if __name__ == "__main__":
    sys.exit(main())
