"""backstop review, on what a living daemon kept: as a program reads it, and key by key at a terminal."""
import json
import os
import pty
import select
import subprocess
import time
import unittest

from daemon_test import BACKSTOP, await_that
from why_status_test import FORGED, Remembered

LOTTERY = FORGED.replace("cheap watches", "You won \x1b[31m").replace("bot.invalid>", "lottery.invalid>")


class Terminal:
    """The command at a terminal of 100 columns."""

    def __init__(self, test, *arguments):
        parent, child = pty.openpty()
        environment = dict(os.environ, TERM="xterm", COLUMNS="100", LC_ALL="C.UTF-8")
        self.process = subprocess.Popen([BACKSTOP, *arguments], stdin=child, stdout=child, stderr=child, env=environment,
                                        start_new_session=True)
        os.close(child)
        self.parent = parent
        self.seen = ""
        test.addCleanup(self.close)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.parent)

    def read_until(self, text, seconds=20):
        """What came since the last call, up to and with `text`."""
        end = time.monotonic() + seconds
        while text not in self.seen:
            ready, _, _ = select.select([self.parent], [], [], max(0, end - time.monotonic()))
            try:
                more = os.read(self.parent, 65536) if ready else b""
            except OSError:  # the other side is closed
                more = b""
            if not more:
                raise AssertionError(f"{text!r} did not come, but {self.seen!r}")
            self.seen += more.decode(errors="replace")
        at = self.seen.index(text) + len(text)
        out, self.seen = self.seen[:at], self.seen[at:]
        return out

    def press(self, key):
        os.write(self.parent, key.encode())


class Review(Remembered):
    def start_with_groups(self):
        self.start()
        self.send_bounce("4fzIN1", FORGED)
        self.send_bounce("4fzIN2", FORGED, "<bea@example.com>")
        self.send_bounce("4fzIN3", LOTTERY)
        return self.groups(lambda groups: sum(g["messages"] for g in groups) == 3)

    def groups(self, good=lambda groups: True):
        return await_that(lambda: [json.loads(line) for line in self.ask("review", "list", "--json").stdout.splitlines()],
                          good, lambda: f"groups: {self.ask('review', 'list').stdout} {self.daemon.lines()}")

    def test_a_run_is_one_group_with_samples_of_headers_only(self):
        first, second = self.start_with_groups()
        self.assertEqual((first["messages"], first["would_refuse"], first["subject"], first["message_id_host"]),
                         (2, 2, "cheap watches", "bot.invalid"))
        self.assertEqual((first["address_pattern"], first["hints"], first["answer"]), ("x@example.com", [], "open"))
        self.assertEqual(second["messages"], 1)
        shown = json.loads(self.ask("review", "show", first["group"], "--json", code=0).stdout)
        self.assertEqual([s["queue_id"] for s in shown["samples"]], ["4fzIN1", "4fzIN2"])
        text = shown["samples"][0]["text"]
        for part in ("Subject: cheap watches", "Message-ID: spam@bot.invalid", "Status: 5.1.1", "mx9.stranger.test"):
            self.assertIn(part, text)
        self.assertNotIn("Buy.", text)
        self.assertNotIn("could not be delivered", text)
        self.assertEqual(os.stat(f"{self.daemon.socket}.store/review.db").st_mode & 0o777, 0o600)

    def test_an_answer_closes_a_group_is_taken_back_and_changes_no_judgement(self):
        group = self.start_with_groups()[0]["group"]
        self.assertIn("closed", self.ask("review", "not-ours", group[:8], code=0).stdout)
        self.send_bounce("4fzIN4", FORGED)
        answered = self.groups(lambda groups: sum(g["messages"] for g in groups) == 4)[-1]
        self.assertEqual((answered["group"], answered["answer"], answered["messages"]), (group, "not-ours", 3))
        message = self.why("4fzIN4")["messages"][0]
        self.assertEqual((message["verdict"], message["decision"]), ("forged", "mark"))
        self.assertIn("Taken back", self.ask("review", "undo", group, code=0).stdout)
        self.assertEqual(self.groups()[0]["answer"], "open")

    def test_what_is_learnt_of_a_way_out_is_told_and_forgotten_again(self):
        group = self.start_with_groups()[0]
        self.assertEqual(group["paths"], ["example.com message-id:bot.invalid"])
        words = self.daemon.socket.with_name(self.daemon.socket.name + ".store") / "coverage-words"
        learnt = json.loads(self.ask("review", "ours", group["group"], "--json", code=0).stdout)["learnt"]
        self.assertIn("leaves by message-id:bot.invalid and is not signed", " ".join(learnt))
        self.assertRegex(words.read_text(), r"message-id:bot\.invalid ours")
        changed = self.ask("review", "not-ours", group["group"], code=0).stdout
        self.assertIn("is forgotten", " ".join(changed.split()))
        # Who forges a message writes the way out as well: what he wrote must close no way of ours.
        self.assertNotIn("bot.invalid", words.read_text())
        self.assertIn("open again", self.ask("review", "undo", group["group"], code=0).stdout)
        self.assertNotIn("bot.invalid", words.read_text())

    def test_what_the_operator_said_of_a_way_out_before_stays(self):
        group = self.start_with_groups()[0]["group"]
        self.ask("coverage", "example.com", "signs", "message-id:bot.invalid", code=0)
        self.assertIn("you said", " ".join(self.ask("review", "ours", group, code=0).stdout.split()))
        self.ask("review", "undo", group, code=0)
        words = self.daemon.socket.with_name(self.daemon.socket.name + ".store") / "coverage-words"
        self.assertRegex(words.read_text(), r"message-id:bot\.invalid signs")

    def test_at_a_terminal_each_key_does_what_it_says(self):
        first, second = self.start_with_groups()
        terminal = Terminal(self, "review", "--config", self.daemon.config)
        shown = terminal.read_until("q quit")
        for part in ("[1 of 2]", "2 messages", "cheap watches", "no-proof-of-origin"):
            self.assertIn(part, shown)
        terminal.press("s")
        self.assertIn("Message-ID: spam@bot.invalid", terminal.read_until("Message-ID: spam@bot.invalid"))
        terminal.press("n")
        self.assertIn("never sent", terminal.read_until("q quit"))
        self.assertEqual({g["group"]: g["answer"] for g in self.groups()}[first["group"]], "not-ours")
        terminal.press("u")
        self.assertIn("Taken back", terminal.read_until("q quit"))
        self.assertEqual({g["answer"] for g in self.groups()}, {"open"})
        terminal.press("x")
        terminal.read_until("Press o, n, l, s, u or q.")
        terminal.press("o")
        terminal.read_until("[2 of 2]")
        last = terminal.read_until("q quit")
        self.assertNotIn("\x1b[31m", last.replace("\x1b[1;31m", ""))
        terminal.press("l")
        terminal.read_until("2 answered, 0 left open")
        self.assertEqual(terminal.process.wait(20), 0)
        answers = {g["group"]: g["answer"] for g in self.groups()}
        self.assertEqual(answers, {first["group"]: "ours", second["group"]: "later"})

    def test_leaving_at_a_terminal_leaves_the_rest_open(self):
        self.start_with_groups()
        for key in ("q", "\x03", "\x04"):
            terminal = Terminal(self, "review", "--config", self.daemon.config)
            terminal.read_until("q quit")
            terminal.press(key)
            terminal.read_until("0 answered, 2 left open")
            self.assertEqual(terminal.process.wait(20), 1)

    def test_what_is_wrong_is_named(self):
        self.start_with_groups()
        self.assertIn("write list, show", self.ask("review", "lst", code=2).stderr)
        self.assertIn("say of which group", self.ask("review", "ours", code=2).stderr)
        self.assertIn("no such group", self.ask("review", "ours", "0000000000000000", code=1).stderr)
        self.assertIn("no name of a group", self.ask("review", "ours", "%%%%", code=2).stderr)


if __name__ == "__main__":
    unittest.main()
