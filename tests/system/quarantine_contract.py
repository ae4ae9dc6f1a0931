"""What `backstop quarantine` must do, whichever mail server holds the mail: one contract for all of them."""

import datetime
import json
import pathlib
import re
import subprocess

import house
import notices
from trees.postfix import DOMAIN

# What the servers answer to a message they took: Postfix, Exim, Sendmail.
_QUEUED = re.compile(r"queued as (\w+)|id=(\S+)|2\.0\.0 (\w+) Message")

# Of packaging/debian/backstop.backstop-quarantine.service, and what `--root` needs.
_UNIT = house.ROOT / "packaging/debian/backstop.backstop-quarantine.service"
_NAMED = re.search(r"(?m)^CapabilityBoundingSet=(.*)$", _UNIT.read_text())[1].lower().split()
_CAPABILITIES = ",".join(["-all", *(name.replace("cap_", "+") for name in _NAMED), "+sys_chroot"])


def delayed(name: str) -> bytes:
    """A report of a delay that returns nothing: unproven, and the houses of these tests hold such."""
    content = notices.bounce(name, None).replace(b"Action: failed", b"Action: delayed")
    return content.replace(b"Status: 5.1.1", b"Status: 4.4.1")


class Contract:
    """Mixed into a HouseTest. Whoever does says how an administrator holds a message, and how old one can be made."""

    house: house.ServerHouse

    def hold_by_hand(self) -> str:
        """A message that an administrator held: its queue id."""
        raise NotImplementedError

    def age(self, queue_id: str, days: int) -> None:
        """Makes a held message as old as that, in the queue and in the book."""
        raise NotImplementedError

    def age_in_file(self, queue_id: str, path: pathlib.Path, stamp: bytes, days: int) -> None:
        """The same where the server's own file says in seconds, the first group of `stamp`, when a message arrived."""
        found = re.search(stamp, path.read_bytes())
        arrived = datetime.datetime.fromtimestamp(int(found[1]) - days * 86400, datetime.timezone.utc)
        with open(path, "r+b") as file:
            file.seek(found.start(1))
            file.write(b"%d" % int(arrived.timestamp()))
        self.age_in_book(queue_id, arrived)

    def held_ids(self) -> set[str]:
        """What the server itself says that it holds."""
        raise NotImplementedError

    def enclosure(self):
        return self.house.server.enclosure

    def command(self, *words: str, more: dict | None = None) -> subprocess.CompletedProcess:
        verb, *rest = words
        settings = []
        # As the timer's unit runs it: few capabilities, and none to be gained.
        shut_in = ["setpriv", "--no-new-privs", "--bounding-set", _CAPABILITIES] if verb == "expire" else []
        for key, value in (self.house.guard.settings() | (more or {})).items():
            settings += ["--set", f"{key}={value}"]
        return self.enclosure().run_outside(
            [*shut_in, str(house.backstop()), "quarantine", verb, *rest, "--root", str(self.enclosure().tree), "--defaults", "--state",
             str(self.house.folder / "state"), "--domain", DOMAIN, *settings])

    def listed(self, *words: str) -> dict[str, dict]:
        done = self.command("list", "--json", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return {one["queue_id"]: one for one in map(json.loads, done.stdout.splitlines())}

    def hold(self, sender: str = "") -> tuple[str, str]:
        """Has Backstop hold a message; its mark and its queue id."""
        name = notices.mark()
        content = delayed(name)
        if sender:  # From somebody to whom a bounce could be sent; Backstop still takes it for automatic.
            content = content.replace(b"MAILER-DAEMON@mx.else.test", sender.encode())
        code, text = self.deliver(content, sender=sender)
        self.assertEqual(code, 250, text)
        queue_id = next(filter(None, _QUEUED.search(text).groups()))
        # Its row is written a moment after the answer.
        held = house.eventually(lambda: self.listed("--all").get(queue_id, {}).get("ours"))
        self.assertTrue(held, f"{queue_id} is not held for Backstop")
        return name, queue_id

    def age_in_book(self, queue_id: str, arrived: datetime.datetime) -> None:
        """What is remembered of it becomes as old as it is now by its queue file; the history's row no longer fits."""
        path = self.house.folder / "state/held"
        lines = [line.split(" ") for line in path.read_text().splitlines()]
        for words in lines:
            if words[0] == "held" and words[1] == queue_id:
                words[2] = f"{arrived:%Y-%m-%dT%H:%M:%SZ}"
        path.write_text("".join(" ".join(words) + "\n" for words in lines))

    def settled(self) -> None:
        """Waits until the server has nothing left to do but what it holds."""
        self.assertTrue(house.eventually(lambda: self.held_ids() >= self.queued_ids()), self.queued_ids())

    def queued_ids(self) -> set[str]:
        raise NotImplementedError

    # --- The contract

    def test_what_is_held_is_listed_with_what_is_known_of_it(self):
        name, queue_id = self.hold()
        one = self.listed("--verdict", "unproven", "--to", "anna")[queue_id]
        self.assertEqual((one["ours"], one["verdict"], one["kind"]), (True, "unproven", "delay"))
        self.assertEqual((one["from"], one["to"]), ("", ["anna@shop.test"]))
        self.assertEqual(one["subject"], "Undelivered Mail Returned to Sender")
        self.assertGreater(one["bytes"], 100)
        self.assertTrue(one["reasons"])
        days = datetime.datetime.fromisoformat(one["expires"]) - datetime.datetime.fromisoformat(one["at"])
        self.assertEqual(days.days, 30)
        # The rule that holds it is in force still; without it, it would be marked and delivered.
        self.assertFalse(one["would_be_delivered"])
        without = self.command("list", "--json", more={"actions.delay.unproven": '"mark"'})
        self.assertIn('"would_be_delivered":true', next(s for s in without.stdout.splitlines() if queue_id in s))
        for filters in (["--verdict", "forged"], ["--to", "ben"], ["--older", "1h"]):
            self.assertNotIn(queue_id, self.listed(*filters))
        page = self.command("list").stdout
        self.assertIn(queue_id, page)
        self.assertEqual(self.held_ids() & {queue_id}, {queue_id})

    def test_one_is_shown_with_its_header_its_report_and_why(self):
        name, queue_id = self.hold()
        shown = json.loads(self.command("show", "--json", queue_id).stdout)
        self.assertIn(f"bounce.{name}@mx.else.test", shown["header"])
        self.assertIn("Backstop-Verdict", shown["header"])
        self.assertEqual(shown["read"]["kind"], "delay")
        self.assertEqual(shown["read"]["recipients"][0]["address"], "nobody@else.test")
        self.assertIn("unproven", json.dumps(shown["why"]))
        page = self.command("show", queue_id).stdout
        for word in ("because", "nobody@else.test", "Backstop-Verdict"):
            self.assertIn(word, page)
        self.assertEqual(self.command("show", "0000000000").returncode, 1)

    def test_what_is_released_is_delivered_and_not_held_again(self):
        name, queue_id = self.hold()
        done = self.command("release", queue_id)
        self.assertEqual(done.returncode, 0, done.stderr)
        came = self.house.arrived(name)
        self.assertEqual(came.verdict(), "unproven")
        self.assertNotIn(queue_id, self.listed())
        self.settled()
        self.assertEqual(self.command("release", queue_id).returncode, 1)

    def test_what_is_dropped_is_gone_and_nobody_is_told(self):
        held = [self.hold(), self.hold("robot@else.test")]
        for name, queue_id in held:
            refused = self.command("drop", queue_id)
            self.assertEqual(refused.returncode, 2, refused.stdout)
            done = self.command("drop", "--yes", queue_id)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn(queue_id, self.held_ids())
        self.settled()
        for name, queue_id in held:
            self.assertFalse([raw for raw in self.house.sink.kept if name.encode() in raw])
            self.assertFalse([m for box in ("anna", "ben") for m in self.house.server.delivered(box) if m.holds(name)])

    def test_what_somebody_else_held_is_left_alone(self):
        theirs, (_, ours) = self.hold_by_hand(), self.hold()
        self.assertNotIn(theirs, self.listed())
        self.assertFalse(self.listed("--all")[theirs]["ours"])
        for words in (["drop", "--yes", "--all-of", "unproven"], ["release", "--all-of", "unproven"],
                      ["expire"]):
            self.command(*words, more={"quarantine.notify": "false"})
            self.assertIn(theirs, self.held_ids(), words)
        self.assertNotIn(ours, self.held_ids())
        done = self.command("drop", "--yes", theirs)
        self.assertIn("not Backstop", done.stdout)
        self.assertNotIn(theirs, self.held_ids())

    def test_what_is_too_old_is_dropped_and_the_postmaster_hears_of_it_once(self):
        _, fresh = self.hold()
        name, old = self.hold("robot@else.test")
        self.remember()
        self.age(old, 31)
        tell = {"quarantine.postmaster": '"ben@shop.test"', "quarantine.notify": "true"}
        # A clock may be wrong: its time was over a day ago, too.
        self.command("expire", more={"quarantine.notify": "false"})
        self.assertEqual(self.held_ids() & {fresh, old}, {fresh, old})
        self.age_first_look(old)
        for told in (True, False):
            done = self.command("expire", "--json", more=tell)
            self.assertEqual(done.returncode, 0, done.stderr)
            said = json.loads(done.stdout)
            self.assertEqual((said["expired"], said["told"]), (1, "ben@shop.test") if told else (0, None))
            self.assertEqual(self.held_ids() & {fresh, old}, {fresh})
        self.run_queue()
        letter = self.house.arrived("1 message was dropped", "ben")
        self.assertEqual(letter.parsed["Auto-Submitted"], "auto-generated")
        self.assertIn("unproven", letter.raw.decode())
        self.assertIn(letter.parsed["Return-Path"] or "<>", ("<>", "<MAILER-DAEMON>"))  # As Sendmail writes it.
        self.settled()
        self.assertEqual(sum(m.holds("for Backstop") for m in self.house.server.delivered("ben")), 1)
        self.assertFalse([raw for raw in self.house.sink.kept if name.encode() in raw])

    def test_an_old_message_that_is_released_is_delivered_though_the_first_attempt_has_to_wait(self):
        name, queue_id = self.hold("robot@else.test")
        self.remember()
        self.age(queue_id, 20)
        self.assertTrue(self.listed()[queue_id]["ours"])
        self.hinder()
        done = self.command("release", queue_id)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.await_deferral(name)
        self.unhinder()
        self.run_queue()
        self.house.arrived(name)
        self.settled()
        self.assertFalse([raw for raw in self.house.sink.kept if name.encode() in raw])

    # --- What differs

    def remember(self) -> None:
        """The history's row is of now, so what is made old afterwards has to be remembered before."""
        done = self.command("expire", more={"quarantine.notify": "false"})
        self.assertEqual(done.returncode, 0, done.stderr)

    def age_first_look(self, queue_id: str) -> None:
        """As if expiry had found it too old a day ago already."""
        path = self.house.folder / "state/held"
        yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=25)
        text, count = re.subn(rf"(?m)^overdue {queue_id} .*$", f"overdue {queue_id} {yesterday:%Y-%m-%dT%H:%M:%SZ}", path.read_text())
        self.assertEqual(count, 1, text)
        path.write_text(text)

    def hinder(self) -> None:
        raise NotImplementedError

    def unhinder(self) -> None:
        raise NotImplementedError

    def await_deferral(self, name: str) -> None:
        raise NotImplementedError

    def run_queue(self) -> None:
        """Has the server deliver what waits."""
