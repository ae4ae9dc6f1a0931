"""Courier as a gateway: it takes mail for its domains and relays it to what stands behind, or to programs."""

import pathlib
import shlex

from . import loopback
from .enclosure import Enclosure
from .syslog import SystemLog

# Courier drops every bounce of mail that came in by SMTP unless this is taken out; older ones do not.
_BACKSCATTER = "ESMTP_BLOCKBACKSCATTER=smtp/dsn"

_DAEMON = """\
ADDRESS={address}
PORT={port}
BOFHCHECKDNS=0
TARPIT=0
MAXDAEMONS=60
MAXPERC=60
MAXPERIP=60
TCPDOPTS="-noidentlookup"
"""

_START = """\
ln -s /var/lib/courier/log /dev/log
mkdir -p /run/courier/authdaemon
chown -R courier:courier /run/courier
makeacceptmailfor
makehosteddomains
makesmtpaccess
makealiases
authdaemond start
courier start
esmtpd start
exec tail -f /dev/null
"""


class Courier:
    """`routes` are its domains with the server behind each; `programs` are domains whose mail a program gets.

    `home` are domains of others, with the server it sends their mail to. A domain without a route is looked up in
    the DNS. A program is run as PROGRAM SENDER RECIPIENT with the message as its input. Of a message longer than
    `dsn_limit` bytes a bounce returns only the headers.
    """

    def __init__(self, tree: pathlib.Path, room: pathlib.Path, home: dict[str, tuple[str, int]],
                 routes: dict[str, tuple[str, int]], programs: dict[str, str] | None = None,
                 lost: list[str] | None = None, dsn_limit: int = 32768, address: str = loopback.COURIER):
        self.address = address
        self.port = loopback.free_port(address)
        host = loopback.NAMES[address]
        self.enclosure = room_ = Enclosure(tree, room, loopback.NAMES, host)
        etc = room_.own("etc/courier")
        state = room_.own("var/lib/courier")
        self._log = SystemLog(state, room / "mail.log")
        programs = programs or {}
        for name, text in {
            "me": host, "defaultdomain": host, "dsnfrom": f'"Courier mail server at {host}" <@>', "locals": host,
            "esmtpacceptmailfor.dir/gateway": "\n".join([*routes, *(lost or []), *programs]),
            "esmtproutes": "\n".join(f"{domain}: [{behind}],{port}"
                                     for domain, (behind, port) in (routes | home).items()),
            "dsnlimit": str(dsn_limit), "retryalpha": "2", "retrybeta": "3", "ipout": address,
            # A catch-all of a domain is a local user whose extension is the local part.
            "aliases/gateway": "\n".join(f"@{domain}: program{number}" for number, domain in enumerate(programs)),
        }.items():
            room_.write(f"etc/courier/{name}", text + "\n")
        for number, (domain, program) in enumerate(programs.items()):
            room_.write(f"etc/courier/aliasdir/.courier-program{number}-default",
                        f'|{program} "$SENDER" "$DEFAULT@{shlex.quote(domain)}"\n')
        daemon = etc / "esmtpd"
        daemon.write_text(daemon.read_text() + _DAEMON.format(address=address, port=self.port))
        settings = etc / "courierd"
        settings.write_text(settings.read_text().replace("\n" + _BACKSCATTER, "\n"))

    def start(self) -> None:
        self.enclosure.start(["sh", "-ec", _START])
        loopback.wait_for_greeting(self.address, self.port, self.enclosure, "Courier")

    def stop(self) -> None:
        self.enclosure.stop()
        self._log.stop()

    def log_lines(self, pattern: str) -> list[str]:
        return self._log.lines(pattern)
