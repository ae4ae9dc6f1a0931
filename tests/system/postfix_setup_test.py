"""`backstop setup` on a real Postfix: nothing without --apply, everything back when it fails, nothing left after --remove."""

import json
import re
import smtplib
import subprocess

import house
import notices
from trees import loopback
from trees.guard import Guard
from trees.postfix import DOMAIN, Postfix

# A filter that does not run, as an administrator writes such things.
MORE = """
# the filter
smtpd_milters =
    # it does not run
    { inet:127.0.1.254:9,
      default_action=accept }
non_smtpd_milters = $smtpd_milters
header_checks = regexp:/etc/postfix/checks
"""
CHECKS = "/^X-Remove-Me:/ IGNORE\n"
REINJECTED = """\
# back from the filter
{address}:{port} inet n - n - - smtpd
  -o content_filter=
  -o receive_override_options=no_unknown_recipient_checks
"""


class Unguarded(house.House):
    """The house before anybody set it up: Postfix asks nobody, backstopd waits."""

    def __init__(self):
        super().__init__()
        self.postfix = Postfix(house.trees().tree("postfix"), self.folder / "unguarded", self.MAILBOXES,
                               {"else.test": (self.sink.address, self.sink.port)}, milter=False, more=MORE)
        self.guard = Guard(house.backstopd(), self.folder / "state", self.postfix.milter_socket, DOMAIN, "enforce",
                           self.folder / "backstopd.log")
        self.guard.own.append("127.0.0.1")
        room = self.postfix.enclosure
        master = (room.room / "etc/postfix/master.cf").read_text()
        room.write("etc/postfix/master.cf", master.replace("  -o milter_macro_daemon_name=ORIGINATING\n", "")
                   + REINJECTED.format(address=loopback.GUARDED, port=loopback.free_port(loopback.GUARDED)))
        room.write("etc/postfix/checks", CHECKS)

    def inside(self, *words: str) -> subprocess.CompletedProcess:
        """Runs a program of the host that sees the tree as the running Postfix does."""
        return self.postfix.enclosure.run_outside([*words])

    def backstop(self, *words: str) -> subprocess.CompletedProcess:
        return self.inside(str(house.backstop()), words[0], "--root", str(self.postfix.enclosure.tree), *words[1:])


class SetupTest(house.HouseTest):
    """After each test Postfix's configuration is what it was."""

    house: Unguarded

    @classmethod
    def make_house(cls) -> Unguarded:
        return Unguarded()

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.folder = cls.house.postfix.enclosure.room / "etc/postfix"
        cls.original = cls.files()

    @classmethod
    def files(cls) -> dict[str, bytes]:
        """Postfix's configuration; the dated copies are setup's own."""
        return {str(path.relative_to(cls.folder)): path.read_bytes() for path in sorted(cls.folder.rglob("*"))
                if path.is_file() and not path.is_symlink() and "backstop-backup" not in path.parts}

    def tearDown(self) -> None:
        super().tearDown()
        for name in set(self.files()) - set(self.original):
            (self.folder / name).unlink()
        for name in ("main.cf", "master.cf"):
            (self.folder / name).write_bytes(self.original[name])

    def value(self, name: str) -> str:
        return self.house.postfix.enclosure.run(["postconf", "-x", "-h", name]).stdout.strip()


class Setup(SetupTest):
    def apply(self, *words: str) -> subprocess.CompletedProcess:
        done = self.house.backstop("setup", "--apply", *words)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def test_a_dry_run_shows_the_lines_and_changes_nothing(self):
        done = self.house.backstop("setup")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.files(), self.original)
        for line in ("+    unix:backstop/milter.sock,", "+milter_default_action = accept",
                     "+  -o milter_macro_daemon_name=ORIGINATING",
                     "-  -o receive_override_options=no_unknown_recipient_checks",
                     "+  -o receive_override_options=no_unknown_recipient_checks,no_header_body_checks"):
            self.assertIn(line, done.stdout.splitlines())
        self.assertNotIn("-    # it does not run", done.stdout)
        self.assertIn("Nothing is changed yet", done.stdout)

    def test_what_is_applied_is_what_postfix_reads_and_a_second_time_does_nothing(self):
        said = self.apply()
        self.assertIn("postfix check is content", said.stdout)
        self.assertTrue(self.value("smtpd_milters").startswith("unix:backstop/milter.sock, { inet:127.0.1.254:9"))
        self.assertTrue(self.value("non_smtpd_milters").startswith("unix:backstop/milter.sock"))
        self.assertEqual(self.value("milter_default_action"), "accept")
        self.assertEqual(self.value("nested_header_checks"), "regexp:/etc/postfix/checks")
        self.assertEqual(self.value("header_checks"),
                         "regexp:/etc/postfix/backstop_header_checks, regexp:/etc/postfix/checks")
        self.assertIn(b"    # it does not run\n", (self.folder / "main.cf").read_bytes())
        sockets = self.house.postfix.milter_socket.parent.stat()
        self.assertEqual((sockets.st_gid, sockets.st_mode & 0o7777), (self.house.postfix.gid, 0o2750))
        after = self.files()
        again = self.apply()
        self.assertIn("Nothing to do", again.stdout)
        self.assertEqual(self.files(), after)

    def test_the_copy_of_the_files_is_named_and_is_as_they_were(self):
        report = json.loads(self.apply("--json").stdout)
        self.assertEqual(report["state"], "done")
        copy = self.house.postfix.enclosure.room / report["backup"].lstrip("/")
        for name in ("main.cf", "master.cf"):
            self.assertEqual((copy / name).read_bytes(), self.original[name])

    def test_mail_is_signed_and_judged_once_postfix_has_reloaded(self):
        self.apply("--reload")

        def signed() -> str:
            name = notices.mark()
            with self.house.stranger(self.house.postfix.submission_port) as client:
                client.send("anna@shop.test", "ben@shop.test", notices.letter("anna@shop.test", "ben@shop.test", name))
            return "backstop-token" in self.house.arrived(name, "ben").header_names()

        self.assertTrue(house.eventually(signed), "what is handed in at the submission port is ours")
        name = notices.mark()
        with self.house.stranger() as client, self.assertRaises(smtplib.SMTPDataError) as refused:
            client.send("", "anna@shop.test", notices.bounce(name, notices.returned_block(name)))
        self.assertEqual(refused.exception.smtp_code, 550)

    def test_a_foreign_verdict_goes_while_the_daemon_is_down_and_a_returned_one_stays(self):
        self.apply("--reload")
        self.house.guard.stop()
        inner = b"Backstop-Verdict: forged; kind=bounce\nX-Remove-Me: yes\nSubject: inner\n\ntext\n"

        def came():
            name = notices.mark()
            outer = (f"Backstop-Verdict: genuine\nFrom: eve@else.test\nTo: anna@shop.test\nSubject: {name}\n"
                     "MIME-Version: 1.0\nContent-Type: message/rfc822\n\n").encode()
            with self.house.stranger() as client:
                client.send("eve@else.test", "anna@shop.test", outer + inner)
            got = self.house.arrived(name)
            return got if "backstop-verdict" not in got.header_names() else None

        got = house.eventually(came)
        self.assertTrue(got, "the foreign verdict is gone")
        self.assertIn(b"Backstop-Verdict: forged; kind=bounce", got.raw, "what was returned is untouched")
        self.assertNotIn(b"X-Remove-Me", got.raw, "the checks there were hold as before")

    def test_when_postfix_complains_every_file_is_as_it_was(self):
        broken = self.original["main.cf"] + b"default_process_limit = many\n"
        (self.folder / "main.cf").write_bytes(broken)
        done = self.house.backstop("setup", "--apply")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertEqual(self.files(), {**self.original, "main.cf": broken})
        self.assertIn("bad numerical configuration: default_process_limit = many", done.stdout)
        self.assertIn("without our lines as well", done.stdout)

    def test_remove_makes_both_files_what_they_were_byte_for_byte(self):
        self.apply()
        done = self.house.backstop("setup", "--remove")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.files(), self.original)
        self.assertRegex(done.stdout, r"Keep /etc/backstop/keys until \d{4}-\d\d-\d\d \(400 days\)")
        self.assertIn("Nothing to do", self.house.backstop("setup", "--remove").stdout)

    def test_remove_leaves_what_others_changed_since(self):
        self.apply()
        path = self.folder / "main.cf"
        path.write_bytes(path.read_bytes().replace(b"inet:127.0.1.254:9", b"inet:127.0.1.254:19") + b"mail_name = Mine\n")
        self.apply()
        done = self.house.backstop("setup", "--remove")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(path.read_bytes(),
                         self.original["main.cf"].replace(b"inet:127.0.1.254:9", b"inet:127.0.1.254:19") + b"mail_name = Mine\n")
        self.assertEqual((self.folder / "master.cf").read_bytes(), self.original["master.cf"])

    def test_what_was_written_by_hand_before_goes_as_well(self):
        path = self.folder / "main.cf"
        path.write_bytes(self.original["main.cf"].replace(b"    { inet:127.0.1.254:9", b"    unix:backstop/milter.sock\n    { inet:127.0.1.254:9"))
        self.apply()
        done = self.house.backstop("setup", "--remove")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.files(), self.original)

    def test_without_a_record_only_what_is_surely_ours_goes(self):
        self.apply()
        for name in set(self.files()) - set(self.original) - {"backstop_header_checks"}:
            (self.folder / name).unlink()
        done = self.house.backstop("setup", "--remove")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("backstop", self.value("smtpd_milters") + self.value("header_checks"))
        self.assertEqual(self.value("milter_default_action"), "accept")
        self.assertIn("milter_default_action = accept is left as it is", done.stdout)

    def test_a_directory_that_cannot_be_written_is_said_and_nothing_changes(self):
        folder = str(self.house.postfix.enclosure.tree / "etc/postfix")
        self.house.inside("mount", "-o", "remount,bind,ro", folder)
        try:
            done = self.house.backstop("setup", "--apply")
        finally:
            self.house.inside("mount", "-o", "remount,bind,rw", folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn("Read-only file system", done.stderr)
        self.assertEqual(self.files(), self.original)

    def test_a_missing_master_cf_is_named_with_what_to_do(self):
        (self.folder / "master.cf").unlink()
        done = self.house.backstop("setup", "--apply")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"/etc/postfix/master\.cf: is not there.*copy")

    def test_a_linked_main_cf_stays_a_link(self):
        path, real = self.folder / "main.cf", self.folder / "real.cf"
        real.write_bytes(path.read_bytes())
        path.unlink()
        path.symlink_to("/etc/postfix/real.cf")
        try:
            self.apply()
            self.assertTrue(path.is_symlink())
            self.assertIn(b"unix:backstop/milter.sock", real.read_bytes())
        finally:
            path.unlink()

    def test_check_finds_what_setup_mends(self):
        configuration = self.house.folder / "backstop.toml"
        keys = self.house.folder / "state/keys"
        configuration.write_text(
            f'keys.directory = "{keys}"\nmilter.listen = ["unix:/var/spool/postfix/backstop/milter.sock"]\n'
            f'domains."{DOMAIN}".mode = "observe"\n')

        def wrong() -> dict[str, str]:
            done = self.house.backstop("check", "--offline", "--json", "--config", str(configuration))
            findings = json.loads(done.stdout)["findings"]
            return {f["what"]: f["text"] for f in findings if f["severity"] == "wrong"}

        before = wrong()
        self.assertIn("smtpd_milters", before)
        self.assertRegex(before["milter_default_action"], "not set")
        self.assertTrue(any("receive_override_options" in what for what in before))
        self.assertIn("hands back", before["relays.reinject"])
        self.apply()
        configuration.write_text(configuration.read_text() + 'relays.reinject = ["127.0.0.1"]\n')
        after = wrong()
        self.assertNotIn("relays.reinject", after)
        self.assertFalse([what for what in after if re.search("milter|header|override", what)], after)
        self.house.postfix.enclosure.run(["postconf", "-P", f"{loopback.GUARDED}:{self.house.postfix.port}/inet/"
                                                            "milter_default_action=tempfail"])
        self.assertIn('is "tempfail", want "accept"', " ".join(wrong().values()))


if __name__ == "__main__":
    house.main()
