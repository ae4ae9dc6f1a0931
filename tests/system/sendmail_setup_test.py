"""`backstop setup --mta sendmail` below a root of its own, and what it writes in Debian's stock sendmail.mc."""

import json
import shutil
import socket
import subprocess
import unittest

import house
from trees import loopback
from trees.enclosure import Enclosure

_BACKSTOP = str(house.backstop())
_FILE = "etc/mail/m4/backstop.m4"
_LINE = "include(`/etc/mail/m4/backstop.m4')dnl"
_CONFIGURATION = """\
[domains."shop.test"]
tag = "prvs"
[domains."dnl.test"]
"""
_WITHOUT_TAGS = _CONFIGURATION.replace('tag = "prvs"\n', "")
_MAP = "local:/run/backstop/map.sock"


class Setup(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = house.room()
        self.addCleanup(shutil.rmtree, self.folder)
        self.room = Enclosure(house.trees().tree("sendmail"), self.folder / "room", loopback.NAMES, "mx.shop.test")
        self.etc = self.room.own("etc/mail")
        for folder in ("var/spool/mqueue", "var/lib/sendmail", "var/log"):
            self.room.own(folder)
        self.written = self.room.room / _FILE
        self.macros = self.etc / "sendmail.mc"
        self.config = self.folder / "backstop.toml"
        self.config.write_text(_CONFIGURATION)

    def setup_(self, *words: str) -> tuple[int, dict]:
        done = subprocess.run([_BACKSTOP, "setup", "--mta", "sendmail", "--json", "--root", str(self.room.room),
                               "--config", str(self.config), *words], capture_output=True, text=True, timeout=60)
        self.assertTrue(done.stdout, done.stderr)
        return done.returncode, json.loads(done.stdout)

    def include(self) -> None:
        stock = self.macros.read_text()
        self.macros.write_text(stock.replace("\nMAILER_DEFINITIONS", f"\n{_LINE}\nMAILER_DEFINITIONS", 1))
        self.assertIn(_LINE, self.macros.read_text())

    def test_nothing_is_written_without_apply(self):
        code, said = self.setup_()
        self.assertEqual((code, said["state"]), (1, "proposed"))
        self.assertFalse(self.written.exists())
        self.assertIn("+Kunsign socket local:/run/backstop/map.sock", said["diff"])

    def test_the_file_is_written_and_the_line_said_until_it_is_there(self):
        self.assertEqual(self.setup_("--apply")[1]["state"], "done")
        code, said = self.setup_("--apply")
        self.assertEqual((code, said["state"], said["line"]), (1, "by-hand", _LINE))
        self.include()
        self.assertEqual(self.setup_()[1]["state"], "nothing-to-do")

    def test_tags_that_were_chosen_otherwise_in_the_configuration_are_said(self):
        said = self.setup_("--tag", "subaddress")[1]
        self.assertIn('Write tag = "subaddress" into [domains."dnl.test"] in backstop.toml', said["next"])
        self.assertIn('Take tag out of [domains."shop.test"] in backstop.toml', self.setup_("--tag", "none")[1]["next"])

    def test_the_file_stays_as_long_as_the_line_that_needs_it(self):
        self.setup_("--apply")
        stock = self.macros.read_text()
        self.include()
        remove = ("--remove", "--tag", "none", "--force")
        self.assertEqual(self.setup_(*remove)[1]["state"], "by-hand")
        self.assertTrue(self.written.exists())
        self.macros.write_text(stock)
        self.assertEqual(self.setup_(*remove)[1]["state"], "done")
        self.assertFalse(self.written.exists())
        self.assertEqual(self.setup_(*remove)[1]["state"], "nothing-to-do")

    def test_what_takes_tags_off_stays_400_days_behind_the_last_tag(self):
        self.setup_("--apply")
        self.config.write_text(_WITHOUT_TAGS)
        last = self.room.room / "var/lib/backstop/last-tag"
        last.parent.mkdir(parents=True, exist_ok=True)
        remove = [_BACKSTOP, "setup", "--mta", "sendmail", "--root", str(self.room.room), "--config", str(self.config),
                  "--remove", "--tag", "none"]
        for day, stays in (("2026-11-01", True), ("2020-11-01", False)):
            last.write_text(f"{day}T00:00:00Z\n")
            with self.subTest(day=day):
                done = subprocess.run(remove, capture_output=True, text=True, timeout=60)
                self.assertEqual("would lose answers to tagged senders" in done.stderr, stays, done.stderr)
                self.assertEqual(self.written.exists(), stays)

    def test_tags_come_off_until_that_is_taken_out_as_well(self):
        self.setup_("--apply")
        self.include()
        self.assertEqual(self.setup_("--remove", "--dry-run")[1]["state"], "proposed")
        self.assertEqual(self.setup_("--remove")[1]["state"], "done")
        left = self.written.read_text()
        self.assertNotIn("INPUT_MAIL_FILTER", left)
        self.assertIn("Kunsign", left)
        self.assertEqual(self.setup_("--remove")[1]["state"], "nothing-to-do")
        self.assertEqual(self.setup_("--apply")[1]["state"], "done")
        self.assertIn("INPUT_MAIL_FILTER", self.written.read_text())

    def test_tags_still_come_off_when_the_configuration_no_longer_has_them(self):
        self.setup_("--apply")
        self.include()
        before = self.written.read_text()
        self.config.write_text(_WITHOUT_TAGS)
        for words in ((), ("--tag", "none"), ("--tag", "subaddress")):
            self.setup_("--apply", *words)
            self.assertEqual(self.written.read_text(), before, words)
        self.assertNotIn("advice", [severity for severity, _ in self.check()])
        self.setup_("--remove")
        self.setup_("--apply")
        self.assertEqual(self.written.read_text(), before)

    def test_no_tags_are_taken_off_where_none_were_asked_for(self):
        self.setup_("--apply", "--tag", "none")
        self.assertNotIn("Kunsign", self.written.read_text())

    def test_a_file_of_an_older_version_keeps_taking_tags_off(self):
        self.setup_("--apply")
        self.include()
        new = self.written.read_text()
        older = new.replace("# An authentic tag, of any age, comes off.\n", "").replace("451 The tag", "451 A tag")
        self.assertNotEqual(older, new)
        self.written.write_text(older)
        self.setup_("--remove")
        self.assertIn("Kunsign", self.written.read_text())
        self.config.write_text(_WITHOUT_TAGS)
        self.setup_("--apply")
        self.assertEqual(self.written.read_text(), new)

    def test_the_map_is_asked_beside_the_milter_where_no_other_place_is_named(self):
        self.assertFalse([line for line in self.setup_()[1]["next"] if "doors" in line])
        self.config.write_text('[milter]\nlisten = ["unix:/var/lib/backstop/milter.sock"]\n' + _CONFIGURATION)
        said = self.setup_()[1]
        self.assertIn("+Kunsign socket local:/var/lib/backstop/map.sock", said["diff"])
        self.assertFalse([line for line in said["next"] if "doors" in line])
        self.config.write_text('[milter]\nlisten = ["inet:127.0.0.1:8891"]\n' + _CONFIGURATION)
        self.assertIn('Write doors.socketmap = ["unix:/run/backstop/map.sock"] into backstop.toml', self.setup_()[1]["next"])

    def test_check_asks_whether_the_map_is_answered(self):
        self.setup_("--apply")
        self.include()
        self.assertEqual(self.check(_MAP), [("wrong", "nobody answers where Sendmail asks about tagged addresses")])
        folder = self.room.room / "run/backstop"
        folder.mkdir(parents=True)
        with socket.socket(socket.AF_UNIX) as desk:
            desk.bind(str(folder / "map.sock"))
            desk.listen()
            self.assertEqual(self.check(_MAP), [("good", "takes tags off for Sendmail")])

    def check(self, what: str = "sendmail") -> list[tuple[str, str]]:
        """What `backstop check` says of Sendmail: severity and text."""
        done = subprocess.run([_BACKSTOP, "check", "--json", "--offline", "--root", str(self.room.room), "--config",
                               str(self.config)], capture_output=True, text=True, timeout=60)
        return [(one["severity"], one["text"]) for one in json.loads(done.stdout)["findings"] if one["what"] == what]

    def test_check_says_what_is_missing_step_by_step(self):
        self.assertEqual(self.check(), [("wrong", "/etc/mail/sendmail.mc names Backstop nowhere")])
        self.setup_("--apply", "--tag", "none")
        self.include()
        self.assertEqual([severity for severity, _ in self.check()], ["wrong", "wrong"])
        self.assertIn(("wrong", "does not know tagged recipients"), self.check())
        self.setup_("--apply")
        self.assertEqual(self.check(), [("wrong", "/etc/mail/sendmail.cf does not name our milter")])
        self.room.start(["sleep", "600"])
        self.addCleanup(self.room.stop)
        self.assertTrue(house.eventually(lambda: self.room.run(["test", "-e", f"/{_FILE}"]).returncode == 0))
        self.room.run(["sh", "-c", "m4 /etc/mail/sendmail.mc > /etc/mail/sendmail.cf"])
        self.assertEqual(self.check(), [("good", "/etc/mail/sendmail.cf names our milter, and takes tags off")])
        self.config.write_text(_CONFIGURATION + '[domains."more.test"]\n')
        self.assertEqual(self.check()[0], ("advice", "/etc/mail/m4/backstop.m4 is not what setup would write now"))

    def test_debians_stock_configuration_takes_the_line(self):
        self.setup_("--apply")
        self.include()
        self.room.start(["sleep", "600"])
        self.addCleanup(self.room.stop)
        house.eventually(lambda: self.room.run(["test", "-e", f"/{_FILE}"]).returncode == 0)
        asked = ("check_rcpt <prvs=1234abcdef=anna@shop.test>\ncheck_rcpt <@else.test:prvs=1234abcdef=anna@shop.test>\n"
                 "$={Backstop}\n3,0 prvs=1234abcdef=anna@else.test\n3,0 anna@shop.test\n"
                 # Sendmail does not know this domain, and ends it without a dot.
                 "3,0 prvs=1234abcdef=anna@shop.test\n")
        done = self.room.run(["sh", "-ec", "m4 /etc/mail/sendmail.mc > /tmp/x.cf; sendmail -C /tmp/x.cf -bt"], asked)
        # Nobody listens: what has a tag of ours is put off, and nothing else is asked about.
        self.assertEqual(done.stdout.count("Local_check_rcpt returns: $# error $@ 4 . 3 . 0"), 2, done.stdout)
        self.assertEqual(done.stdout.count('socket map "unsign"'), 1, done.stdout)
        self.assertIn("dnl.test", done.stdout)


if __name__ == "__main__":
    house.main()
