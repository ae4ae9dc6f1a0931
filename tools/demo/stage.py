"""Every party of the demonstration, set up on loopback, and how each is reached."""

import pathlib
import shutil

from trees import loopback
from trees.cache import Cache
from trees.client import Client
from trees.exim import Exim
from trees.guard import Guard
from trees.opensmtpd import OpenSmtpd
from trees.postfix import DOMAIN, Postfix
from trees.sink import Sink
from trees.trouble import Trouble

import messages


class Stage:
    """Making it prepares the files, `start` starts everything, `stop` leaves no process and no mount."""

    def __init__(self, cache: Cache, folder: pathlib.Path, binary: pathlib.Path, mode: str, guarded: bool):
        trees = {name: cache.tree(name) for name in ("postfix", "exim", "opensmtpd")}
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder = folder
        home = (DOMAIN, loopback.GUARDED, loopback.free_port(loopback.GUARDED))
        self.sink = Sink()
        self.exims = {name: Exim(trees["exim"], folder / f"exim-{name}", name, home)
                      for name in ("full", "headers", "nothing")}
        self.opensmtpd = OpenSmtpd(trees["opensmtpd"], folder / "opensmtpd", home, (self.sink.address, self.sink.port))
        self.bouncers = {server.domain: server for server in (*self.exims.values(), self.opensmtpd)}
        self.postfix = Postfix(trees["postfix"], folder / "postfix", messages.PEOPLE,
                               {domain: (server.address, server.port) for domain, server in self.bouncers.items()},
                               milter=guarded, port=home[2])
        self.guard = Guard(binary, folder / "state", self.postfix.milter_socket, DOMAIN, mode,
                           folder / "backstopd.log") if guarded else None

    def start(self) -> None:
        self.sink.start()
        if self.guard:
            self.guard.start()
        for server in (self.postfix, *self.bouncers.values()):
            server.start()

    def stop(self) -> int:
        """Ends everything; returns the daemon's exit code (0 when it was not there)."""
        for server in (*self.bouncers.values(), self.postfix):
            server.stop()
        self.sink.stop()
        return self.guard.stop() if self.guard else 0

    def check_alive(self) -> None:
        """Raises Trouble when a party has gone."""
        for server in (self.postfix, *self.bouncers.values()):
            if not server.enclosure.alive():
                raise Trouble(f"{type(server).__name__} stopped by itself: {server.enclosure.last_words()}", 1)
        if self.guard and not self.guard.alive():
            lines = self.guard.lines(".")
            raise Trouble(f"backstopd stopped by itself: {lines[-1] if lines else 'it said nothing'}", 1)

    def desk(self) -> Client:
        """The guarded house's own client: the only one that may send out."""
        return Client(loopback.OWN_CLIENT, (loopback.GUARDED, self.postfix.port))

    def user_of(self, domain: str) -> Client:
        """A user of one of the other servers, at that server."""
        server = self.bouncers[domain]
        return Client(server.address, (server.address, server.port))

    def stranger(self, number: int, domain: str | None = None) -> Client:
        """Somebody from outside, at one of the other servers or (without `domain`) at the guarded one."""
        server = self.bouncers.get(domain)
        where = (server.address, server.port) if server else (loopback.GUARDED, self.postfix.port)
        return Client(loopback.STRANGERS[number % len(loopback.STRANGERS)], where)
