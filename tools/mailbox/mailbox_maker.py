#!/usr/bin/env python3
"""Makes up a large mailbox of which everything is known: a few thousand automatic answers among ordinary mail.

    tools/mailbox/mailbox_maker.py MBOX [--messages N] [--seed N]

Writes an mbox and, beside it, MBOX.tsv: for each message its name (as `backstop scan` and `backstop read` name it), the
offset of its first byte, its kind and what it imitates.  The same seed and number give the same bytes.
Of 320,000 messages, 2,039 are bounces, delay warnings and challenges, 811 out-of-office replies and 333 confirmations of
subscriptions; a smaller mailbox has as many of each in a hundred, but at least 40.
"""

import argparse
import collections
import dataclasses
import pathlib
import sys
import time
from collections.abc import Iterator

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import bounces  # noqa: E402
import replies  # noqa: E402
import requests  # noqa: E402
from ordinary import Ordinary  # noqa: E402
from world import World  # noqa: E402

WHOLE = 320_000
LEAST = 40
AUTOMATIC = {"bounce": (1840, bounces.bounce), "delay": (60, bounces.delay), "challenge": (139, requests.challenge),
             "auto-reply": (811, replies.out_of_office), "subscription-confirm": (333, requests.confirmation)}


@dataclasses.dataclass
class Plan:
    messages: int
    automatic: dict[str, int]  # by kind

    @classmethod
    def scaled(cls, messages: int) -> "Plan":
        if messages == WHOLE:
            return cls(messages, {kind: count for kind, (count, _) in AUTOMATIC.items()})
        return cls(messages, {kind: max(LEAST, count * messages // WHOLE) for kind, (count, _) in AUTOMATIC.items()})


@dataclasses.dataclass
class Message:
    kind: str
    imitates: str
    content: bytes


def messages(plan: Plan, seed: int) -> Iterator[Message]:
    world = World(seed)
    ordinary = Ordinary(world)
    kinds = [kind for kind, count in plan.automatic.items() for _ in range(count)]
    kinds += ["ordinary"] * (plan.messages - len(kinds))
    world.random.shuffle(kinds)
    for kind in kinds:
        world.clock += world.number(1, 400)
        imitates, content = ordinary.make() if kind == "ordinary" else AUTOMATIC[kind][1](world)
        yield Message(kind, imitates, content)


def write(path: pathlib.Path, plan: Plan, seed: int) -> collections.Counter:
    counted: collections.Counter = collections.Counter()
    offset = 0
    with open(path, "wb", buffering=1 << 20) as mbox, open(f"{path}.tsv", "w", encoding="utf-8") as manifest:
        manifest.write("path\toffset\tkind\timitates\n")
        for number, made in enumerate(messages(plan, seed), 1):
            stamp = time.strftime("%a %b %d %H:%M:%S %Y", time.gmtime(1_700_000_000 + 97 * number))
            sender = b"MAILER-DAEMON" if made.content.startswith(b"Return-Path: <>") else b"someone@example.org"
            first = b"From " + sender + b" " + stamp.encode() + b"\n"
            content = made.content.replace(b"\nFrom ", b"\n>From ")
            if not content.endswith(b"\n"):
                content += b"\n"
            manifest.write(f"{path.name}#{number}\t{offset + len(first)}\t{made.kind}\t{made.imitates}\n")
            mbox.write(first + content + b"\n")
            offset += len(first) + len(content) + 1
            counted[made.kind] += 1
    return counted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mbox", type=pathlib.Path)
    parser.add_argument("--messages", type=int, default=WHOLE)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.messages < 2 * LEAST * len(AUTOMATIC):
        parser.error(f"a mailbox has at least {2 * LEAST * len(AUTOMATIC)} messages")
    counted = write(given.mbox, Plan.scaled(given.messages), given.seed)
    print(", ".join(f"{count} {kind}" for kind, count in sorted(counted.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
