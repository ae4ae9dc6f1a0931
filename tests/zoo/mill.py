"""Sendmail as our own server, with backstopd as its milter: the same bounces through another MTA's side of the protocol.

Every letter has a sender of its own, with the case's mark, so that backstopd's log names the case.
"""

import functools
import json
import pathlib
import re
from collections.abc import Callable

import abroad
import letters
from cases import Case, of_twin
from outcome import Outcome, form_of_text
from store import Store
from trees import loopback
from trees.cache import Cache
from trees.client import Client
from trees.guard import Guard
from trees.postfix import DOMAIN
from trees.sendmail import Sendmail
from trees.trouble import Trouble

_SOCKETS = "var/spool/backstop"
_MILTER = f"INPUT_MAIL_FILTER(`backstop', `S=local:/{_SOCKETS}/milter.sock, T=S:30s;R:30s;E:5m')dnl\n"
_REASONS = {"unknown": "unknown-user", "content": "refused-content"}
_JUDGED = re.compile(r"(\w+): direction=inbound verdict=(\S+) decision=(\S+) kind=(\S+) reason=(\S+) "
                     rf".*to=<anna\.({letters.MARK})@")
_REFUSED = re.compile(r"(\w+): Milter: data, reject=5")
_SENT = re.compile(r"(\w{14}): to=.* stat=Sent")


def make() -> list[Case]:
    cases = []
    for reason, name in _REASONS.items():
        for form in ("full", "headers", "nothing"):
            for twin in ("genuine", "forged"):
                act = functools.partial(_send, reason=reason, form=form, twin=twin, number=len(cases) // 2)
                cases.append(Case(f"behind-sendmail/{name}/{form}/{twin}", of_twin(twin, form), act, kind="bounce", form=form))
    return cases


def _send(mill, case: Case, reason: str, form: str, twin: str, number: int) -> None:
    domain = f"{reason}-quiet.exim.test" if form == "nothing" else f"{reason}.exim.test"
    size = int(abroad.BRIEF * 1.5) if form == "headers" else 0
    sender, recipient = f"anna.{case.mark}@{DOMAIN}", f"kim.{case.mark}@{domain}"
    write = letters.genuine if twin == "genuine" else letters.forged
    where = (mill.sendmail.address, mill.sendmail.port) if twin == "genuine" else (mill.exim.address, mill.exim.port)
    with Client(loopback.OWN_CLIENT if twin == "genuine" else loopback.STRANGERS[0], where) as client:
        client.send(sender, recipient, write(case.mark, sender, recipient, size, number))


class Mill:
    """Making it prepares the files, `start` starts everything, `stop` leaves no process and no mount."""

    name = "The mill"

    def __init__(self, cache: Cache, folder: pathlib.Path, binary: pathlib.Path):
        self.folder = folder
        self._store, self._inbox = Store(), Store()
        quiet = [f"{reason}-quiet.exim.test" for reason in _REASONS]
        served = [*(f"{reason}.exim.test" for reason in _REASONS), *quiet]
        port = loopback.free_port(loopback.EXIM)
        self.sendmail = Sendmail(cache.tree("sendmail"), folder / "sendmail", {DOMAIN: self._inbox.place} | {
            domain: (loopback.EXIM, port) for domain in served}, settings=_MILTER, address=loopback.GUARDED)
        home = {DOMAIN: (loopback.GUARDED, self.sendmail.port)}
        self.exim = abroad.EximAbroad(cache.tree("exim"), folder / "exim", home,
                                      {f"{reason}.exim.test": self._store.place for reason in _REASONS}, quiet, port)
        sockets = self.sendmail.enclosure.own(_SOCKETS, 0o755)
        self.guard = Guard(binary, folder / "state", sockets / "milter.sock", DOMAIN, "enforce",
                           folder / "backstopd.log")
        self.guard.more = {"store.directory": json.dumps(str(folder / "state/store"))}
        self.logbook = self

    def start(self) -> None:
        self._store.start()
        self._inbox.start()
        self.guard.start()
        self.sendmail.start()
        self.exim.start()

    def set_off(self, chosen: list[Case], set_off: Callable) -> None:
        set_off(chosen)

    def stop(self) -> int:
        for server in (self.exim, self.sendmail, self._store, self._inbox):
            server.stop()
        return self.guard.stop()

    def check_alive(self) -> None:
        """Raises Trouble when a party has gone."""
        for server in (self.sendmail, self.exim):
            if not server.enclosure.alive():
                raise Trouble(f"{type(server).__name__} stopped by itself: {server.enclosure.last_words()}", 1)
        if not self.guard.alive():
            raise Trouble(f"backstopd stopped by itself: {(self.guard.lines('.') or ['it said nothing'])[-1]}", 1)

    def read(self) -> None:
        """Reads the logs anew: there is little in them."""
        refused = {found[1] for line in self.sendmail.log_lines("reject=5") if (found := _REFUSED.search(line))}
        sent = {found[1] for line in self.sendmail.log_lines("stat=Sent") if (found := _SENT.search(line))}
        self._outcomes: dict[str, list[Outcome]] = {}
        for line in self.guard.lines("direction=inbound"):
            if found := _JUDGED.search(line):
                one = Outcome(found[1], found[2], found[3], found[4], found[5])
                one.fate = "refused" if one.queue_id in refused else "delivered" if one.queue_id in sent else "waiting"
                self._compare(one, found[6])
                self._outcomes.setdefault(found[6], []).append(one)

    def outcomes(self, mark: str) -> list[Outcome]:
        return self._outcomes.get(mark, [])

    def _compare(self, one: Outcome, mark: str) -> None:
        kept = [raw for raw in self._inbox.kept if mark.encode() in raw]
        one.form = form_of_text(kept[0]) if kept else ""
        if one.fate == "refused" and (kept or one.decision != "refuse"):
            one.trouble = f"Sendmail refused it, backstopd says {one.decision}, {len(kept)} in the mailbox"
        elif one.fate == "delivered" and not (kept and kept[0].startswith(b"Backstop-Verdict: " + one.verdict.encode())):
            one.trouble = "the mailbox does not say so at the top"
