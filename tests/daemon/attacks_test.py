"""A living daemon under attack: the alarm, what fits the run, and what stays as it was."""
import pathlib
import struct
import unittest

from daemon_test import await_that, packet
from why_status_test import BOUNCE, Remembered, send

SPAM = ("Received: from bot.invalid ([198.51.100.7]) by mx.stranger.test; Mon, 16 Nov 2026 10:00:00 +0000\n"
        "From: sales@spam.test\nSubject: Cheap watches for all\nMessage-ID: <1@bot.spam.test>\n"
        "Date: Mon, 16 Nov 2026 10:00:00 +0000\n")
# Too little to have carried a token.
FRAGMENT = "From: sales@spam.test\nSubject: Cheap watches for all\n"
OTHER = "From: anna@example.com\nSubject: Minutes of our meeting\n"


def stranger(number):
    return packet(b"C", b"mx.stranger.test\x004" + struct.pack(">H", 25) + f"203.0.113.{number}".encode() + b"\x00")


class Attack(Remembered):
    def bounce(self, number, returned):
        """The codes of its answers: y refused, q held."""
        fields = [("From", "MAILER-DAEMON@mx.stranger.test"), ("To", "<anna@example.com>"), ("Message-ID", "<dsn@stranger.test>"),
                  ("Content-Type", 'multipart/report; report-type=delivery-status; boundary="b"')]
        text = "--b\nContent-Type: text/plain\n\n" + BOUNCE.format(returned=returned)
        answers = send(self.daemon, stranger(number), f"4fz{number}", "<>", ["<anna@example.com>"], fields, text)
        return {code for code, _ in answers} & {b"y", b"q"}

    def flood(self):
        for number in range(1, 31):
            self.bounce(number, SPAM)
        self.daemon.await_line("backscatter-attack")

    def test_an_attack_holds_what_fits_its_run_and_nothing_else(self):
        self.start("enforce")
        self.assertEqual(self.bounce(200, FRAGMENT), set())
        self.flood()
        await_that(lambda: self.bounce(201, FRAGMENT), lambda found: found == {b"q"}, lambda: f"{self.daemon.lines()}")
        self.assertEqual(self.bounce(202, OTHER), set())

    def test_an_attack_is_known_after_the_daemon_stopped(self):
        self.start("enforce")
        self.flood()
        self.daemon.process.terminate()
        self.daemon.process.wait(60)
        store = next(path for path in pathlib.Path(self.daemon.folder).iterdir() if path.name.endswith(".store"))
        self.assertIn("alarm backscatter example.com", (store / "watch").read_text())

    def test_in_observe_nothing_is_held(self):
        self.start()
        self.flood()
        self.assertEqual(self.bounce(201, FRAGMENT), set())


if __name__ == "__main__":
    unittest.main()
