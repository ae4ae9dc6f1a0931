#!/usr/bin/env python3
"""`./do bench simulate`: plays every scenario of the program whole, and says what held and how fast it went.

Exit status 0 when every expectation of every scenario held with every seed, and the reference came to a million
messages a minute, written and judged.
"""

import argparse
import json
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True  # it may run as root in a folder that is not root's
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

from figure_table import Figure, conclude  # noqa: E402

SPEED_OF = "reference"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./do bench simulate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    parser.add_argument("--seeds", type=int, default=3, help="play each with the seeds from 1 to this")
    parser.add_argument("--only", metavar="NAME", help="that scenario alone")
    parser.add_argument("--backstop", type=pathlib.Path, default=ROOT / "build/bin/backstop")
    return parser.parse_args()


def names(backstop: pathlib.Path) -> list[str]:
    listed = subprocess.run([backstop, "simulate"], capture_output=True, text=True, check=True).stdout
    return [line.split()[0] for line in listed.splitlines()]


def played(backstop: pathlib.Path, name: str, seed: int) -> dict:
    ran = subprocess.run([backstop, "simulate", name, "--json", "--seed", str(seed)], capture_output=True, text=True, check=False)
    if ran.returncode not in (0, 1):  # 1: an expectation failed
        sys.exit(f"./do bench simulate: {name} ended with status {ran.returncode}: {ran.stderr}")
    return json.loads(ran.stdout)


def main() -> int:
    args = arguments()
    figures = []
    for name in names(args.backstop):
        if args.only not in (None, name):
            continue
        plays = [played(args.backstop, name, seed) for seed in range(1, args.seeds + 1)]
        for play in plays:
            for each in play["expected"]:
                if not each["held"]:
                    print(f"{name}, seed {play['seed']}: expected {each['expected']}, found {each['found']}")
        figures.append(Figure(f"{name}: expectations that failed", "of all seeds",
                              sum(not each["held"] for play in plays for each in play["expected"]), 0))
        alarms = [play["seconds_to_alarm"] for play in plays if play["seconds_to_alarm"] is not None]
        if alarms:
            figures.append(Figure("  alarm after, at most", "s", max(alarms)))
        best = min(plays, key=lambda play: play["cpu_seconds"])
        figures.append(Figure("  messages a minute", "of CPU", best["messages"] / best["cpu_seconds"] * 60,
                              1_000_000 if name == SPEED_OF else None, is_least=True))
        figures.append(Figure("  CPU a message", "us", best["cpu_seconds"] / max(1, best["messages"]) * 1e6))
    return conclude(figures, 1000, args.json, seeds=args.seeds)


if __name__ == "__main__":
    sys.exit(main())
