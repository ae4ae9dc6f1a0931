"""Sendmail as a gateway: it takes mail for its domains and relays it to what stands behind, or to programs."""

import pathlib

from . import loopback
from .enclosure import Enclosure
from .syslog import SystemLog

_CONFIGURATION = """\
divert(0)dnl
define(`_USE_ETC_MAIL_')dnl
include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`debian')dnl
DOMAIN(`debian-mta')dnl
undefine(`confHOST_STATUS_DIRECTORY')dnl
define(`confDOMAIN_NAME', `{host}')dnl
define(`confPID_FILE', `/run/sendmail.pid')dnl
define(`ALIAS_FILE', `')dnl
define(`confTO_IDENT', `0')dnl
define(`confTO_QUEUERETURN', `3s')dnl
define(`confTO_QUEUERETURN_DSN', `1h')dnl
define(`confMIN_QUEUE_AGE', `0')dnl
define(`confPRIVACY_FLAGS', `authwarnings,noexpn,novrfy{privacy}')dnl
define(`confDELIVERY_MODE', `background')dnl
define(`confLOG_LEVEL', `9')dnl
dnl By itself it queues and refuses when the host is busy, as a host that builds and tests is.
define(`confQUEUE_LA', `1000')dnl
define(`confREFUSE_LA', `1000')dnl
FEATURE(`nocanonify')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`promiscuous_relay')dnl
FEATURE(`accept_unresolvable_domains')dnl
DAEMON_OPTIONS(`Family=inet, Name=MTA, Port={port}, Addr={address}')dnl
CLIENT_OPTIONS(`Family=inet, Addr={address}')dnl
{more}MAILER_DEFINITIONS
MAILER(`smtp')dnl
{mailers}
LOCAL_CONFIG
Cw{host}
O ResolverOptions=+AAONLY -DNSRCH -DEFNAMES
O ServiceSwitchFile=/etc/mail/service.switch
LOCAL_RULE_0
{rules}
"""

_RELAY = """\
M{mailer}, P=[IPC], F=mDFMuXa8k, S=EnvFromSMTP/HdrFromSMTP, R=EnvToSMTP, E=\\r\\n, L=990,
\tT=DNS/RFC822/SMTP,
\tA=TCP $h {port}
"""
_PROGRAM = """\
M{mailer}, P={program}, F=lsmDFMq, S=EnvFromL/HdrFromL, R=EnvToL/HdrToL, D=/tmp,
\tT=X-Unix/X-Unix/X-Unix, U=nobody:nogroup,
\tA={name} $f $u@{domain}
"""
_RULE = "R$+ < @ {domain} . >\t$#{mailer} $@ {host} $: {user}\nR$+ < @ {domain} >\t$#{mailer} $@ {host} $: {user}"


class Sendmail:
    """`routes` are its domains with the server behind each; `programs` are domains whose mail a program gets.

    A program is run as PROGRAM SENDER RECIPIENT with the message as its input. `settings` are lines of m4.
    What cannot be delivered is returned after three seconds; a bounce of its own is kept an hour.
    """

    def __init__(self, tree: pathlib.Path, room: pathlib.Path, routes: dict[str, tuple[str, int]],
                 programs: dict[str, str] | None = None, headers_only: bool = False, settings: str = "",
                 address: str = loopback.SENDMAIL):
        self.address = address
        self.port = loopback.free_port(self.address)
        host = loopback.NAMES[address]
        self.enclosure = room_ = Enclosure(tree, room, loopback.NAMES, host)
        etc = room_.own("etc/mail")
        self._log = SystemLog(etc, room / "mail.log")
        room_.own("var/spool/mqueue")
        room_.own("var/spool/mqueue-client")
        room_.write("etc/mail/service.switch", "hosts files\naliases files\n")
        mailers, rules = [], []
        for number, (domain, (behind, port)) in enumerate(routes.items()):
            mailers.append(_RELAY.format(mailer=f"relay{number}", port=port))
            rules.append(_RULE.format(domain=domain, mailer=f"relay{number}", host=f"[{behind}]", user=f"$1<@{domain}>"))
        for number, (domain, program) in enumerate((programs or {}).items()):
            mailers.append(_PROGRAM.format(mailer=f"program{number}", program=program, domain=domain,
                                           name=pathlib.Path(program).name))
            rules.append(_RULE.format(domain=domain, mailer=f"program{number}", host="localhost", user="$1"))
        room_.write("etc/mail/gateway.mc", _CONFIGURATION.format(
            host=host, address=self.address, port=self.port, mailers="".join(mailers), rules="\n".join(rules),
            privacy=",nobodyreturn" if headers_only else "", more=settings))

    def start(self) -> None:
        # What its own sendmail command hands in goes to the daemon as well.
        own = f"s/^D{{MTAHost}}.*/D{{MTAHost}}[{self.address}]/; s/A=TCP .h/& {self.port}/"
        self.enclosure.start(["sh", "-ec", "ln -s /etc/mail/log /dev/log\n"
                              "m4 /etc/mail/gateway.mc > /etc/mail/sendmail.cf\n"
                              f"sed -i '{own}' /etc/mail/submit.cf\nexec sendmail -bD -q1s"])
        loopback.wait_for_greeting(self.address, self.port, self.enclosure, "Sendmail")

    def stop(self) -> None:
        self.enclosure.stop()
        self._log.stop()

    def log_lines(self, pattern: str) -> list[str]:
        return self._log.lines(pattern)
