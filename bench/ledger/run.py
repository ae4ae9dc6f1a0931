#!/usr/bin/env python3
"""`./do bench ledger`: what it costs to remember what was sent, and to ask for it.

Writes are compared with a plain SQLite table of the same keys and values, written by turns in the same run.
Exit status 0 when every target is met, 1 when one is missed.
"""

import argparse
import collections
import pathlib
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # it runs as root in a folder that is not root's
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
from figure_table import Figure, conclude  # noqa: E402


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./do bench ledger", description=__doc__)
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--compared", type=int, default=1_500_000, help="rows written to the plain table too")
    parser.add_argument("--driver", type=pathlib.Path, default=ROOT / "build/release/bench/ledger/ledger_driver")
    parser.add_argument("--directory", type=pathlib.Path, default=ROOT / "var", help="on the disk to be measured")
    return parser.parse_args()


def measure(driver: pathlib.Path, directory: pathlib.Path, rows: int, compared: int) -> dict[str, list[float]]:
    directory.mkdir(exist_ok=True)
    found: dict[str, list[float]] = collections.defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="bench-ledger-", dir=directory) as room:
        with subprocess.Popen([driver, room, str(rows), str(compared)], stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                name, value = line.split()
                found[name].append(float(value))
        if process.returncode != 0:
            sys.exit(f"./do bench ledger: {driver} ended with status {process.returncode}")
    return found


def figures(found: dict[str, list[float]], rows: int) -> list[Figure]:
    def middle(name: str) -> float:
        return statistics.median(found[name])

    def least(name: str) -> float:
        # Of rounds of the same work: what else runs on the machine can only add.
        return min(found[name])

    out = [
        Figure("decision at RCPT: parse, token, hash, ledger, no I/O", "ns CPU", least("decision_ns"), 1000),
        Figure("  reading the path", "ns CPU", least("decision_parse_ns")),
        Figure("  verifying the token", "ns CPU", least("decision_token_ns")),
        Figure("  hashing a Message-ID", "ns CPU", least("decision_hash_ns")),
        Figure("  the ledger's answer from memory", "ns CPU", least("decision_ledger_ns")),
    ]
    for group in ("100", "1000"):
        ours, plain = found[f"writes_ours_{group}"], found[f"writes_plain_{group}"]
        # Rounds differ by more than the two sides within one.
        ratio = statistics.median(o / p for o, p in zip(ours, plain))
        out += [
            Figure(f"durable rows, groups of {group}, against a plain table", "ratio", ratio, 0.8, True),
            Figure("  the ledger", "rows/s", statistics.median(ours)),
            Figure("  the plain table", "rows/s", statistics.median(plain)),
        ]
    out += [
        Figure("on disk for each key", "bytes", middle("bytes_per_key"), 40),
        Figure("in memory for each key", "bytes", middle("index_bytes_per_key"), 16),
        Figure(f"miss, {rows:,} rows", "ns CPU", least("miss_ns"), 100),
        Figure("  with its whole answer", "ns CPU", least("miss_answer_ns")),
        Figure("  misses taken for hits", "of 15.4 M", middle("false_hits")),
        Figure(f"look-up, {rows:,} rows", "µs", least("hit_us"), 10),
        Figure("restart, until the first look-up is answered", "s", middle("restart_s"), 1),
        Figure("  until the index is full", "s", middle("indexed_s")),
        Figure("resident, at the most", "MB", middle("resident_mb")),
    ]
    return out


def main() -> int:
    given = arguments()
    found = figures(measure(given.driver, given.directory, given.rows, given.compared), given.rows)
    return conclude(found, 100, given.json)


if __name__ == "__main__":
    sys.exit(main())
