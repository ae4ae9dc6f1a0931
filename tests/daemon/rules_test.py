"""backstop rules, and what a living daemon makes of them."""
import json
import pathlib
import socketserver
import threading
import unittest

from daemon_test import BACKSTOP, await_that, run
from why_status_test import FORGED, Remembered

# Too little to have carried a token: nobody can tell, but for the run's subject.
FRAGMENT = "From: anna@example.com\nSubject: Cheap watches\nMessage-ID: <1@bot.invalid>\n"


class Smtp(socketserver.StreamRequestHandler):
    """Knows anna@ and the postmaster alone; or takes anybody, or nobody."""
    takes_anybody = False
    takes_nobody = False

    def handle(self):
        self.wfile.write(b"220 mail.test\r\n")
        for line in self.rfile:
            known = (b"<anna@" in line or b"<postmaster@" in line or self.takes_anybody) and not self.takes_nobody
            if line.upper().startswith(b"RCPT") and not known:
                self.wfile.write(b"550 5.1.1 unknown\r\n")
            else:
                self.wfile.write(b"250 ok\r\n")


def codes(answers):
    return [code for code, _ in answers]


class Rules(Remembered):
    def store(self):
        return next(path for path in pathlib.Path(self.daemon.folder).iterdir() if path.name.endswith(".store"))

    def add(self, *arguments, code=0):
        return self.ask("rules", "add", "example.com", "--reason", "the flood", "--yes", "--json", *arguments, code=code)

    def rule(self, name, good=lambda rule: True):
        return await_that(lambda: json.loads(self.ask("rules", "show", name, "--json", code=0).stdout), good,
                          lambda: f"{self.daemon.lines()}")

    def refused(self, returned=FRAGMENT, recipient="<anna@example.com>"):
        answers = self.send_bounce("4fzIN9", returned, recipient)
        return [payload for code, payload in answers if code == b"y"]

    def await_refusal(self, wanted=True):
        await_that(self.refused, lambda found: bool(found) == wanted, lambda: f"{self.daemon.lines()}")

    def test_a_rule_refuses_its_run_keeps_samples_counts_and_ends(self):
        self.start("enforce")
        self.assertFalse(self.refused())
        self.why("4fzIN9")
        made = json.loads(self.add("--subject", "Re: cheap  WATCHES").stdout)
        self.assertEqual((made["rule"], made["preview"]["fit"], made["preview"]["refused"], made["preview"]["proved"]),
                         ("r1", 1, 1, 0))
        self.await_refusal()
        # A full original without a token is forged as ever, whatever the rule says of it.
        self.assertTrue(self.refused(FORGED))
        self.assertFalse(self.refused("From: anna@example.com\nSubject: Minutes\n"))
        rule = self.rule("r1", lambda rule: rule["refused"] >= 1)
        self.assertEqual((rule["held"], rule["would"], rule["author"] != ""), (0, 0, True))
        kept = await_that(lambda: sorted(self.store().glob("samples/*.mbox")), bool, lambda: "no sample")
        read = await_that(lambda: run(BACKSTOP, "read", "--json", *map(str, kept)).stdout.splitlines(),
                          lambda lines: len(lines) >= 2, lambda: "too few samples")
        self.assertEqual({json.loads(line)["kind"] for line in read}, {"bounce"})
        self.assertIn("r1 is over", self.ask("rules", "remove", "r1", code=0).stdout)
        self.await_refusal(False)
        self.assertIn("No rule is in force", self.ask("rules", "list", code=0).stdout)
        self.assertIn("r1     refuse     over", self.ask("rules", "list", "--all", code=0).stdout)
        self.daemon.await_line("rule r1 of example.com ended: held 0, refused")

    def test_a_valve_closes_the_domain_and_says_how_many_were_not_kept(self):
        self.start("enforce")
        token = self.send_ours()
        self.add("--valve", "--for", "2h")
        self.await_refusal()
        rule = self.rule("r1", lambda rule: rule["refused"] >= 1)
        self.assertEqual(rule["unkept"], 0)
        # There is room for a copy, so it is looked at to its end, where a proof is seen.
        self.assertFalse(self.refused(f"Backstop-Token: {token}\nFrom: anna@example.com\n"))
        self.assertFalse(self.refused(recipient="<postmaster@example.com>"))

    def test_without_room_for_copies_a_valve_refuses_at_rcpt(self):
        self.start("enforce")
        self.daemon.config.write_text(self.daemon.config.read_text() + "[sample]\nper_minute = 0\n")
        self.daemon.process.send_signal(1)
        self.daemon.await_line("the new configuration is in force")
        self.add("--valve", "--for", "2h")
        self.await_refusal()
        rule = self.rule("r1", lambda rule: rule["unkept"] >= 1)
        self.assertEqual(rule["unkept"], rule["refused"])
        self.assertFalse((self.store() / "samples").exists())

    def test_in_observe_nothing_is_refused_and_what_would_be_is_counted(self):
        self.start()
        self.add("--subject", "Cheap watches")
        await_that(lambda: (self.refused(), json.loads(self.ask("rules", "show", "r1", "--json").stdout))[1],
                   lambda rule: rule["would"] >= 1, lambda: f"{self.daemon.lines()}")
        self.assertFalse(self.refused())

    def test_the_card_says_what_it_does_and_nothing_happens_unasked(self):
        self.start()
        done = self.ask("rules", "add", "example.com", "--subject", "Cheap watches", "--reason", "x", code=2)
        for part in ("price", "preview", "observes", 'returns "cheap watches"'):
            self.assertIn(part, done.stdout)
        self.assertIn("--yes", done.stderr)
        self.assertIn("No rule is in force", self.ask("rules", "list", code=0).stdout)

    def test_what_is_wrong_is_said(self):
        self.start()
        for words, code, part in (
                (("--kind", "bounce"), 2, "what tells its run"), (("--subject", "x", "--for", "49h"), 2, "ends after 2d"),
                (("--valve", "--for", "25h"), 2, "ends after 1d"), (("--valve", "--subject", "x"), 2, "whole domain"),
                (("--subject", "x", "--kind", "bounces"), 2, "wants one of"),
                (("--address", "x@other.test"), 2, "no address of example.com"),
                (("--address", "x@example.com", "--server", "127.0.0.1:9"), 75, "--unused")):
            self.assertIn(part, self.add(*words, code=code).stderr, words)
        self.assertIn("no guarded domain", self.ask("rules", "add", "other.test", "--subject", "x", "--reason", "y",
                                                    "--yes", code=2).stderr)
        self.assertIn("not in force", self.ask("rules", "remove", "r9", code=1).stderr)
        self.assertIn("no rule's name", self.ask("rules", "show", "seven", code=2).stderr)

    def test_an_address_in_use_is_never_closed(self):
        self.start()
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        where = ("--server", f"127.0.0.1:{server.server_address[1]}")
        self.assertIn("exists", self.add("--address", "anna@example.com", "--unused", *where, code=1).stderr)
        self.assertEqual(json.loads(self.add("--address", "qx7@example.com", *where).stdout)["address"], "qx7@example.com")
        Smtp.takes_anybody = True
        self.addCleanup(setattr, Smtp, "takes_anybody", False)
        self.assertIn("takes any address", self.add("--address", "qx8@example.com", *where, code=1).stderr)
        self.add("--address", "qx8@example.com", "--unused", *where)
        # A server that does not let us in says nothing of who exists.
        Smtp.takes_nobody = True
        self.addCleanup(setattr, Smtp, "takes_nobody", False)
        self.assertIn("not even its postmaster", self.add("--address", "anna@example.com", *where, code=1).stderr)

    def test_a_damaged_history_keeps_nobody_from_closing_a_valve(self):
        self.start("enforce")
        self.daemon.process.kill()
        self.daemon.process.wait()
        for part in self.store().glob("history.db*"):
            part.write_bytes(b"not a database at all" * 100)
        done = self.add("--valve")
        self.assertIn("cannot be told", done.stderr)
        self.assertEqual(json.loads(done.stdout)["rule"], "r1")

    def test_a_damaged_file_leaves_the_rules_read_before_in_force(self):
        self.start("enforce")
        self.add("--subject", "Cheap watches")
        self.await_refusal()
        rules = self.store() / "rules"
        rules.write_text(rules.read_text().replace("refuse", "refusf"))
        self.daemon.await_line("rules-unreadable")
        self.assertTrue(self.refused())
        self.assertIn("changed by hand", self.ask("rules", "list", code=78).stderr)
        self.assertIn("changed by hand", self.add("--subject", "y", code=1).stderr)


if __name__ == "__main__":
    unittest.main()
