"""The ready rules in conf/, tried with the programs they are for: Dovecot's Sieve, and SpamAssassin."""

import pathlib
import re
import shutil
import unittest

import house
from trees.enclosure import Enclosure
from trees.loopback import NAMES

_CONF = house.ROOT / "conf"
_VERDICTS = ("genuine", "late", "replayed", "forged", "unproven")
_FILED = {"replayed", "forged"}
_DOVECOT = """\
protocols =
mail_location = maildir:/var/mail/anna
first_valid_uid = 0
postmaster_address = postmaster@shop.test
hostname = mx.shop.test
log_path = /tmp/dovecot.log
lda_mailbox_autocreate = yes
"""
# As root it would ask for a user's data.
_DELIVER = ["setpriv", "--reuid=8", "--regid=8", "--clear-groups", "env", "HOME=/var/mail", "USER=mail",
            "/usr/lib/dovecot/dovecot-lda", "-e"]
# Her own script, which the one before must spare what it files.
_OWN = 'require "imap4flags";\naddflag "own";\n'
_MESSAGE = """\
From: mailer-daemon@else.test
To: anna@shop.test
Subject: Undelivered mail
Date: Sat, 21 Nov 2026 12:00:00 +0000
Message-ID: <{verdict}@else.test>
{field}
It could not be delivered.
"""


def message(verdict: str) -> str:
    field = f"Backstop-Verdict: {verdict}; score=50; kind=bounce; reason=any\n" if verdict else ""
    return _MESSAGE.format(verdict=verdict or "none", field=field)


def without_comments(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


class RoomTest(unittest.TestCase):
    tree = ""

    def setUp(self) -> None:
        folder = house.room()
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.room = Enclosure(house.trees().tree(self.tree), folder / "room", NAMES, "mx.shop.test")
        self.addCleanup(self.room.stop)
        self.prepare()
        self.room.own("ready")
        self.room.start(["sh", "-c", "touch /ready/yes && exec sleep 600"])
        self.assertTrue(house.eventually((self.room.room / "ready/yes").exists), self.room.last_words())

    def prepare(self) -> None:
        raise NotImplementedError

    def run_well(self, command: list[str], text: str = "") -> str:
        done = self.room.run(command, text)
        self.assertEqual(done.returncode, 0, f"{command}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr


class Sieve(RoomTest):
    tree = "dovecot"

    def prepare(self) -> None:
        for folder in ("etc/dovecot", "var/mail", "tmp"):
            self.room.own(folder, 0o777)
        self.room.write("etc/dovecot/dovecot.conf",
                        _DOVECOT + (_CONF / "dovecot/90-backstop.conf").read_text()
                        + "plugin {\n  sieve = /etc/dovecot/own.sieve\n}\n")
        self.room.write("etc/dovecot/sieve-before.d/backstop.sieve", (_CONF / "sieve/backstop.sieve").read_text())
        self.room.write("etc/dovecot/own.sieve", _OWN)

    def test_what_is_not_genuine_lies_in_its_folder_and_all_else_in_the_inbox(self):
        self.run_well(["sievec", "/etc/dovecot/sieve-before.d/backstop.sieve"])
        for verdict in (*_VERDICTS, ""):
            self.run_well(_DELIVER, message(verdict))
        found = self.run_well(["grep", "-rh", "^Message-ID:", "/var/mail/anna/.Backscatter/new"])
        self.assertEqual(set(re.findall(r"<(\w+)@", found)), _FILED)
        # Her own script has flagged these, and no other.
        found = self.run_well(["grep", "-rh", "^Message-ID:", "/var/mail/anna/cur", "/var/mail/anna/new"])
        self.assertEqual(set(re.findall(r"<(\w+)@", found)), {*_VERDICTS, "none"} - _FILED)
        for folder, count in ((".Backscatter/", 0), ("", 4)):
            flagged = self.run_well(["find", f"/var/mail/anna/{folder}cur", f"/var/mail/anna/{folder}new",
                                     "-name", "*:2,*a*"])
            self.assertEqual(len(flagged.splitlines()), count, flagged)


class SpamAssassin(RoomTest):
    tree = "spamassassin"

    def prepare(self) -> None:
        for folder in ("etc/spamassassin", "tmp", "root"):
            self.room.own(folder)
        self.room.write("etc/spamassassin/backstop.cf", (_CONF / "spamassassin/backstop.cf").read_text())

    def test_it_has_no_complaint(self):
        self.assertEqual(self.run_well(["spamassassin", "--lint", "--local"]), "")

    def test_a_verdict_counts_for_what_it_says(self):
        wanted = {"genuine": ("GENUINE", "-2.0"), "late": None, "replayed": ("UNPROVEN", "1.0"),
                  "unproven": ("UNPROVEN", "1.0"), "forged": ("FORGED", "4.0"), "": None}
        for verdict, rule in wanted.items():
            done = self.room.run(["spamassassin", "--local", "--test-mode"], message(verdict))
            hits = re.findall(r"^\s*(-?[0-9.]+) BACKSTOP_(\w+)", done.stdout, re.MULTILINE)
            self.assertEqual(hits, [(rule[1], rule[0])] if rule else [], f"{verdict}: {done.stdout}{done.stderr}")


class Pages(unittest.TestCase):
    """What another test tries with the real program is what lies here."""

    def test_the_rules_for_rspamd_are_those_that_its_own_test_sets_up(self):
        page = (house.ROOT / "docs/neighbours/rspamd.md").read_text()
        tried = re.search(r"`/etc/rspamd/local.d/regexp.conf`:\n\n```\n(.*?)```", page, re.DOTALL).group(1)
        self.assertEqual(without_comments((_CONF / "rspamd/regexp.conf").read_text()), without_comments(tried))

    def test_what_may_be_genuine_is_filed_by_choice_alone_and_no_verdict_passes_the_filter(self):
        for path in ("sieve/backstop.sieve", "exchange/backstop.ps1"):
            text = (_CONF / path).read_text()
            rules = "\n".join(without_comments(text))
            for verdict in ("forged", "replayed"):
                self.assertIn(verdict, rules, path)
            for verdict in ("unproven", "genuine", "late"):
                self.assertNotIn(verdict, rules, path)
            self.assertRegex(text, r"# WARNING: genuine bounces are among it")
        outlook = (_CONF / "outlook/rule.txt").read_text()
        self.assertNotIn("unproven", outlook.split("WARNING")[0].split("To file")[0])
        self.assertNotRegex((_CONF / "exchange/backstop.ps1").read_text(), "-SetSCL (-|0)")

    def test_every_rule_says_what_it_does_where_it_goes_and_how_it_was_tried(self):
        for path in sorted(_CONF.glob("*/*")):
            head = path.read_text()[:1500]
            for words in ("What it does:", "Where it goes:", "How it was tried:"):
                self.assertIn(words, head, path)


if __name__ == "__main__":
    house.main()
