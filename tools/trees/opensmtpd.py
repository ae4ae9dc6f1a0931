"""OpenSMTPD as a relay for a domain whose store refuses: its bounces are multipart/mixed with a report part."""

import pathlib
import re

from . import loopback
from .enclosure import Enclosure

DOMAIN = "osmtpd.test"

_CONFIGURATION = """\
listen on {address} port {port} hostname mx.{domain}
smtp max-message-size 50M
bounce warn-interval 4h
action "away" relay host "smtp://{sink_address}:{sink_port}" src {address} helo mx.{domain}
action "home" relay host "smtp://{guarded_address}:{guarded_port}" src {address} helo mx.{domain}
match from any for domain "{domain}" action "away"
match from local for domain "{guarded_domain}" action "home"
match from src {address} for domain "{guarded_domain}" action "home"
"""


class OpenSmtpd:
    def __init__(self, tree: pathlib.Path, room: pathlib.Path, home: tuple[str, str, int], sink: tuple[str, int]):
        self.domain = DOMAIN
        self.address = loopback.OPENSMTPD
        self.port = loopback.free_port(self.address)
        self.enclosure = room_ = Enclosure(tree, room, loopback.NAMES, f"mx.{DOMAIN}")
        room_.own("var/spool/smtpd", 0o711)
        domain, address, port = home
        room_.write("etc/smtpd.conf", _CONFIGURATION.format(
            address=self.address, port=self.port, domain=DOMAIN, sink_address=sink[0], sink_port=sink[1],
            guarded_domain=domain, guarded_address=address, guarded_port=port))

    def start(self) -> None:
        self.enclosure.start(["smtpd", "-d"])
        loopback.wait_for_greeting(self.address, self.port, self.enclosure, "OpenSMTPD")

    def stop(self) -> None:
        self.enclosure.stop()

    def log_lines(self, pattern: str) -> list[str]:
        text = (self.enclosure.room / "console.log").read_text(errors="replace")
        return [line for line in text.splitlines() if re.search(pattern, line)]

    def refused(self) -> int:
        """How many of its bounces were refused at the guarded server, by its own log."""
        return len(self.log_lines(rf'mta delivery .*to=<[^>]*@shop\.test>.* result="?PermFail'))
