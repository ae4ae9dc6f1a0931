"""The zoo: our house and every mail server abroad, all up at once."""

import pathlib

import abroad
from house import House
from names import NameServer
from store import SMALL, Store
from trees import loopback
from trees.cache import Cache
from trees.client import Client
from trees.dovecot import Dovecot
from trees.trouble import Trouble

REASONS = ["unknown", "full", "gone", "large", "content"]
_VACATION = 'require ["vacation"];\nvacation :days 1 "I am away until Monday.";\n'


def domains(base: str) -> list[str]:
    return [f"{reason}.{base}" for reason in REASONS]


def quiet(base: str) -> list[str]:
    """Domains whose mail a program of the site answers; it quotes a few lines for the last of them."""
    return [f"{reason}-quiet.{base}" for reason in [*REASONS, "fragment"]]


class Zoo:
    """Making it prepares the files, `start` starts everything, `stop` leaves no process and no mount."""

    name = "The zoo"

    def __init__(self, cache: Cache, folder: pathlib.Path, binary: pathlib.Path):
        self.folder = folder
        trees = {name: cache.tree(name) for name in ("postfix", "exim", "opensmtpd", "sendmail", "courier", "dovecot")}
        self._names = NameServer()
        self.store = Store()
        self._small = Store(SMALL)
        self._silent = Store(SMALL, says_size=False)
        self.house = House(trees["postfix"], folder, binary)
        self.servers = self._abroad(trees, self.house.mail_hosts)
        self.by_domain = {domain: server for server, its in self._served.items() for domain in its}
        self.house.open_to({domain: (self.servers[name].address, self.servers[name].port)
                            for domain, name in self.by_domain.items()})

    def _routes(self, base: str, small: Store, gone: bool) -> abroad.Places:
        routes = {f"{reason}.{base}": self.store.place for reason in REASONS if reason not in ("gone", "large")}
        routes[f"large.{base}"] = small.place
        routes[f"kept.{base}"] = self.store.place
        if base in ("exim.test", "osmtpd.test"):
            routes[f"slow.{base}"] = loopback.NOBODY
        if gone:
            routes[f"gone.{base}"] = loopback.NOBODY
        return routes

    def _abroad(self, trees: dict[str, pathlib.Path], home: abroad.Places) -> dict:
        """Every server abroad by name. `_served` is filled with the domains of each."""
        self._served = {name: domains(f"{name}.test") + quiet(f"{name}.test")
                        for name in ("postfix", "exim", "osmtpd", "sendmail", "courier")}
        for name, its in self._served.items():
            its.append(f"kept.{name}.test")
        for name in ("exim", "osmtpd"):
            self._served[name].append(f"slow.{name}.test")
        self._served["sendmail-brief"] = domains("brief.sendmail.test")
        self._served["sendmail-plain"] = domains("plain.sendmail.test")
        self._served["postfix"] += ["away.postfix.test", "reader.postfix.test"]
        self._served["exim"] += ["away.exim.test", "quoting.exim.test"]
        folder, port = self.folder, loopback.free_port(loopback.POSTFIX_ABROAD)
        self.reader = (loopback.POSTFIX_ABROAD, port)  # where the readers of mail send their own
        self.dovecot = Dovecot(trees["dovecot"], folder / "dovecot", {"away.postfix.test": _VACATION}, self.reader)
        silent, small = self._silent, self._small
        return {
            "postfix": abroad.PostfixAbroad(
                trees["postfix"], folder / "postfix", home, self._routes("postfix.test", small, True) |
                {"reader.postfix.test": self.store.place}, quiet("postfix.test"),
                {"away.postfix.test": (self.dovecot.address, self.dovecot.port)}, port),
            "exim": abroad.EximAbroad(trees["exim"], folder / "exim", home, self._routes("exim.test", small, True),
                                      quiet("exim.test")),
            "osmtpd": abroad.OpenSmtpdAbroad(trees["opensmtpd"], folder / "osmtpd", home,
                                             self._routes("osmtpd.test", silent, False), quiet("osmtpd.test"),
                                             ["gone.osmtpd.test"]),
            "sendmail": abroad.sendmail(trees["sendmail"], folder / "sendmail", home,
                                        self._routes("sendmail.test", silent, True), quiet("sendmail.test"), False),
            "sendmail-brief": abroad.sendmail(trees["sendmail"], folder / "sendmail-brief", home,
                                              self._routes("brief.sendmail.test", small, True), [], True),
            "sendmail-plain": abroad.sendmail(trees["sendmail"], folder / "sendmail-plain", home,
                                              self._routes("plain.sendmail.test", silent, True), [], False, True),
            "courier": abroad.courier(trees["courier"], folder / "courier", home,
                                      self._routes("courier.test", small, False), quiet("courier.test"),
                                      ["gone.courier.test"]),
        }

    def _rooms(self) -> list:
        return [self.dovecot, *self.servers.values()]

    def _helpers(self) -> list:
        return [self._names, self.store, self._small, self._silent]

    def start(self) -> None:
        for helper in self._helpers():
            helper.start()
        # One after the other, in this thread: a room ends with the thread that opened it.
        for room in (self.house, *self._rooms()):
            room.start()

    def stop(self) -> int:
        """Ends everything; returns backstopd's exit code."""
        for room in self._rooms():
            room.stop()
        code = self.house.stop()
        for helper in self._helpers():
            helper.stop()
        return code

    def check_alive(self) -> None:
        """Raises Trouble when a party has gone."""
        for room in self._rooms():
            if not room.enclosure.alive():
                raise Trouble(f"{type(room).__name__} stopped by itself: {room.enclosure.last_words()}", 1)
        self.house.check_alive()

    @property
    def logbook(self):
        return self.house.logbook

    def set_off(self, chosen: list, set_off) -> None:
        set_off(chosen)

    def spammer(self, domain: str, number: int) -> Client:
        """A stranger at the server abroad that takes mail for this domain."""
        server = self.servers[self.by_domain[domain]]
        return Client(loopback.STRANGERS[number % len(loopback.STRANGERS)], (server.address, server.port))

    def mail_program(self) -> Client:
        """A reader's mail program abroad, at the server that sends its mail."""
        return Client(loopback.STORE, self.reader)
