#!/usr/bin/env python3
"""`./do bench read`: CPU time to read real bounces and ordinary mail that lie in memory.

Beside GMime's parse of the same bytes, a copy of them and a walk over their line ends, by turns in one run.
The messages are those of BACKSTOP_CORPUS (bounces: bounce-failed and bounce-delayed; ordinary mail: ham and
list-mail; real ones only); without it they are made up, and the figures say little.
Exit status 0 when every target is met, 1 when one is missed.
"""

import argparse
import collections
import contextlib
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # it may run as root in a folder that is not root's
ROOT = pathlib.Path(__file__).resolve().parents[2]
GROUPS = {"bounce": ("bounce-failed", "bounce-delayed"), "ordinary": ("ham", "list-mail")}
MADE_UP = 12_000  # messages, when there is no corpus
sys.path.insert(0, str(ROOT / "bench"))
from figure_table import Figure, conclude  # noqa: E402


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./do bench read", description=__doc__)
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--driver", type=pathlib.Path, default=ROOT / "build/release/bench/read/read_driver")
    return parser.parse_args()


def corpus_messages(corpus: pathlib.Path) -> list[tuple[str, pathlib.Path]]:
    return [(group, path) for group, folders in GROUPS.items() for folder in folders
            for path in sorted((corpus / folder).glob("*.eml"))]


def made_up_messages(room: pathlib.Path) -> list[tuple[str, pathlib.Path]]:
    sys.path.insert(0, str(ROOT / "tools/mailbox"))
    import mailbox_maker  # pylint: disable=import-error,import-outside-toplevel

    found = []
    for number, message in enumerate(mailbox_maker.messages(mailbox_maker.Plan.scaled(MADE_UP), seed=1)):
        if message.kind not in ("bounce", "ordinary"):
            continue
        path = room / f"{number}.eml"
        path.write_bytes(message.content)
        found.append((message.kind, path))
    return found


def measure(driver: pathlib.Path, messages: list[tuple[str, pathlib.Path]], rounds: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = collections.defaultdict(list)
    listing = "".join(f"{group}\t{path}\n" for group, path in messages)
    ran = subprocess.run([driver, str(rounds)], input=listing, stdout=subprocess.PIPE, text=True, check=False)
    if ran.returncode != 0:
        sys.exit(f"./do bench read: {driver} ended with status {ran.returncode}")
    for line in ran.stdout.splitlines():
        name, value = line.split()
        found[name].append(float(value))
    return found


def figures(found: dict[str, list[float]]) -> list[Figure]:
    def one(name: str) -> float:
        return found[name][0]

    # Of rounds of the same work the least counts: what else runs on the machine can only add.
    def each(group: str, what: str) -> float:
        return 1e6 * min(found[f"{group}_{what}_s"]) / one(f"{group}_messages")

    def rate(group: str, what: str) -> float:
        return 1e-9 * one(f"{group}_bytes") / min(found[f"{group}_{what}_s"])

    def ratio(group: str, what: str, to: str) -> float:
        # Rounds differ by more than the two sides within one.
        pairs = zip(found[f"{group}_{what}_s"], found[f"{group}_{to}_s"])
        return statistics.median(a / b for a, b in pairs)

    def share(group: str, what: str) -> float:
        return 100 * one(f"{group}_{what}") / one(f"{group}_messages")

    return [
        Figure("bounces", "messages", one("bounce_messages")),
        Figure("  their mean size", "bytes", one("bounce_bytes") / one("bounce_messages")),
        Figure("  told to be bounces in this run", "%", share("bounce", "told")),
        Figure("reading one", "µs CPU", each("bounce", "read")),
        Figure("  against GMime's parse", "ratio", ratio("bounce", "read", "gmime"), 0.4),
        Figure("  against a walk over its line ends", "ratio", ratio("bounce", "read", "newlines")),
        Figure("  GMime's parse", "µs CPU", each("bounce", "gmime")),
        Figure("  a walk over its line ends", "µs CPU", each("bounce", "newlines")),
        Figure("  a copy of it", "µs CPU", each("bounce", "memcpy")),
        Figure("ordinary mail", "messages", one("ordinary_messages")),
        Figure("  their mean size", "bytes", one("ordinary_bytes") / one("ordinary_messages")),
        Figure("  told to be ordinary in this run", "%", share("ordinary", "told")),
        Figure("  whose body was read", "%", share("ordinary", "bodies")),
        Figure("reading it", "GB/s", rate("ordinary", "read")),
        Figure("  of one", "µs CPU", each("ordinary", "read")),
        # 1 GB/s where the walk does 5.
        Figure("  against a walk over its line ends", "times as long", ratio("ordinary", "read", "newlines"), 5),
        Figure("  against a copy of it", "times as long", ratio("ordinary", "read", "memcpy")),
        Figure("  against GMime's parse", "ratio", ratio("ordinary", "read", "gmime")),
        Figure("  a walk over its line ends", "GB/s", rate("ordinary", "newlines")),
        Figure("  a copy of it", "GB/s", rate("ordinary", "memcpy")),
        Figure("known phrases", "phrases", one("phrases")),
        Figure("  searched in normal text", "GB/s", max(found["phrases_gbps"])),
        Figure("  making normal text", "GB/s", max(found["normal_text_gbps"])),
    ]


def main() -> int:
    given = arguments()
    corpus = os.environ.get("BACKSTOP_CORPUS", "")
    with contextlib.ExitStack() as stack:
        if corpus:
            messages = corpus_messages(pathlib.Path(corpus))
        else:
            print("BACKSTOP_CORPUS is not set: the messages are made up, and no measure of real mail.")
            room = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-read-"))
            messages = made_up_messages(pathlib.Path(room))
        found = figures(measure(given.driver, messages, given.rounds))
    return conclude(found, 1000, given.json, corpus=bool(corpus))


if __name__ == "__main__":
    sys.exit(main())
