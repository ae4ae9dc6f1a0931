"""The mail servers abroad: gateways that take mail blindly and learn only later that it cannot be delivered.

Every one is made from `home` (our domains and the server that takes mail for each), `routes` (its own domains
with the server behind each), `programs` (domains whose mail the notice program gets) and `lost` (domains for
which there is nowhere to go), and returns only the headers of a message longer than BRIEF bytes where it can be
told so.
"""

import pathlib
import re

import notice
from trees import loopback
from trees.courier import Courier
from trees.enclosure import Enclosure
from trees.exim import ENCLOSED, NOTICE_TRANSPORT
from trees.postfix import Postfix
from trees.sendmail import Sendmail

BRIEF = 20000
_NOTICE = "/" + notice.PATH

Places = dict[str, tuple[str, int]]
# Who may send through the Postfix abroad: itself, the mailbox server behind it, and its users' programs.
_TRUSTED = (loopback.POSTFIX_ABROAD, "127.0.0.1", loopback.STORE)

_POSTFIX_MAIN = """\
myorigin = postfix.test
mynetworks = {trusted}
virtual_mailbox_domains = unknown.postfix.test
relay_domains = {relayed}
relay_recipient_maps =
# It learns of unknown users only when it delivers.
smtpd_reject_unlisted_recipient = no
bounce_size_limit = {brief}
# One attempt, then the mail goes back; a bounce of its own may wait.
maximal_queue_lifetime = 0
bounce_queue_lifetime = 1h
"""
_POSTFIX_SERVICES = """\
lmtp unix - - n - - lmtp
notice unix - n n - 10 pipe
  flags=q user=nobody null_sender= argv={program} ${{sender}} ${{recipient}}
"""


class PostfixAbroad(Postfix):
    """Unknown users are found out by its own virtual delivery; the rest stands behind it."""

    def __init__(self, tree: pathlib.Path, room: pathlib.Path, home: Places, routes: Places, programs: list[str],
                 mailboxes: Places, port: int):
        """`mailboxes` are domains delivered to an LMTP server."""
        relayed = [domain for domain in routes if domain != "unknown.postfix.test"]
        main = _POSTFIX_MAIN.format(relayed=" ".join([*relayed, *programs, *mailboxes]), brief=BRIEF,
                                    trusted=" ".join(f"{address}/32" for address in _TRUSTED))
        super().__init__(tree, room, [], {}, milter=False, port=port, address=loopback.POSTFIX_ABROAD, more=main,
                         services=_POSTFIX_SERVICES.format(program=_NOTICE))
        lines = [f"{domain} smtp:[{host}]:{port}" for domain, (host, port) in (routes | home).items()
                 if domain != "unknown.postfix.test"]
        lines += [f"{domain} lmtp:[{host}]:{port}" for domain, (host, port) in mailboxes.items()]
        lines += [f"{domain} notice:" for domain in programs]
        self.enclosure.write("etc/postfix/transport", "\n".join(lines) + "\n")
        self.enclosure.write(notice.PATH, notice.script(), 0o755)


_EXIM = "primary_hostname = mx.exim.test\n" + ENCLOSED + """\
smtp_accept_max = 60
smtp_accept_queue_per_connection = 0
acl_smtp_rcpt = acl_rcpt
ignore_bounce_errors_after = 0s
timeout_frozen_after = 1m
dsn_advertise_hosts = *
bounce_return_size_limit = {brief}
# It tries no longer than once, but for slow.exim.test, and warns of that at once.
delay_warning = 1s:1h
log_file_path = /var/log/exim4/%slog
begin acl
acl_rcpt:
  accept hosts = {address}
  accept domains = {taken}
  deny message = relaying denied

begin routers
{relays}
away:
  driver = accept
  domains = away.exim.test
  transport = away
quoting:
  driver = accept
  domains = quoting.exim.test
  transport = quoting
unknown:
  driver = redirect
  domains = unknown.exim.test
  allow_fail
  data = :fail: Unrouteable address
full:
  driver = accept
  domains = full.exim.test
  transport = full
quiet:
  driver = accept
  domains = {quiet}
  transport = notice

begin transports
smtp:
  driver = smtp
  interface = {address}
  hosts_avoid_tls = *
full:
  driver = appendfile
  maildir_format
  directory = /var/mail/full
  create_directory
  user = Debian-exim
  quota = 100
{notice}away:
  driver = autoreply
  from = $local_part@$domain
  to = $sender_address
  subject = Out of office: $h_subject:
  headers = In-Reply-To: $h_message-id:
  user = Debian-exim
  text = "I am out of the office until Monday and will answer then.\\n"

quoting:
  driver = autoreply
  from = $local_part@$domain
  to = $sender_address
  subject = Automatic reply: $h_subject:
  user = Debian-exim
  text = "Thank you. This address is read by nobody any more; your message follows.\\n\\n"
  return_message

begin retry
{retries}
begin rewrite
begin authenticators
"""
_EXIM_RELAY = """\
relay{number}:
  driver = manualroute
  domains = {domain}
  transport = smtp
  route_list = * {host}::{port}
  self = send
  no_more
"""
_EXIM_WHY = ("${if match{$domain}{^full}{mailbox is full}{${if match{$domain}{^gone}{host is unreachable}"
             "{${if match{$domain}{^large}{message is too big}{${if match{$domain}{^content}"
             "{message rejected by content filter}{Unrouteable address}}}}}}}}")


class EximAbroad:
    """Unknown users and full mailboxes are its own; its notices come from its autoreply transport."""

    def __init__(self, tree: pathlib.Path, room: pathlib.Path, home: Places, routes: Places, quiet: list[str],
                 port: int | None = None):
        self.address = loopback.EXIM
        self.port = port or loopback.free_port(self.address)
        self.enclosure = room_ = Enclosure(tree, room, loopback.NAMES, "mx.exim.test")
        self._log = room / "var/log/exim4/mainlog"
        for folder in ("etc/exim4", "var/spool/exim4", "var/log/exim4"):
            room_.own(folder)
        room_.own("var/mail", 0o2777)
        own = ["unknown.exim.test", "full.exim.test", "away.exim.test", "quoting.exim.test"]
        relays = "".join(_EXIM_RELAY.format(number=number, domain=domain, host=host, port=port)
                         for number, (domain, (host, port)) in enumerate((routes | home).items()) if domain not in own)
        taken = [*own, *routes, *quiet]
        room_.write("etc/exim4/exim4.conf", _EXIM.format(
            address=self.address, port=self.port, brief=BRIEF, taken=" : ".join(taken), relays=relays,
            quiet=" : ".join(quiet), notice=NOTICE_TRANSPORT.format(why=_EXIM_WHY),
            retries="".join(f"{domain} * F,1h,5s\n" for domain in [*home, "slow.exim.test"])))

    def start(self) -> None:
        self.enclosure.start(["exim4", "-bdf", "-q5s"])
        loopback.wait_for_greeting(self.address, self.port, self.enclosure, "Exim")

    def stop(self) -> None:
        self.enclosure.stop()

    def log_lines(self, pattern: str) -> list[str]:
        return lines_of(self._log, pattern)


_OPENSMTPD = """\
table quiet {{ {catch_all} }}
listen on {address} port {port} hostname mx.osmtpd.test
listen on socket
smtp max-message-size 50M
bounce warn-interval 2s
{actions}action "program" mda "{program} '%{{sender}}' '%{{rcpt}}'" virtual <quiet>
action "lost" relay src {address} helo mx.osmtpd.test
{matches}"""


class OpenSmtpdAbroad:
    """What stands behind none of its domains is retried for days; it warns of that after two seconds."""

    def __init__(self, tree: pathlib.Path, room: pathlib.Path, home: Places, routes: Places, programs: list[str],
                 lost: list[str]):
        self.address = loopback.OPENSMTPD
        self.port = loopback.free_port(self.address)
        self.enclosure = room_ = Enclosure(tree, room, loopback.NAMES, "mx.osmtpd.test")
        room_.own("var/spool/smtpd", 0o711)
        from_here = f"src {self.address} helo mx.osmtpd.test"
        actions = "".join(f'action "to-{domain}" relay host "smtp://{host}:{port}" {from_here}\n'
                          for domain, (host, port) in (routes | home).items())
        chosen = {domain: f"to-{domain}" for domain in routes}
        chosen |= {domain: "program" for domain in programs} | {domain: "lost" for domain in lost}
        room_.write("etc/smtpd.conf", _OPENSMTPD.format(
            address=self.address, port=self.port, actions=actions, program=_NOTICE,
            catch_all=", ".join(f'"@{domain}" = nobody' for domain in programs),
            matches="".join(f'match from any for domain "{domain}" action "{action}"\n'
                            for domain, action in chosen.items()) +
            "".join(f'match from {who} for domain "{domain}" action "to-{domain}"\n'
                    for domain in home for who in ("local", f"src {self.address}"))))
        room_.write(notice.PATH, notice.script(""), 0o755)

    def start(self) -> None:
        self.enclosure.start(["smtpd", "-d"])
        loopback.wait_for_greeting(self.address, self.port, self.enclosure, "OpenSMTPD")

    def stop(self) -> None:
        self.enclosure.stop()

    def log_lines(self, pattern: str) -> list[str]:
        return lines_of(self.enclosure.room / "console.log", pattern)


def sendmail(tree: pathlib.Path, room: pathlib.Path, home: Places, routes: Places, programs: list[str],
             headers_only: bool, plain: bool = False) -> Sendmail:
    """With `plain` its bounces are letters without parts, as before RFC 3464."""
    settings = "define(`confMIME_FORMAT_ERRORS', `False')dnl\n" if plain else ""
    server = Sendmail(tree, room, routes | home, {domain: _NOTICE for domain in programs}, headers_only, settings)
    server.enclosure.write(notice.PATH, notice.script(), 0o755)
    return server


def courier(tree: pathlib.Path, room: pathlib.Path, home: Places, routes: Places, programs: list[str],
            lost: list[str]) -> Courier:
    server = Courier(tree, room, home, routes, {domain: _NOTICE for domain in programs}, lost, BRIEF)
    server.enclosure.write(notice.PATH, notice.script(""), 0o755)
    return server


def lines_of(log: pathlib.Path, pattern: str) -> list[str]:
    text = log.read_text(errors="replace") if log.exists() else ""
    return [line for line in text.splitlines() if re.search(pattern, line)]
