"""Who lives where: every party has a loopback address of its own and binds to it when it calls out."""

import socket
import time

from .trouble import Trouble

GUARDED = "127.0.1.1"  # the Postfix that Backstop guards
EXIM = "127.0.1.2"
OPENSMTPD = "127.0.1.3"
SINK = "127.0.1.4"  # refuses what OpenSMTPD relays
OWN_CLIENT = "127.0.1.5"  # the only one in mynetworks and in Backstop's own networks
STRANGERS = ("127.0.1.6", "127.0.1.7", "127.0.1.8")
POSTFIX_ABROAD = "127.0.1.9"
SENDMAIL = "127.0.1.10"
COURIER = "127.0.1.11"
DOVECOT = "127.0.1.12"
FRONT = "127.0.1.13"  # a relay of the guarded house that takes its mail from outside first
BACKUP = "127.0.1.14"  # the guarded house's backup MX
SCANNER = "127.0.1.15"  # a content filter that hands mail back
STORE = "127.0.1.16"  # stands behind the servers abroad and refuses what they have accepted
FORWARDER = "127.0.1.17"  # forwards mail, and has a mailing list
NAME_SERVER = "127.0.1.253"  # every room asks here; mostly nobody answers
NOBODY = ("127.0.1.254", 9)  # no server ever listens there

NAMES = {GUARDED: "mx.shop.test", EXIM: "mx.exim.test", OPENSMTPD: "mx.osmtpd.test", SINK: "store.osmtpd.test",
         OWN_CLIENT: "desk.shop.test", STRANGERS[0]: "bot-one.spam.test", STRANGERS[1]: "bot-two.spam.test",
         STRANGERS[2]: "stranger.else.test", POSTFIX_ABROAD: "mx.postfix.test", SENDMAIL: "mx.sendmail.test",
         COURIER: "mx.courier.test", DOVECOT: "mail.postfix.test", FRONT: "front.shop.test", BACKUP: "mx2.shop.test",
         SCANNER: "scanner.shop.test", STORE: "store.abroad.test",
         FORWARDER: "mx.forward.test"}

_FIRST_PORT = 12525
_TRIED = 200
_held: list[socket.socket] = []  # for the life of this program


def free_port(address: str) -> int:
    """A port above 1024 that is free on this address now, and that no other program got from here. Raises Trouble."""
    for port in range(_FIRST_PORT, _FIRST_PORT + _TRIED):
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0backstop-port-{address}-{port}")  # an abstract name goes with its program
        except OSError:
            claim.close()
            continue
        _held.append(claim)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                continue
        return port
    raise Trouble(f"Every port from {_FIRST_PORT} to {_FIRST_PORT + _TRIED - 1} on {address} is busy.")


def wait_for_banner(address: str, port: int, alive, who: str, seconds: float = 30) -> None:
    """Waits until an SMTP server greets. `alive()` turning false ends the wait. Raises Trouble."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and alive():
        try:
            with socket.create_connection((address, port), timeout=2) as peer:
                if peer.recv(512).startswith(b"220"):
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise Trouble(f"{who} did not greet on {address} port {port}.")


def wait_for_greeting(address: str, port: int, enclosure, who: str) -> None:
    """wait_for_banner of the server that runs in `enclosure`; the Trouble tells its last words."""
    try:
        wait_for_banner(address, port, enclosure.alive, who)
    except Trouble as trouble:
        raise Trouble(f"{trouble} It said: {enclosure.last_words()}") from None
