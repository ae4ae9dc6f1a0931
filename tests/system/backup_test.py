"""A running Backstop backed up, lost and restored: no genuine bounce of mail sent in between is refused."""

import datetime
import email.utils
import gzip
import io
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import tarfile
import threading
import unittest

import house
import notices
from trees.postfix import DOMAIN

OWN_HOST = "mx.shop.test"
_FAKETIME = pathlib.Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")


def hours_ago(hours: float) -> str:
    return email.utils.format_datetime(datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=hours))


def unsigned(name: str, received: str) -> bytes:
    """A bounce of what our own host took in then, as its Received says, without a token: ours, or a good forgery."""
    block = (f"Return-Path: <anna@shop.test>\nReceived: from desk ([127.0.2.1]) by {OWN_HOST} (Postfix) with ESMTP id 4fzX;\n"
             f"\t{received}\nFrom: anna@shop.test\nTo: nobody@else.test\nSubject: a letter\n"
             f"Date: {received}\nMessage-ID: <{name}@shop.test>\n")
    return notices.bounce(name, block)


class Backup(house.HouseTest):
    @classmethod
    def make_house(cls) -> house.House:
        made = house.House("enforce")
        made.guard.more["relays.names"] = f'["{OWN_HOST}"]'
        cls.home = made.folder / "home"
        cls.home.mkdir(mode=0o700)
        cls.safe = made.folder / "safe"
        cls.safe.mkdir(mode=0o700)
        settings = made.guard.settings() | {"keys.directory": f'"{cls.home}/keys"', "store.directory": f'"{cls.home}/store"'}
        cls.configuration = cls.home / "backstop.toml"
        cls.configuration.write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
        subprocess.run([house.backstop(), "keys", "add", "--new-ring", "--keys", cls.home / "keys"], check=True, capture_output=True)
        made.guard.configuration = cls.configuration
        return made

    def run_backstop(self, *words, environment: dict | None = None) -> subprocess.CompletedProcess:
        return subprocess.run([house.backstop(), *map(str, words)], capture_output=True, text=True, timeout=120,
                              env={**os.environ, **(environment or {})})

    def back_up(self, name: str, *words, environment: dict | None = None) -> pathlib.Path:
        path = self.safe / name
        done = self.run_backstop("backup", "--json", "--config", self.configuration, *words, path, environment=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.said = json.loads(done.stdout)
        return path

    def restore(self, path: pathlib.Path, *words) -> subprocess.CompletedProcess:
        return self.run_backstop("restore", "--json", "--config", self.configuration, *words, path)

    def restored(self, path: pathlib.Path, *words) -> dict:
        done = self.restore(path, *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def lose(self, *names: str) -> None:
        """The daemon is killed, and its disk is gone."""
        self.house.guard.kill()
        for name in names or ("keys", "store", "backstop.toml"):
            path = self.home / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def start(self) -> None:
        self.house.guard.start()

    def send(self) -> tuple[str, str]:
        """A letter that went out: its mark, and how it came to the store abroad."""
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send("anna@shop.test", house.ABROAD, notices.letter("anna@shop.test", house.ABROAD, name))
        return name, self.house.left(name)

    def verdict_of(self, content: bytes, name: str) -> str:
        code, text = self.deliver(content)
        self.assertEqual(code, 250, text)
        return self.house.arrived(name).parsed["Backstop-Verdict"]

    def assert_refused(self, content: bytes) -> None:
        code, text = self.deliver(content)
        self.assertEqual(code, 550, text)

    def snapshot(self) -> dict[str, bytes]:
        return {path.relative_to(self.home).as_posix(): path.read_bytes() if path.is_file() else b""
                for path in self.home.rglob("*") if "-shm" not in path.name and "-wal" not in path.name}

    # --- Made

    def test_it_is_made_while_mail_flows_and_knows_every_file_of_a_living_store(self):
        flowing = threading.Event()
        flowing.set()
        sent = []

        def flow():
            while flowing.is_set():
                sent.append(self.send()[0])

        sender = threading.Thread(target=flow)
        sender.start()
        try:
            self.assertTrue(house.eventually(lambda: len(sent) > 2))
            for i in range(4):
                before = len(sent)
                # Rows are written in groups, some moments later.
                self.assertTrue(house.eventually(lambda: self.remembered() >= before))
                path = self.back_up(f"flow{i}.tar.zst")
                self.assertTrue(house.eventually(lambda: len(sent) > before))
        finally:
            flowing.clear()
            sender.join()
        self.assertEqual(self.said["unknown"], [], "a file of the store has no row in app/store_files.cc")
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual([p.name for p in self.safe.iterdir() if "flow" not in p.name and p.name.startswith(".")], [])
        look = self.house.folder / "look"
        self.restored(path, "--to", look)
        for name in ("ledger.db", "history.db"):
            database = sqlite3.connect(look / "store" / name)
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchone()[0], "ok")
            database.close()
        self.assertGreaterEqual(self.remembered(look / "store"), before)

    def remembered(self, store: pathlib.Path | None = None) -> int:
        """Rows of the history, of the living one if no other is named."""
        database = sqlite3.connect((store or pathlib.Path(self.home) / "store") / "history.db")
        try:
            return database.execute("SELECT count(*) FROM message").fetchone()[0]
        finally:
            database.close()

    def test_it_is_not_put_where_others_may_write(self):
        place = self.house.folder / "open"
        place.mkdir()
        place.chmod(0o777)
        done = self.run_backstop("backup", "--config", self.configuration, place / "b")
        self.assertEqual((done.returncode, list(place.iterdir())), (78, []))
        self.assertIn("others may write there", done.stderr)

    def test_keys_are_left_out_or_alone(self):
        for option, parts in {"--without-keys": {"store", "config"}, "--keys-only": {"keys"}}.items():
            self.back_up("part", option)
            self.assertEqual({file["name"].partition("/")[0] for file in self.said["files"]}, parts)

    def test_a_full_disk_leaves_an_old_backup_and_nothing_half(self):
        small = self.house.folder / "small"
        small.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", small], check=True)
        try:
            (small / "b").write_text("the old one")
            done = self.run_backstop("backup", "--config", self.configuration, small / "b")
            self.assertEqual(done.returncode, 75, done.stderr)
            self.assertEqual({p.name: p.read_text() for p in small.iterdir()}, {"b": "the old one"})
            path = self.back_up("large")
            done = self.run_backstop("restore", "--to", small / "x", path)
            self.assertEqual(done.returncode, 75, done.stderr)
            self.assertEqual([p.name for p in small.iterdir()], ["b"])
        finally:
            subprocess.run(["umount", small], check=True)

    # --- Put back

    def test_mail_of_before_and_after_the_backup_is_ours_on_the_restored_host(self):
        early, early_letter = self.send()
        (self.home / "store/last-tag").write_text("2026-01-02T00:00:00Z\n")
        path = self.back_up("b1")
        late, late_letter = self.send()
        # Uses of a proof that the backup does not know of.
        for i in range(3):
            self.assertRegex(self.verdict_of(notices.whole_bounce(f"u{i}{early}", early_letter), f"u{i}{early}"), "^genuine")
        self.lose()
        self.restored(path)
        self.start()
        self.assertTrue((self.home / "store/last-tag").read_text().startswith(f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}"))
        for name in ("keys", "store"):
            self.assertFalse([p for p in (self.home / name).rglob("*") if p.stat().st_mode & 0o007
                              and p.name not in ("gaps", "heartbeat")])
        self.assertRegex(self.verdict_of(notices.whole_bounce("e1" + early, early_letter), "e1" + early), "^genuine")
        # The ledger knows it without its token.
        stripped = re.sub(r"(?m)^Backstop-Token:.*\n", "", early_letter)
        self.assertRegex(self.verdict_of(notices.whole_bounce("e2" + early, stripped), "e2" + early), "^genuine")
        self.assertRegex(self.verdict_of(notices.whole_bounce("l1" + late, late_letter), "l1" + late), "^genuine")
        # Nobody knows this one any more.
        stripped = re.sub(r"(?m)^Backstop-Token:.*\n", "", late_letter)
        self.assertRegex(self.verdict_of(notices.whole_bounce("l2" + late, stripped), "l2" + late), "^unproven;.*in-signing-gap")

    @unittest.skipUnless(_FAKETIME.exists(), "libfaketime is not here")
    def test_all_time_since_the_backup_is_a_gap_and_no_more(self):
        self.assert_refused(unsigned(notices.mark(), hours_ago(3)))
        path = self.back_up("old", environment={"LD_PRELOAD": str(_FAKETIME), "FAKETIME": "-5h"})
        self.lose()
        self.restored(path)
        self.start()
        name = notices.mark()
        self.assertRegex(self.verdict_of(unsigned(name, hours_ago(3)), name), "^unproven;.*in-signing-gap")
        self.assert_refused(unsigned(notices.mark(), hours_ago(7)))

    def test_a_key_made_after_the_backup_is_unknown_and_its_tokens_are_not_called_forged(self):
        path = self.back_up("b2")
        keys = self.home / "keys"
        number = len(list(keys.glob("key-*"))) + 1
        for words in (["add"], ["rotate", str(number)]):
            done = self.run_backstop("keys", *words, "--keys", keys)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(house.eventually(lambda: f"key {number} signs" in "".join(self.house.guard.lines("keys: "))))
        name, letter = self.send()
        self.house.guard.kill()
        self.restored(path, "--force")
        self.start()
        self.assertRegex(self.verdict_of(notices.whole_bounce(name, letter), name), "^unproven")

    def test_only_keys_restored_on_an_empty_host_call_nothing_forged(self):
        name, letter = self.send()
        path = self.back_up("keys", "--keys-only")
        whole = self.back_up("whole")
        self.lose("keys", "store")
        self.restored(path)
        self.start()
        self.assertRegex(self.verdict_of(notices.whole_bounce(name, letter), name), "^genuine")
        other = notices.mark()
        self.assertRegex(self.verdict_of(unsigned(other, hours_ago(30)), other), "^unproven")
        self.house.guard.kill()
        self.restored(whole, "--force")
        self.start()

    def test_what_is_damaged_is_moved_aside_and_not_deleted(self):
        path = self.back_up("b3")
        self.house.guard.kill()
        (self.home / "store/ledger.db").write_bytes(b"damaged" * 1000)
        refused = self.restore(path)
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertIn("--force", refused.stderr)
        aside = self.restored(path, "--force")["aside"]
        self.assertEqual(len(aside), 3)
        self.assertIn(b"damaged" * 1000, [(pathlib.Path(place) / "ledger.db").read_bytes() for place in aside
                                          if (pathlib.Path(place) / "ledger.db").exists()])
        self.start()
        self.assertFalse(self.house.guard.lines("ledger: .*damaged"))

    def test_nothing_is_restored_below_a_living_daemon(self):
        path = self.back_up("b4")
        before = set(self.snapshot())
        done = self.restore(path, "--force")
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertIn("a backstopd lives there", done.stderr)
        self.assertEqual(set(self.snapshot()), before)

    def test_what_is_cut_changed_or_hostile_touches_nothing(self):
        path = self.back_up("b5")
        raw = path.read_bytes()
        spoilt = {"cut": raw[:-100], "half": raw[:len(raw) // 2], "changed": raw[:len(raw) // 2] + b"\0\0\0\0" + raw[len(raw) // 2 + 4:],
                  "empty": b"", "text": b"no archive\n" * 100}
        for name, members in {"up": ["../../escaped"], "whole": ["/tmp/backstop-escaped"], "link": ["keys/ring"]}.items():
            out = io.BytesIO()
            with tarfile.open(fileobj=out, mode="w:gz") as tar:
                manifest = (f"backstop-backup 1\ncreated 2026-11-21T00:00:00Z\n"
                            + "".join(f"file {m} 0600 0 {'0' * 64}\n" for m in members)).encode()
                info = tarfile.TarInfo("manifest")
                info.size = len(manifest)
                tar.addfile(info, io.BytesIO(manifest))
                for member in members:
                    info = tarfile.TarInfo(member)
                    if name == "link":
                        info.type, info.linkname = tarfile.SYMTYPE, "/etc/shadow"
                    tar.addfile(info)
            spoilt[name] = out.getvalue()
        # Says that it unpacks to more than any disk holds.
        spoilt["huge"] = gzip.compress(tarfile.TarInfo("manifest").tobuf()[:124] + b"77777777777\0" + b"\0" * 376)
        self.house.guard.kill()
        before = self.snapshot()
        for name, content in spoilt.items():
            with self.subTest(name):
                bad = self.safe / "bad"
                bad.write_bytes(content)
                done = self.restore(bad, "--force")
                self.assertEqual(done.returncode, 78, done.stderr)
                self.assertEqual(self.snapshot(), before)
        self.start()


if __name__ == "__main__":
    house.main()
