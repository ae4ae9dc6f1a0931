"""One corner of the twin matrix: a guarded mail server with one style of tags, and three servers' worth of abroad.

What became of a message is told by three sides that must agree: backstopd's log, the mailbox, and the logs of the
servers abroad, which say what they were answered.
"""

import json
import os
import pathlib
import re
from collections.abc import Callable

import abroad
import forwarder
import letters
from cases import Case
from outcome import Outcome, form_of_text
from store import Store
from trees import loopback
from trees.cache import Cache
from trees.client import Client
from trees.guard import Guard
from trees.guarded_exim import GuardedExim
from trees.guarded_postfix import GuardedPostfix
from trees.guarded_sendmail import GuardedSendmail
from trees.postfix import DOMAIN
from trees.trouble import Trouble

_BOUNCERS = ["unknown", "unknown-quiet"]
_MAP = {"socketmap": "map.sock"}
_DOORS = {"postfix": _MAP, "postfix-strict": _MAP, "exim": {"line": "line.sock", "rspamd": "rspamd.sock"}, "sendmail": _MAP}
_JUDGED = re.compile(r"(\S+): direction=inbound verdict=(\S+) decision=(\S+) kind=(\S+) reason=(\S+) "
                     rf".*to=\"?<[^>]*({letters.MARK})[^>]*@")
# As Exim's log has it, of an answer that it was to pass on.
_REFUSED = re.compile(rf"\*\* \S*({letters.MARK})\S*@{re.escape(DOMAIN)}.* (after \S+ ?\S* ?\S*|RCPT TO).*: 5\d\d")


class Corner:
    """Making it prepares the files, `start` starts everything, `stop` leaves no process and no mount."""

    def __init__(self, cache: Cache, folder: pathlib.Path, binary: pathlib.Path, guard: str, tag: str):
        self.folder = folder
        self.name = f"The corner of {guard} with {'no tags' if tag == 'none' else tag}"
        self._tag = tag
        self._store = Store()
        bouncer = (loopback.EXIM, loopback.free_port(loopback.EXIM))
        ways = [f"{bounces}.{end}" for bounces in _BOUNCERS for end in (forwarder.FORWARDED, forwarder.LIST)]
        # The forwarder must know our port, and we its: ours is found first.
        self.server = self._make_server(cache, guard, bouncer, ways)
        home = (self.server.address, self.server.port)
        self.forwarder = forwarder.Forwarder(cache.tree("exim"), folder / "forwarder", DOMAIN, home, bouncer,
                                             self._forwarder_port)
        behind = {name: (self.forwarder.address, self.forwarder.port) for name in [*ways, forwarder.LIST]}
        self.bouncer = abroad.EximAbroad(cache.tree("exim"), folder / "bouncer", {DOMAIN: home} | behind,
                                         {"unknown.exim.test": self._store.place}, ["unknown-quiet.exim.test"], bouncer[1])
        self.guard = self._make_guard(binary, guard, tag)
        backstop = pathlib.Path(os.environ.get("BACKSTOP", binary.with_name("backstop")))
        self.server.configure(backstop, _DOORS[guard], tag, *(["--strict"] if guard == "postfix-strict" else []))
        self.logbook = self

    def _make_server(self, cache: Cache, guard: str, bouncer: tuple[str, int], ways: list[str]):
        self._forwarder_port = loopback.free_port(loopback.FORWARDER)
        routes = {f"{bounces}.exim.test": bouncer for bounces in _BOUNCERS}
        routes |= {name: (loopback.FORWARDER, self._forwarder_port) for name in ways}
        room, people = self.folder / "guarded", ["anna"]
        if guard.startswith("postfix"):
            return GuardedPostfix(cache.tree("postfix"), room, people, routes)
        if guard == "sendmail":
            return GuardedSendmail(cache.tree("sendmail"), room, people, routes)
        return GuardedExim(cache.tree("exim-heavy"), room, people, loopback.NOBODY, routes)

    def _make_guard(self, binary: pathlib.Path, guard: str, tag: str) -> Guard:
        made = Guard(binary, self.folder / "state", self.server.sockets / "milter.sock", DOMAIN, "enforce",
                     self.folder / "backstopd.log")
        made.doors = _DOORS[guard]
        made.more = {"store.directory": json.dumps(str(self.folder / "state/store")), "doors.socket_mode": '"0666"'}
        if tag != "none":
            made.more[f'domains."{DOMAIN}".tag'] = f'"{tag}"'
        return made

    def start(self) -> None:
        self._store.start()
        self.guard.start()
        for server in (self.server, self.forwarder, self.bouncer):
            server.start()

    def set_off(self, chosen: list[Case], set_off: Callable) -> None:
        set_off(chosen)

    def stop(self) -> int:
        for server in (self.bouncer, self.forwarder, self.server, self._store):
            server.stop()
        return self.guard.stop()

    def check_alive(self) -> None:
        """Raises Trouble when a party has gone."""
        for server in (self.server, self.forwarder, self.bouncer):
            if not server.enclosure.alive():
                raise Trouble(f"{type(server).__name__} stopped by itself: {server.enclosure.last_words()}", 1)
        if not self.guard.alive():
            raise Trouble(f"backstopd stopped by itself: {(self.guard.lines('.') or ['it said nothing'])[-1]}", 1)

    def desk(self) -> Client:
        return Client(loopback.OWN_CLIENT, (self.server.address, self.server.port))

    def spammer(self, direct: bool, number: int) -> Client:
        """A stranger at the server abroad that bounces, or at the one that forwards."""
        server = self.bouncer if direct else self.forwarder
        return Client(loopback.STRANGERS[number % len(loopback.STRANGERS)], (server.address, server.port))

    def with_false_tag(self, address: str) -> str:
        """The address with a tag that names a key of ours and was not made with it."""
        local, _, domain = address.partition("@")
        tag = "prvs=1000000000"
        return f"{tag}={local}@{domain}" if self._tag == "prvs" else f"{local}+{tag}@{domain}"

    def read(self) -> None:
        """Reads the logs anew: there is little in them."""
        refused = {found[1] for server in (self.bouncer, self.forwarder) for line in server.log_lines(r"\*\* ")
                   if (found := _REFUSED.search(line))}
        self._outcomes: dict[str, list[Outcome]] = {}
        for line in self.guard.lines("direction=inbound"):
            if found := _JUDGED.search(line):
                one = Outcome(found[1], found[2], found[3], found[4], found[5])
                self._compare(one, found[6], found[6] in refused)
                self._outcomes.setdefault(found[6], []).append(one)
        for mark in refused - self._outcomes.keys():
            self._outcomes[mark] = [Outcome("", "unjudged", fate="refused")]

    def outcomes(self, mark: str) -> list[Outcome]:
        return self._outcomes.get(mark, [])

    def _compare(self, one: Outcome, mark: str, refused: bool) -> None:
        kept = [mail for mail in self.server.delivered("anna") if mail.holds(mark)]
        if kept:
            one.fate, one.form = "delivered", form_of_text(kept[0].raw)
        elif refused:
            one.fate = "refused"
        if len(kept) > 1 or kept and refused or refused and one.decision != "refuse":
            one.trouble = f"{len(kept)} in the mailbox, backstopd says {one.decision}, {'' if refused else 'not '}refused"
        elif kept and kept[0].verdict() != one.verdict:
            one.trouble = f"the mailbox says {kept[0].verdict() or 'nothing'}"
