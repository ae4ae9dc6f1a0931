#!/usr/bin/env python3
"""`./do bench replay`: judges a history of 1,000,000 messages again, and says how fast.

The history is made anew by the store's own writer (replay_rows.cc). The floor is SQLite alone going through the same
rows, with their outcomes, in the same run. Exit status 0 when every decision came out as it was and the targets are met.
"""

import argparse
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # it may run as root in a folder that is not root's
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

from figure_table import Figure, conclude  # noqa: E402

SECONDS_AT_MOST = 10.0
TO_FLOOR_AT_MOST = 6.0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./do bench replay", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--backstop", type=pathlib.Path, default=ROOT / "build/bin/backstop")
    parser.add_argument("--maker", type=pathlib.Path, default=ROOT / "build/release/bench/replay/replay_rows")
    return parser.parse_args()


def children_seconds() -> float:
    times = os.times()
    return times.children_user + times.children_system


def floor(history: pathlib.Path) -> tuple[float, float]:
    """Seconds on the clock and of CPU time to read every column of every row."""
    cpu, clock = time.process_time(), time.monotonic()
    with sqlite3.connect(f"file:{history}?mode=ro", uri=True) as database:
        database.execute("SELECT sum(length(queue_id)+length(sender)+length(recipients)+length(client)+length(facts_of)"
                         "+length(kind)+length(reasons)+length(facts)) FROM message JOIN outcome ON outcome.id=outcome").fetchall()
    return time.monotonic() - clock, time.process_time() - cpu


def replay(backstop: pathlib.Path, config: pathlib.Path, *words: str) -> tuple[dict, int, float, float]:
    """The summary, the lines after it, seconds on the clock and of CPU time."""
    cpu, clock = children_seconds(), time.monotonic()
    with subprocess.Popen([str(backstop), "replay", "--json", "--config", str(config), *words], stdout=subprocess.PIPE) as ran:
        summary = json.loads(ran.stdout.readline())
        lines = sum(1 for _ in ran.stdout)
    if ran.returncode not in (0, 1):  # 1: something differs
        sys.exit(f"./do bench replay: backstop replay ended with status {ran.returncode}")
    return summary, lines, time.monotonic() - clock, children_seconds() - cpu


def main() -> int:
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="bench-replay-", dir=os.environ.get("TMPDIR", "/var/tmp")) as room:
        store = pathlib.Path(room) / "store"
        config = pathlib.Path(room) / "backstop.toml"
        config.write_text(f'store.directory = "{store}"\nkeys.directory = "{room}/keys"\n[domains."example.com"]\n', encoding="utf-8")
        subprocess.run([str(given.maker), str(store), str(given.rows), str(given.seed)], check=True)
        floor(store / "history.db")  # once to have it in memory
        floor_clock, floor_cpu = floor(store / "history.db")
        same, same_lines, clock, cpu = replay(given.backstop, config)
        changed, changed_lines, changed_clock, changed_cpu = replay(given.backstop, config, "--mode", "example.com=enforce")
    exact = same["messages"] == given.rows and same["differ"] == 0 and same_lines == 0 and changed_lines == changed["differ"]
    if not exact:
        print(f"WRONG: {same['messages']:,} of {given.rows:,} judged, {same['differ']:,} otherwise; "
              f"{changed_lines:,} of {changed['differ']:,} shown under enforce")
    found = [
        Figure("unchanged policy", "s", clock, SECONDS_AT_MOST),
        Figure("unchanged policy", "rows/s", given.rows / clock),
        Figure("unchanged policy, CPU to SQLite alone", "ratio", cpu / floor_cpu, TO_FLOOR_AT_MOST),
        Figure("SQLite alone", "s", floor_clock),
        Figure("under enforce, with every difference shown", "s", changed_clock),
        Figure("under enforce, CPU", "s", changed_cpu),
        Figure("otherwise under an unchanged policy", "rows", same["differ"], 0),
    ]
    code = conclude(found, 100, given.json, rows=given.rows, exact=exact)
    return code if exact else 1


if __name__ == "__main__":
    sys.exit(main())
