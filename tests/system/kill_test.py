"""kill -9 at random moments under load: no message is lost, the databases stay whole, and it listens again at once."""

import collections
import contextlib
import os
import random
import smtplib
import sqlite3
import threading
import time

import house
import notices

KILLS = 50
SEED = int(os.environ.get("BACKSTOP_SEED", "1"))
OWN_HOST = "mx.shop.test"
# How long it may live before it is killed, and stay dead before it is started again.
LIFE = (0.02, 0.9)
DEATH = (0.0, 0.3)
DATABASES = ("ledger.db", "history.db")


class Traffic(threading.Thread):
    """One SMTP client after another until told to stop; `said` holds what Postfix acknowledged, by mark.

    A message whose end was not acknowledged is sent once more, under the same mark.
    """

    def __init__(self, connect, message, seed: int):
        super().__init__(daemon=True)
        self._connect = connect
        self._message = message  # () -> (mark, sender, recipient, content)
        self._random = random.Random(seed)
        self._ended = threading.Event()
        self.said: list[str] = []
        self.tries: collections.Counter = collections.Counter()
        self.refused: list[tuple[str, str]] = []
        self.trouble: list[str] = []

    def run(self) -> None:
        while not self._ended.is_set():
            try:
                with self._connect() as client:
                    for _ in range(self._random.randrange(1, 6)):
                        self._send(client, *self._message())
                        time.sleep(self._random.uniform(0, 0.02))
            except (smtplib.SMTPException, OSError, AssertionError) as trouble:
                self.trouble.append(repr(trouble))

    def _send(self, client, mark: str, sender: str, recipient: str, content: bytes) -> None:
        self.tries[mark] += 1
        try:
            client.send(sender, recipient, content)
        except smtplib.SMTPResponseException as answer:
            self.refused.append((mark, f"{answer.smtp_code} {answer.smtp_error!r}"))
            return
        except (smtplib.SMTPException, OSError) as trouble:
            self.trouble.append(repr(trouble))
            with self._connect() as another:
                self.tries[mark] += 1
                another.send(sender, recipient, content)
        self.said.append(mark)

    def stop(self) -> None:
        self._ended.set()
        self.join(60)


class Killed(house.HouseTest):
    def setUp(self) -> None:
        super().setUp()
        guard = self.house.guard
        guard.stop()
        guard.more["relays.names"] = f'["{OWN_HOST}"]'
        guard.start()
        self.assertTrue(house.eventually((self.house.folder / "state/heartbeat").exists))
        self.random = random.Random(SEED)
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send(*self.letter(name)[1:])
        self.returned = self.house.left(name)
        self.assertIn("Backstop-Token:", self.returned)

    @staticmethod
    def letter(mark: str = ""):
        mark = mark or notices.mark()
        return mark, "anna@shop.test", house.ABROAD, notices.letter("anna@shop.test", house.ABROAD, mark)

    @staticmethod
    def inward():
        mark = notices.mark()
        return mark, "eve@else.test", "ben@shop.test", notices.letter("eve@else.test", "ben@shop.test", mark)

    def genuine(self):
        """A bounce of a letter that was signed: of one of its own each time, so that no count of uses ends it."""
        sent = notices.mark()
        with self.house.desk() as desk:
            desk.send(*self.letter(sent)[1:])
        mark = notices.mark()
        return mark, "", "anna@shop.test", notices.whole_bounce(mark, self.house.left(sent))

    @staticmethod
    def unproven():
        mark = notices.mark()
        return mark, "", "ben@shop.test", notices.bounce(mark, None, "ben@shop.test")

    def integrity(self) -> None:
        for name in DATABASES:
            path = self.house.folder / "state" / name
            self.assertTrue(path.exists(), name)
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as database:
                self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)], name)

    def count(self, marks: list[str], messages: list[bytes]) -> dict[str, int]:
        """How often each mark came; a mark stands in its message's own Message-ID."""
        found = collections.Counter()
        wanted = set(marks)
        for raw in messages:
            head = raw.split(b"\n\n", 1)[0].decode("latin-1")
            for line in head.splitlines():
                if line.lower().startswith("message-id:"):
                    mark = line.split("<", 1)[1].split("@", 1)[0].removeprefix("bounce.")
                    if mark in wanted:
                        found[mark] += 1
        return found

    def inboxes(self) -> list[bytes]:
        return [message.raw for message in self.house.postfix.delivered()]

    def assert_all_came(self, traffic: list[Traffic], look) -> None:
        said = [mark for each in traffic for mark in each.said]
        self.assertGreater(len(said), KILLS, "there was no load")
        house.eventually(lambda: len(self.count(said, look())) == len(said), 60)
        came = self.count(said, look())
        self.assertEqual([mark for mark in said if not came[mark]], [], f"lost; logs: {self.house.folder}")
        tries = sum((each.tries for each in traffic), collections.Counter())
        self.assertEqual({mark: n for mark, n in came.items() if n > tries[mark]}, {}, "came more often than it was sent")

    def test_fifty_kills_lose_nothing(self):
        outward = [Traffic(self.house.desk, self.letter, SEED + i) for i in range(2)]
        inward = [Traffic(self.house.stranger, message, SEED + 10 + i)
                  for i, message in enumerate((self.inward, self.genuine, self.unproven))]
        slowest = 0.0
        for each in outward + inward:
            each.start()
        try:
            for _ in range(KILLS):
                time.sleep(self.random.uniform(*LIFE))
                self.house.guard.kill()
                time.sleep(self.random.uniform(*DEATH))
                begun = time.monotonic()
                self.house.guard.start()
                slowest = max(slowest, time.monotonic() - begun)
                self.integrity()
        finally:
            for each in outward + inward:
                each.stop()
        print(f"{sum(len(each.said) for each in outward)} letters out, {sum(len(each.said) for each in inward)} in; "
              f"slowest of {KILLS} starts until it listened: {slowest * 1000:.0f} ms", flush=True)

        for each in outward + inward:
            self.assertEqual(each.refused, [], f"no genuine, unproven or ordinary mail is refused; logs: {self.house.folder}")
        self.assert_all_came(outward, lambda: list(self.house.sink.kept))
        self.assert_all_came(inward, self.inboxes)
        self.genuine_bounces_of_all_that_left()

    def genuine_bounces_of_all_that_left(self) -> None:
        """In enforce: of what left signed, genuine; of what left unsigned, delivered."""
        left = [raw.decode() for raw in self.house.sink.kept]
        unsigned = [letter for letter in left if "Backstop-Token:" not in letter]
        signed = [letter for letter in left if "Backstop-Token:" in letter]
        self.assertTrue(unsigned and signed, (len(unsigned), len(signed)))
        for letters, verdicts in ((unsigned[:40], ("unproven", "genuine")), (signed[:: max(1, len(signed) // 40)], ("genuine",))):
            for letter in letters:
                name = notices.mark()
                with self.house.stranger() as client:
                    client.send("", "anna@shop.test", notices.whole_bounce(name, letter))
                self.assertIn(self.house.arrived(name).verdict(), verdicts, letter)


if __name__ == "__main__":
    house.main()
