"""`backstop mode`: what it means first, one value changed, and the daemon told."""
import json
import os
import pty
import re
import subprocess
import tempfile
import unittest

from daemon_test import BACKSTOP, Daemon, run

CONFIG = """\
# ours
store.directory = "STORE"
keys.directory = "{keys}"
milter.listen = ["unix:{socket}"]
[domains."a.test"] # since May
coverage = "covered"
mode = "observe" # slowly
"""


class Mode(unittest.TestCase):
    def setUp(self):
        store = tempfile.TemporaryDirectory(prefix="backstop-store-")
        self.addCleanup(store.cleanup)
        self.daemon = Daemon(self, CONFIG.replace("STORE", store.name))
        self.daemon.await_line("listening")
        self.before = self.daemon.config.read_text()

    def mode(self, *words):
        return run(BACKSTOP, "mode", "--config", self.daemon.config, *words)

    def test_one_word_changes_and_a_living_daemon_reads_it(self):
        self.assertTrue(self.daemon.connect())
        done = self.mode("A.Test", "off", "--yes")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.daemon.config.read_text(), self.before.replace('"observe" #', '"off" #'))
        self.assertEqual((self.daemon.folder / "backstop.toml.before").read_text(), self.before)
        self.assertIn("was told to read it", done.stdout)
        self.daemon.await_line("the new configuration is in force")
        self.assertEqual(json.loads(self.mode("a.test", "--json").stdout)["mode"], "off")

    def test_enforce_waits_until_it_is_safe_and_says_for_what(self):
        done = self.mode("a.test", "enforce", "--yes")
        self.assertEqual(done.returncode, 1)
        self.assertIn("refused with 550", done.stdout)
        self.assertRegex(done.stdout, r"signing_since: .*\n\s+What to do: ")
        self.assertNotIn("coverage:", done.stdout)
        self.assertEqual(self.daemon.config.read_text(), self.before)
        forced = self.mode("a.test", "enforce", "--yes", "--force")
        self.assertEqual(forced.returncode, 0)
        self.assertIn("FORCED", forced.stderr)
        written = self.daemon.config.read_text()
        self.assertRegex(written, r"(?m)^forced_until = \d{4}-")
        self.assertEqual(re.sub(r"(?m)^forced_until = .*\n", "", written), self.before.replace('"observe"', '"enforce"'))

    def test_where_nobody_can_be_asked_nothing_is_changed(self):
        done = subprocess.run([BACKSTOP, "mode", "--config", self.daemon.config, "a.test", "off"], text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--yes", done.stderr)
        self.assertEqual(self.daemon.config.read_text(), self.before)

    def ask(self, answer):
        ours, theirs = pty.openpty()
        with os.fdopen(ours, "wb", buffering=0) as keyboard:
            keyboard.write(answer)
            done = subprocess.run([BACKSTOP, "mode", "--config", self.daemon.config, "a.test", "off"], stdin=theirs,
                                  capture_output=True, text=True, check=False, timeout=60)
            os.close(theirs)
        return done.returncode

    def test_on_a_terminal_it_asks_and_only_yes_is_yes(self):
        for answer in (b"\n", b"no\n", b"n\n"):
            self.assertEqual(self.ask(answer), 1, answer)
            self.assertEqual(self.daemon.config.read_text(), self.before)
        self.assertEqual(self.ask(b"y\n"), 0)
        self.assertNotEqual(self.daemon.config.read_text(), self.before)


if __name__ == "__main__":
    unittest.main()
