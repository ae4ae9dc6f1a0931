"""The guarded Postfix: shop.test, with Backstop's milter socket inside the tree's queue folder."""

import os
import pathlib
import re

from . import loopback
from .enclosure import Enclosure
from .mailbox import Delivered, mail_folders
from .trouble import Trouble

DOMAIN = "shop.test"
_MAIL = "var/mail/shop"
_SOCKET_FOLDER = "var/spool/postfix/backstop"
_MAIL_ID = 5000  # owns the mailboxes; needs no name

_MAIN = """\
compatibility_level = 3.6
myhostname = {host}
myorigin = {domain}
mydestination =
# Only addresses that `ip addr` shows may stand here; master.cf binds to the one that counts.
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = {own_client}/32
smtp_bind_address = {address}
smtp_dns_support_level = disabled
smtp_host_lookup = native
transport_maps = texthash:/etc/postfix/transport
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = {domain}
virtual_mailbox_base = /{mail}
virtual_mailbox_maps = texthash:/etc/postfix/mailboxes
virtual_uid_maps = static:{mail_id}
virtual_gid_maps = static:{mail_id}
recipient_delimiter = +
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_client_event_limit_exceptions = 127.0.0.0/8
smtpd_peername_lookup = yes
smtp_tls_security_level = none
smtpd_tls_security_level = none
maillog_file = /var/log/postfix.log
minimal_backoff_time = 5s
maximal_backoff_time = 30s
queue_run_delay = 5s
message_size_limit = 52428800
virtual_mailbox_limit = 0
mailbox_size_limit = 0
{milter}"""

_MILTER = """\
smtpd_milters = unix:backstop/milter.sock
non_smtpd_milters = $smtpd_milters
milter_default_action = accept
milter_protocol = 6
"""

_MASTER = """\
{address}:{port} inet n - n - - smtpd
{address}:{submission} inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o milter_macro_daemon_name=ORIGINATING
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """Start with `start()`, or first `reserve()` to learn its port for the others' configurations."""

    def __init__(self, tree: pathlib.Path, room: pathlib.Path, mailboxes: list[str], routes: dict[str, tuple[str, int]],
                 milter: bool = True, port: int | None = None, more: str = "", address: str = loopback.GUARDED,
                 services: str = ""):
        """`more` is added to main.cf and wins there; `services` are further lines of master.cf."""
        self.address = address
        self.port = port or loopback.free_port(address)
        self.submission_port = loopback.free_port(address)
        self.enclosure = room_ = Enclosure(tree, room, loopback.NAMES, loopback.NAMES[address])
        self.log = room / "var/log/postfix.log"
        self.mail_folder = room / _MAIL
        self.milter_socket = room / _SOCKET_FOLDER / "milter.sock"
        self._maildirs: dict = {}
        room_.own("etc/postfix")
        room_.own("var/spool/postfix")
        room_.own("var/lib/postfix")
        room_.own("var/log", 0o755)
        mail = room_.own(_MAIL, 0o755)
        for mailbox in mailboxes:
            self._folder_of(mail, mailbox)
        self.mailboxes = mailboxes
        sockets = room / _SOCKET_FOLDER  # the daemon runs outside; what it creates here belongs to Postfix's group
        sockets.mkdir()
        self.uid, self.gid = room_.ids("postfix")
        _chown(sockets, 0, self.gid, 0o2770)
        room_.write("etc/postfix/main.cf", _without_what_is_set_in(more, _MAIN.format(
            host=loopback.NAMES[address], domain=DOMAIN, address=address,
            own_client=loopback.OWN_CLIENT, mail=_MAIL, mail_id=_MAIL_ID, milter=_MILTER if milter else "")) + more)
        room_.write("etc/postfix/master.cf", _MASTER.format(address=address, port=self.port,
                                                            submission=self.submission_port) + services)
        room_.write("etc/postfix/mailboxes", "".join(f"{_quoted(box)}@{DOMAIN} {_safe(box)}/\n" for box in mailboxes))
        room_.write("etc/postfix/transport", "".join(f"{domain} smtp:[{address}]:{port}\n"
                                                     for domain, (address, port) in routes.items()))

    def start(self) -> None:
        self.enclosure.start(["postfix", "start-fg"])
        try:
            loopback.wait_for_banner(self.address, self.port, self.enclosure.alive, "Postfix")
        except Trouble as trouble:
            raise Trouble(f"{trouble} Its log ends: {self._log_end()}") from None

    def stop(self) -> None:
        self.enclosure.stop()

    def delivered(self, mailbox: str | None = None) -> list[Delivered]:
        """What lies in one mailbox, or in all of them."""
        everything = mail_folders(self.mail_folder, self._maildirs)
        return [m for m in everything if mailbox is None or m.path.parent.parent.name == _safe(mailbox)]

    def log_lines(self, pattern: str) -> list[str]:
        """The lines of its mail log that match a regular expression."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return [line for line in text.splitlines() if re.search(pattern, line)]

    def _log_end(self) -> str:
        lines = self.log_lines("fatal|panic|error") or self.log_lines(".")
        return lines[-1] if lines else self.enclosure.last_words()

    def _folder_of(self, mail: pathlib.Path, mailbox: str) -> None:
        folder = mail / _safe(mailbox)
        for path in (folder, folder / "new", folder / "cur", folder / "tmp"):
            path.mkdir()
            _chown(path, _MAIL_ID, _MAIL_ID, 0o700)


def _quoted(mailbox: str) -> str:
    """A local part as Postfix's tables want it: unquoted, but one word per table key."""
    return f'"{mailbox}"' if " " in mailbox else mailbox


def _without_what_is_set_in(more: str, main: str) -> str:
    """A parameter given twice has every process complain, postlogd to itself among them, which can hang it."""
    keys = {line.partition("=")[0].strip() for line in more.splitlines()}
    return "".join(line for line in main.splitlines(True) if line.partition("=")[0].strip() not in keys)


def _safe(mailbox: str) -> str:
    return re.sub(r"[^a-z0-9._-]", "_", mailbox)


def _chown(path: pathlib.Path, uid: int, gid: int, mode: int) -> None:

    os.chown(path, uid, gid)
    path.chmod(mode)
