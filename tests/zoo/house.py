"""Our own house: the guarded Postfix with backstopd, the relay in front of it and the content filter behind it.

Three domains are ours. shop.test's mail comes straight from outside; depot.test's by way of the front relay;
loft.test's goes through a content filter (as amavis) that hands it back on another port, where the milter
sees it again.
"""

import json
import pathlib

import outcome
from scanner import Scanner
from trees import loopback
from trees.client import Client
from trees.guard import Guard
from trees.postfix import DOMAIN, Postfix
from trees.trouble import Trouble

DEPOT, LOFT = "depot.test", "loft.test"
OURS = [DOMAIN, DEPOT, LOFT]
PEOPLE = ["anna", "ben", "carla", "david"]
ROLES = ["postmaster", "abuse", "dmarc"]

_MAIN = """\
virtual_mailbox_domains = {ours}
"""
_SERVICES = """\
{address}:{incoming} inet n - n - - smtpd
  -o syslog_name=postfix/incoming
  -o content_filter=scan:[{scanner}]:{scanner_port}
{address}:{outgoing} inet n - n - - smtpd
  -o syslog_name=postfix/outgoing
  -o content_filter=scan:[{scanner}]:{scanner_port}
{address}:{again} inet n - n - - smtpd
  -o syslog_name=postfix/again
  -o content_filter=
  -o mynetworks={scanner}/32
  -o receive_override_options=no_header_body_checks
scan unix - - n - 4 smtp
  -o smtp_send_xforward_command=yes
"""
_FRONT = """\
myhostname = front.shop.test
mynetworks = {front}/32
virtual_mailbox_domains =
relay_domains = {ours}
relay_recipient_maps =
"""


class House:
    """Making it prepares the files; `open_to` says where the mail of others goes, then `start` starts everything."""

    def __init__(self, tree: pathlib.Path, folder: pathlib.Path, binary: pathlib.Path):
        address = loopback.GUARDED
        port, self.incoming, self.outgoing, again = (loopback.free_port(address) for _ in range(4))
        self._tree, self._folder, self._binary = tree, folder, binary
        self.scanner = Scanner((address, again))
        self._services = _SERVICES.format(address=address, incoming=self.incoming, outgoing=self.outgoing, again=again,
                                          scanner=loopback.SCANNER, scanner_port=self.scanner.port)
        self.front = Postfix(tree, folder / "front", [], {domain: (address, port) for domain in OURS}, milter=False,
                             address=loopback.FRONT, more=_FRONT.format(front=loopback.FRONT, ours=" ".join(OURS)))
        self._port = port
        self.mail_hosts = {DOMAIN: (address, port), DEPOT: (loopback.FRONT, self.front.port),
                           LOFT: (address, self.incoming)}

    def open_to(self, routes: dict[str, tuple[str, int]]) -> None:
        self.postfix = Postfix(self._tree, self._folder / "guarded", [*PEOPLE, *ROLES], routes, port=self._port,
                               more=outcome.MAIN + _MAIN.format(ours=" ".join(OURS)), services=self._services)
        self.postfix.enclosure.write(outcome.CHECKS.lstrip("/"), outcome.NOTE)
        self.postfix.enclosure.write("etc/postfix/mailboxes", "".join(
            f"{who}@{domain} {who}/\n" for who in [*PEOPLE, *ROLES] for domain in OURS))
        self.guard = Guard(self._binary, self._folder / "state", self.postfix.milter_socket, DOMAIN, "enforce",
                           self._folder / "backstopd.log")
        self.guard.more = self._settings()
        self.logbook = outcome.Logbook(self.postfix, self.guard)

    def _settings(self) -> dict[str, str]:
        """What the daemon must know besides: our other domains, the relay and the filter, the address for reports."""
        said = self.guard.settings()
        more = {f'domains."{domain}".{key}': said[f'domains."{DOMAIN}".{key}']
                for domain in (DEPOT, LOFT) for key in ("mode", "signing_since", "coverage")}
        return more | {"addresses.roles": json.dumps([f"dmarc@{DOMAIN}"]),
                       "relays.inbound": json.dumps([f"{loopback.FRONT}/32"]),
                       "relays.reinject": json.dumps([f"{loopback.SCANNER}/32"]),
                       "relays.names": json.dumps([loopback.NAMES[loopback.GUARDED]]),
                       "store.directory": json.dumps(str(self._folder / "state/store"))}

    def start(self) -> None:
        self.scanner.start()
        self.guard.start()
        self.postfix.start()
        self.front.start()

    def stop(self) -> int:
        """Ends everything; returns backstopd's exit code."""
        self.front.stop()
        self.postfix.stop()
        self.scanner.stop()
        return self.guard.stop()

    def check_alive(self) -> None:
        """Raises Trouble when a party has gone."""
        for room in (self.postfix, self.front):
            if not room.enclosure.alive():
                raise Trouble(f"Postfix stopped by itself: {room.enclosure.last_words()}", 1)
        if not self.guard.alive():
            raise Trouble(f"backstopd stopped by itself: {(self.guard.lines('.') or ['it said nothing'])[-1]}", 1)

    def desk(self, domain: str = DOMAIN) -> Client:
        """Our own users' way out; loft.test's goes through the content filter."""
        return Client(loopback.OWN_CLIENT, (loopback.GUARDED, self.outgoing if domain == LOFT else self._port))

    def stranger(self, domain: str = DOMAIN) -> Client:
        """A stranger at the server that takes mail for one of our domains."""
        return Client(loopback.STRANGERS[2], self.mail_hosts[domain])
