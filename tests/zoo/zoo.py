"""The zoo: our guarded Postfix with backstopd, and every mail server abroad, all up at once."""

import pathlib

import abroad
import outcome
from names import NameServer
from store import SMALL, Store
from trees import loopback
from trees.cache import Cache
from trees.client import Client
from trees.dovecot import Dovecot
from trees.guard import Guard
from trees.postfix import DOMAIN, Postfix
from trees.trouble import Trouble

PEOPLE = ["anna", "ben", "carla", "david"]
ROLES = ["postmaster", "abuse"]
REASONS = ["unknown", "full", "gone", "large", "content"]
_VACATION = 'require ["vacation"];\nvacation :days 1 "I am away until Monday.";\n'


def domains(base: str) -> list[str]:
    return [f"{reason}.{base}" for reason in REASONS]


def quiet(base: str) -> list[str]:
    return [f"{reason}-quiet.{base}" for reason in REASONS]


class Zoo:
    """Making it prepares the files, `start` starts everything, `stop` leaves no process and no mount."""

    def __init__(self, cache: Cache, folder: pathlib.Path, binary: pathlib.Path):
        self.folder = folder
        trees = {name: cache.tree(name) for name in ("postfix", "exim", "opensmtpd", "sendmail", "courier", "dovecot")}
        self.names = NameServer()
        self.store = Store()
        self._small = Store(SMALL)
        self._silent = Store(SMALL, says_size=False)
        self._home = (loopback.GUARDED, loopback.free_port(loopback.GUARDED))
        self.servers = self._abroad(trees)
        self.by_domain = {domain: server for server, its in self._served.items() for domain in its}
        self.postfix = Postfix(
            trees["postfix"], folder / "guarded", [*PEOPLE, *ROLES],
            {domain: (self.servers[name].address, self.servers[name].port) for domain, name in self.by_domain.items()},
            port=self._home[1], more=outcome.MAIN)
        self.postfix.enclosure.write(outcome.CHECKS.lstrip("/"), outcome.NOTE)
        self.guard = Guard(binary, folder / "state", self.postfix.milter_socket, DOMAIN, "enforce", folder / "backstopd.log")
        self.logbook = outcome.Logbook(self.postfix, self.guard)

    def _routes(self, base: str, small: Store, gone: bool) -> dict[str, tuple[str, int]]:
        routes = {f"{reason}.{base}": self.store.place for reason in REASONS if reason not in ("gone", "large")}
        routes[f"large.{base}"] = small.place
        if gone:
            routes[f"gone.{base}"] = loopback.NOBODY
        routes[DOMAIN] = self._home
        return routes

    def _abroad(self, trees: dict[str, pathlib.Path]) -> dict:
        """Every server abroad by name. `_served` is filled with the domains of each."""
        self._served = {name: domains(f"{name}.test") + quiet(f"{name}.test")
                        for name in ("postfix", "exim", "osmtpd", "sendmail", "courier")}
        self._served["sendmail-brief"] = domains("brief.sendmail.test")
        self._served["postfix"] += ["away.postfix.test", "reader.postfix.test"]
        self._served["exim"].append("away.exim.test")
        folder, port = self.folder, loopback.free_port(loopback.POSTFIX_ABROAD)
        self.dovecot = Dovecot(trees["dovecot"], folder / "dovecot", {"away.postfix.test": _VACATION},
                               (loopback.POSTFIX_ABROAD, port))
        silent, small = self._silent, self._small
        return {
            "postfix": abroad.PostfixAbroad(
                trees["postfix"], folder / "postfix", self._routes("postfix.test", small, True) |
                {"reader.postfix.test": self.store.place}, quiet("postfix.test"),
                {"away.postfix.test": (self.dovecot.address, self.dovecot.port)}, port),
            "exim": abroad.EximAbroad(trees["exim"], folder / "exim", self._routes("exim.test", small, True),
                                      quiet("exim.test")),
            "osmtpd": abroad.OpenSmtpdAbroad(trees["opensmtpd"], folder / "osmtpd", self._routes("osmtpd.test", silent, False),
                                             quiet("osmtpd.test"), ["gone.osmtpd.test"]),
            "sendmail": abroad.sendmail(trees["sendmail"], folder / "sendmail", self._routes("sendmail.test", silent, True),
                                        quiet("sendmail.test"), False),
            "sendmail-brief": abroad.sendmail(trees["sendmail"], folder / "sendmail-brief",
                                              self._routes("brief.sendmail.test", small, True), [], True),
            "courier": abroad.courier(trees["courier"], folder / "courier", self._routes("courier.test", small, False),
                                      quiet("courier.test"), ["gone.courier.test"]),
        }

    def _rooms(self) -> list:
        return [self.dovecot, self.postfix, *self.servers.values()]

    def start(self) -> None:
        for helper in (self.names, self.store, self._small, self._silent):
            helper.start()
        self.guard.start()
        # One after the other, in this thread: a room ends with the thread that opened it.
        for room in self._rooms():
            room.start()

    def stop(self) -> int:
        """Ends everything; returns backstopd's exit code."""
        for room in self._rooms():
            room.stop()
        for helper in (self.names, self.store, self._small, self._silent):
            helper.stop()
        return self.guard.stop()

    def check_alive(self) -> None:
        """Raises Trouble when a party has gone."""
        for room in self._rooms():
            if not room.enclosure.alive():
                raise Trouble(f"{type(room).__name__} stopped by itself: {room.enclosure.last_words()}", 1)
        if not self.guard.alive():
            raise Trouble(f"backstopd stopped by itself: {(self.guard.lines('.') or ['it said nothing'])[-1]}", 1)

    def desk(self) -> Client:
        """Our own users' way out."""
        return Client(loopback.OWN_CLIENT, self._home)

    def spammer(self, domain: str, number: int) -> Client:
        """A stranger at the server that takes mail for this domain."""
        server = self.servers[self.by_domain[domain]]
        return Client(loopback.STRANGERS[number % len(loopback.STRANGERS)], (server.address, server.port))

    def stranger(self) -> Client:
        """A stranger at the guarded server itself."""
        return Client(loopback.STRANGERS[2], self._home)
