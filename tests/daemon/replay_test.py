"""backstop replay, on what a living daemon judged."""
import json

from why_status_test import FORGED, Remembered


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


class Replay(Remembered):
    def start_with_history(self):
        self.start()
        token = self.send_ours()
        self.send_bounce("4fzIN1", FORGED)
        self.send_bounce("4fzIN2", f"Backstop-Token: {token}\nReceived: from x by y; Sat, 1 Aug 2026 10:00:00 +0000\n"
                         "From: anna@example.com\nMessage-ID: <17@example.com>\n\nHello\n")
        self.why("4fzIN2")

    def test_unchanged_every_decision_is_as_it_was(self):
        self.start_with_history()
        summary, *rest = lines(self.ask("replay", "--json", code=0))
        self.assertEqual((summary["messages"], summary["differ"], rest), (2, 0, []))
        self.assertIn("every verdict, decision and reason is as then", self.ask("replay", code=0).stdout)

    def test_a_mode_is_tried_before_it_is_set(self):
        self.start_with_history()
        summary, *rest = lines(self.ask("replay", "--json", "--mode", "example.com=enforce", code=1))
        self.assertEqual((summary["differ"], summary["harmful"]), (1, 0))
        self.assertEqual(summary["domains"][0]["now"]["refuse"], 1)
        self.assertEqual([(m["queue_id"], m["then"]["decision"], m["now"]["decision"]) for m in rest],
                         [("4fzIN1", "mark", "refuse")])
        page = self.ask("replay", "--mode", "example.com=enforce", code=1).stdout
        for part in ("Replay under --mode example.com=enforce", "refuse 0 -> 1", "4fzIN1  anna@example.com  bounce forged"):
            self.assertIn(part, page)

    def test_a_file_that_would_lose_genuine_mail_is_warned_of_first(self):
        self.start_with_history()
        policy = self.daemon.folder / "new.toml"
        policy.write_text('[domains."example.com"]\nmode = "enforce"\nsends_mail = false\n')
        page = self.ask("replay", "--policy", policy, code=1).stdout
        self.assertLess(page.index("GENUINE MAIL WOULD BE LOST"), page.index("Otherwise than then"))
        self.assertLess(page.index("4fzIN2"), page.index("4fzIN1"))
        summary, first, _ = lines(self.ask("replay", "--json", "--policy", policy, code=1))
        self.assertEqual((summary["harmful"], first["queue_id"], first["harmful"]), (1, "4fzIN2", True))

    def test_a_mode_shows_before_it_is_set_what_it_would_have_done(self):
        self.start_with_history()
        shown = self.ask("mode", "example.com", "enforce").stdout
        self.assertIn("2 messages came to example.com that Backstop judged; it would have refused 1 and held 0", shown)

    def test_exemptions_and_actions_are_tried_too(self):
        self.start_with_history()
        tried = ("--mode", "example.com=enforce")
        for words, decision in ((("--exempt", "anna@example.com"), "accept"), (("--exempt", "203.0.113.0/24"), "accept"),
                                (("--action", "bounce.forged=quarantine"), "quarantine")):
            _, first, *_ = lines(self.ask("replay", "--json", *tried, *words, code=1))
            self.assertEqual(first["now"]["decision"], decision, words)

    def test_what_is_wrong_is_named(self):
        self.start_with_history()
        policy = self.daemon.folder / "new.toml"
        policy.write_text('[domains."example.com"]\nmode = "strict"\n')
        self.assertIn(f"{policy}:2:", self.ask("replay", "--policy", policy, code=78).stderr)
        self.assertIn("other.org is not guarded", self.ask("replay", "--mode", "other.org=enforce", code=78).stderr)
        self.assertIn("write it as", self.ask("replay", "--action", "bounce=mark", code=78).stderr)
        self.assertIn("--since", self.ask("replay", "--since", "soon", code=2).stderr)

    def test_without_a_history_it_says_so(self):
        daemon = self.start()
        done = self.ask("replay", "--set", f'store.directory="{daemon.folder}/none"', code=1)
        self.assertIn("There is no history", done.stderr)
