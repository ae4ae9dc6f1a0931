#!/usr/bin/env python3
"""`./do run`: Backstop before a real Postfix, with real bounces, genuine and forged, from two other mail servers."""

import argparse
import fcntl
import pathlib
import signal
import sys
import threading
import time

sys.dont_write_bytecode = True  # it runs as root in a folder that is not root's
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import expectations  # noqa: E402
import messages  # noqa: E402
from stage import Stage  # noqa: E402
from table import Table  # noqa: E402
from tally import Tally  # noqa: E402
from trees import loopback  # noqa: E402
from trees.cache import Cache, say  # noqa: E402
from trees.trouble import Trouble  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 150  # seconds without any progress after which we stop waiting: OpenSMTPD's pauses grow
GENUINE, FORGED, NOTHING = 12, 300, 20
# OpenSMTPD takes a pause of several seconds after every ten refusals in a row: it gets the smaller share.
FORGED_THERE = 40


class Play:
    """The acts, in order. Each sends, then waits until everything it sent has met its fate."""

    def __init__(self, stage: Stage, mode: str):
        self._stage = stage
        self._mode = mode
        self.tally = Tally(stage)
        self.table = Table(self.tally)

    def perform(self) -> None:
        self._ordinary("Ordinary mail, both ways…")
        letters = self._genuine()
        self._forged(letters)
        self._nothing()
        self._ordinary("Ordinary mail again, both ways…")

    def _ordinary(self, title: str) -> None:
        self.table.act(title)
        stage = self._stage
        out = [("anna", "dora@exim.test"), ("ben", "lena@osmtpd.test")]
        for number, (who, recipient) in enumerate(out):
            self._send(stage.desk(), "out", [messages.letter(f"{who}@shop.test", recipient, number)])
        for number, (who, to) in enumerate((("dora@exim.test", "anna"), ("lena@osmtpd.test", "ben"))):
            self._send(stage.user_of(who.split("@")[1]), "in", [messages.letter(who, f"{to}@shop.test", number)])
        self._send(stage.stranger(2), "in", [messages.letter("peter@else.test", f"{who}@shop.test", number)
                                             for number, who in enumerate(messages.PEOPLE)])
        self._await(lambda rows: rows["out"].came_in == rows["out"].sent and rows["in"].came_in == rows["in"].sent)

    def _genuine(self) -> list[messages.Letter]:
        """Letters to people who are not there, sent out through the guarded server."""
        self.table.act(f"{GENUINE} letters out to unknown users; their genuine bounces come back…")
        letters = []
        domains = ["exim.test", "headers.exim.test", "osmtpd.test"]
        for number in range(GENUINE):
            who = messages.PEOPLE[number % len(messages.PEOPLE)]
            letters.append(messages.letter(f"{who}@shop.test", f"nobody{number}@{domains[number % 3]}", number))
        self._send(self._stage.desk(), "genuine", letters)
        self._await(lambda rows: rows["genuine"].came_in == rows["genuine"].sent)
        return letters

    def _forged(self, letters: list[messages.Letter]) -> None:
        """Spam in our name from strangers, at the same servers, to the same recipients."""
        self.table.act(f"{FORGED} spams that forge us, to the same recipients; their bounces come…")
        there = [letter for letter in letters if letter.recipient.endswith("@osmtpd.test")]
        elsewhere = [letter for letter in letters if letter not in there]
        models = [there[n % len(there)] for n in range(FORGED_THERE)]
        models += [elsewhere[n % len(elsewhere)] for n in range(FORGED - FORGED_THERE)]
        self._spam("forged", [messages.twin(model, n) for n, model in enumerate(models)])
        self._await(lambda rows: self._refused() + rows["forged"].came_in >= rows["forged"].sent)

    def _nothing(self) -> None:
        self.table.act(f"{NOTHING} more, whose bounces return nothing of the spam…")
        models = [messages.letter(f"{messages.PEOPLE[n % 4]}@shop.test", f"nobody{n}@nothing.exim.test", n)
                  for n in range(NOTHING)]
        self._spam("nothing", [messages.twin(model, n) for n, model in enumerate(models)])
        self._await(lambda rows: rows["nothing"].came_in == rows["nothing"].sent)

    def _spam(self, act: str, spams: list[messages.Letter]) -> None:
        """All at once, from several addresses, each domain's share on a connection of its own."""
        failures: list[Exception] = []

        def inject(number: int, domain: str) -> None:
            try:
                self._send(self._stage.stranger(number % 2, domain), act,
                           [s for s in spams if s.recipient.endswith("@" + domain)], quiet=True)
            except Exception as failure:  # carried to the thread that waits
                failures.append(failure)

        domains = sorted({spam.recipient.split("@")[1] for spam in spams})
        threads = [threading.Thread(target=inject, args=pair, daemon=True) for pair in enumerate(domains)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            self.table.refresh()
            time.sleep(0.05)
        if failures:
            raise failures[0]

    def _send(self, client, act: str, letters: list[messages.Letter], quiet: bool = False) -> None:
        with client:
            for letter in letters:
                self.tally.sent(act, letter)
                client.send(letter.sender, letter.recipient, letter.content)
                if not quiet:
                    self.table.refresh()

    def _refused(self) -> int:
        """By the slowest of the logs, so that none is read before it is written."""
        counts = self.tally.refused_by
        return min(counts["Postfix"], counts["the bouncers"])

    def _await(self, done) -> None:
        """Waits until `done`, or until nothing has happened for a while: then the expectations say what is missing."""
        last, since = None, time.monotonic()
        while True:
            self.tally.count()
            self.table.refresh()
            if done(self.tally.rows):
                self.table.refresh(True)
                return
            state = ([row.came_in for row in self.tally.rows.values()], dict(self.tally.refused_by))
            if state != last:
                last, since = state, time.monotonic()
            elif time.monotonic() - since > PATIENCE:
                return
            self._stage.check_alive()
            time.sleep(0.2)


def perform(options, stage: Stage, mode: str) -> int:
    play = Play(stage, mode)
    try:
        stage.start()
        play.perform()
        wrong = expectations.unmet(play.tally, mode)
        log = stage.folder / ("backstopd.log" if mode != "off" else "postfix/var/log/postfix.log")
        last = expectations.all_well(play.tally, mode) if not wrong else "NOT as it must be: " + "; ".join(wrong) + "."
        last += f" Log: {_shown(log)}."
        port = stage.postfix.port
        hint = (f"Try it yourself: Postfix listens on {loopback.GUARDED} port {port}, mail sent from "
                f"{loopback.OWN_CLIENT} is its own; mailboxes: {_shown(stage.postfix.mail_folder)}.")
        if options.once:
            play.table.finish([last])
            return 1 if wrong else 0
        last += " Ctrl-C stops."
        if sys.stdout.isatty():
            play.table.doing = f"{hint}\n{last}"
            while True:
                stage.check_alive()
                play.table.refresh(True)
                time.sleep(1)
        play.table.finish([hint, last])
        while True:
            stage.check_alive()
            time.sleep(1)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave anything behind
        code = stage.stop()
        if code != 0:
            say(f"backstopd ended with exit code {code}; its log: {stage.folder / 'backstopd.log'}")


def _shown(path: pathlib.Path) -> str:
    """A path as a person in the checkout would type it."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def parse_options(arguments: list[str] | None = None):
    parser = argparse.ArgumentParser(prog="./do run", description="Backstop before a real Postfix on loopback: mail out, "
                                     "its genuine bounces in, forged twins refused.")
    parser.add_argument("--once", action="store_true", help="end when the play is over; exit 0 only if every expectation held")
    parser.add_argument("--mode", choices=("enforce", "observe"), default="enforce",
                        help="observe: judge everything, refuse nothing (default: enforce)")
    parser.add_argument("--no-guard", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--room", type=pathlib.Path, default=ROOT / "var/demo", help=argparse.SUPPRESS)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build/bin/backstopd", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main() -> int:
    options = parse_options()
    mode = "off" if options.no_guard else options.mode
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    room = options.room.resolve()
    room.parent.mkdir(parents=True, exist_ok=True)
    ended = 130 if options.once else 0
    with open(room.with_suffix(".lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another ./do run is up in this checkout; end it with Ctrl-C first.")
            return 75
        try:
            stage = Stage(Cache(ROOT / "var/trees"), room, options.binary, mode, not options.no_guard)
            return perform(options, stage, mode)
        except KeyboardInterrupt:
            say("\nStopped; every process has ended.")
            return ended
        except Trouble as trouble:
            say(f"./do run: {trouble}")
            return trouble.code


if __name__ == "__main__":
    sys.exit(main())
