#!/usr/bin/env python3
"""Every message of a made-up mailbox is counted as what it is, and the mailbox is the same each time it is made."""

import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True  # it may run as root in a folder that is not root's
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/mailbox"))

import mailbox_maker  # noqa: E402

BACKSTOP = os.environ.get("BACKSTOP", str(ROOT / "build/bin/backstop"))
MESSAGES = 6000
SEED = 20261121


def scan(*arguments: object) -> dict:
    ran = subprocess.run([BACKSTOP, "scan", "--json", *map(str, arguments)], stdout=subprocess.PIPE, check=False)
    if ran.returncode not in (0, 1):  # 1: found backscatter
        raise AssertionError(f"backstop scan ended with status {ran.returncode}")
    return json.loads(ran.stdout)


class MadeUpMailbox(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.room = tempfile.TemporaryDirectory(prefix="backstop-mailbox-")
        cls.addClassCleanup(cls.room.cleanup)
        cls.mbox = pathlib.Path(cls.room.name) / "mailbox.mbox"
        cls.made = mailbox_maker.write(cls.mbox, mailbox_maker.Plan.scaled(MESSAGES), SEED)

    def test_is_the_same_whenever_it_is_made(self) -> None:
        again = pathlib.Path(self.room.name) / "again.mbox"
        mailbox_maker.write(again, mailbox_maker.Plan.scaled(MESSAGES), SEED)
        self.assertEqual(*(hashlib.sha256(path.read_bytes()).hexdigest() for path in (self.mbox, again)))

    def test_manifest_says_where_each_message_begins(self) -> None:
        content = self.mbox.read_bytes()
        rows = pathlib.Path(f"{self.mbox}.tsv").read_text(encoding="utf-8").splitlines()[1:]
        self.assertEqual(len(rows), MESSAGES)
        for row in rows:
            offset = int(row.split("\t")[1])
            self.assertTrue(content[:offset].splitlines()[-1].startswith(b"From ") if offset < 4000 else content[offset - 1:offset] == b"\n")

    def test_every_message_is_counted_as_what_it_is(self) -> None:
        wrong = [(row["label"], row["found"], row["source"]) for row in self.confusions()]
        self.assertEqual(wrong, [])
        found = scan(self.mbox)
        self.assertEqual(found["messages"], MESSAGES)
        self.assertEqual(found["unreadable"], 0)
        self.assertEqual({kind: n for kind, n in found["kinds"].items() if n}, dict(self.made))

    def confusions(self) -> list[dict]:
        """What was called something else: read one by one, beside the manifest."""
        ran = subprocess.run([BACKSTOP, "read", "--json", str(self.mbox)], stdout=subprocess.PIPE, check=True)
        rows = pathlib.Path(f"{self.mbox}.tsv").read_text(encoding="utf-8").splitlines()[1:]
        lines = ran.stdout.splitlines()
        self.assertEqual(len(lines), len(rows))
        out = []
        for line, row in zip(lines, rows):
            path, offset, kind, imitates = row.split("\t")
            read = json.loads(line)
            self.assertEqual(str(read["offset"]), offset)
            if read["kind"] != kind:
                out.append({"label": f"{kind} ({imitates})", "found": read["kind"], "source": path})
        return out


if __name__ == "__main__":
    unittest.main()
