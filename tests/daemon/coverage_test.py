"""backstop coverage, on what a living daemon has learnt: from mail, from what comes back, and by the operator's word."""
import itertools
import json
import re
import time
import unittest

import why_status_test
from daemon_test import PATIENCE, Daemon, await_that
from why_status_test import BOUNCE, FORGED, OUTSIDE, send

# Nothing of coverage stands in the configuration, and nobody is asked.
CONFIG = re.sub(r"coverage = .*\n", "", why_status_test.CONFIG).replace("MODE", "enforce") \
    + "[coverage]\ndns = false\n"
PATH = "message-id:bot.invalid"


class Coverage(why_status_test.Remembered):
    def setUp(self):
        self.daemon = Daemon(self, CONFIG)
        self.daemon.await_line("keys:")
        self.daemon.await_line("listening on")
        self.numbers = itertools.count()

    def coverage(self, *words, code=None):
        done = self.ask("coverage", "example.com", *words, "--json", code=code)
        return json.loads(done.stdout)["domains"][0]

    def await_coverage(self, value):
        return await_that(self.coverage, lambda domain: domain["coverage"] == value, self.coverage)

    def path(self, domain):
        return next((path for path in domain["paths"] if path["path"] == PATH), None)

    def bounce(self, of="nobody@remote.test"):
        """The verdict on a bounce of an unsigned letter to that address, and what was done."""
        queue_id = f"4fzIN{next(self.numbers)}"
        stamp = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
        returned = FORGED.replace("Sat, 1 Aug 2026 10:00:00 +0000", stamp)
        text = BOUNCE.format(returned=returned).replace("nobody@remote.test", of)
        send(self.daemon, OUTSIDE, queue_id, "<>", ["<anna@example.com>"],
             [("From", "MAILER-DAEMON@mx9.stranger.test"), ("To", "anna@example.com"),
              ("Message-ID", f"<{queue_id}@stranger.test>"),
              ("Content-Type", 'multipart/report; report-type=delivery-status; boundary="b"')],
             "--b\nContent-Type: text/plain\n\n" + text)
        message = self.why(queue_id)["messages"][0]
        return message["verdict"], message["decision"]

    def await_bounce(self, judged):
        """Until bounces of what a stranger forged are judged so."""
        await_that(lambda: self.bounce("someone@else.test"), lambda found: found == judged, self.coverage)

    def test_a_domain_is_covered_when_it_signs_and_its_list_is_whole_and_no_longer_with_an_open_path(self):
        self.assertEqual(self.coverage(code=1)["coverage"], "unknown")
        self.send_ours()
        domain = await_that(self.coverage, lambda domain: domain["paths"], self.coverage)
        self.assertEqual((domain["coverage"], domain["whole"]), ("unknown", False))
        self.assertTrue(domain["signing_since"])
        self.assertIn("backstop coverage example.com whole", domain["step"])
        self.assertEqual(self.bounce("someone@else.test"), ("unproven", "mark"))

        self.assertEqual(self.coverage("whole", code=0)["coverage"], "covered")
        self.await_bounce(("forged", "refuse"))
        self.assertIsNone(self.path(self.coverage(code=0)), "its text alone opened a path")

        self.bounce()  # From somebody we write to.
        opened = self.path(self.await_coverage("partly"))
        self.assertEqual((opened["state"], opened["open"], opened["addresses"]),
                         ("unconfirmed", True, ["anna@example.com"]))
        self.assertIn(f"backstop coverage example.com signs {PATH}", opened["step"])
        self.await_bounce(("unproven", "mark"))

        self.assertEqual(self.coverage("not-ours", PATH, code=0)["coverage"], "covered")
        self.await_bounce(("forged", "refuse"))
        self.assertEqual(self.coverage("forget", PATH, code=0)["coverage"], "partly")
        self.assertEqual(self.coverage("not-whole", code=0)["whole"], False)

    def test_wrong_use_is_said(self):
        for words, part in ((("perhaps", PATH), "is no word"), (("ours", "bot.invalid"), "is no path"),
                            (("ours", PATH, "x@else.test"), "is no address of example.com"),
                            (("signs", PATH, "a@example.com"), "takes no addresses"), (("whole", PATH), "not wanted"),
                            (("signs", "here"), "nothing need be said")):
            done = self.ask("coverage", "example.com", *words, code=2)
            self.assertIn(part, done.stderr)
        self.assertIn("is not guarded", self.ask("coverage", "else.test", code=2).stderr)
        self.daemon.process.terminate()  # It would move the file aside.
        self.daemon.process.wait(PATIENCE)
        (self.daemon.folder / "milter.sock.store/coverage-words").write_text("broken")
        self.assertIn("coverage-words", self.ask("coverage", "example.com", "whole", code=78).stderr)


if __name__ == "__main__":
    unittest.main()
