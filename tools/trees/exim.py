"""Exim as a bouncer: accepts every recipient of its domain and bounces the unknown ones later.

Exim's own bounces always return at least the headers (bounce_return_message counts for nothing once a report
is made), so the bounces that return nothing come from its autoreply transport: the kind of notice that sites
write themselves.
"""

import pathlib
import re

from . import loopback
from .enclosure import Enclosure
from .mailbox import Delivered, Maildir

_FAIL = """\
  driver = redirect
  allow_fail
  data = :fail: Unrouteable address
"""
_NOTICE = """\
  driver = accept
  transport = notice
"""
# How much of the original its bounces carry: the domain that is served so, a setting, and what is done with
# unknown users.
RETURNS = {
    "full": ("exim.test", "", _FAIL),
    "headers": ("headers.exim.test", "bounce_return_body = false\n", _FAIL),
    "nothing": ("nothing.exim.test", "", _NOTICE),
}

# A transport that sends the notice by itself, and returns nothing; {why} stands for the reason.
NOTICE_TRANSPORT = """\
notice:
  driver = autoreply
  from = Mail Delivery System <Mailer-Daemon@$primary_hostname>
  to = $sender_address
  subject = Mail delivery failed: returning message to sender
  user = Debian-exim
  text = "This message was created automatically by mail delivery software.\\n\\n\\
    A message that you sent could not be delivered to one or more of its\\n\\
    recipients. This is a permanent error. The following address(es) failed:\\n\\n\\
    \\  $local_part@$domain\\n    {why}\\n"
"""

# In each configuration of an enclosed Exim: where it listens, and that it looks up nothing.
ENCLOSED = """\
exim_user = Debian-exim
local_interfaces = {address}
daemon_smtp_ports = {port}
disable_ipv6
notifier_socket =
host_lookup =
rfc1413_hosts =
rfc1413_query_timeout = 0s
"""

_CONFIGURATION = "primary_hostname = mx.{domain}\n" + ENCLOSED + """\
smtp_accept_max = 40
smtp_accept_queue_per_connection = 0
smtp_accept_max_per_connection = 0
acl_smtp_rcpt = acl_rcpt
# A bounce that is refused is dropped at once: the queue drains.
ignore_bounce_errors_after = 0s
timeout_frozen_after = 1m
dsn_advertise_hosts = *
log_selector = +smtp_confirmation
log_file_path = /var/log/exim4/%slog
{returns}
begin acl
acl_rcpt:
  accept hosts = {address}
  accept domains = {domain}
  deny message = relaying denied

begin routers
home:
  driver = manualroute
  domains = {guarded_domain}
  transport = smtp_home
  route_list = * {guarded_address}
  self = send
  no_more
known:
  driver = accept
  domains = {domain}
  local_parts = {known}
  transport = maildir
unknown:
  domains = {domain}
{unknown}
begin transports
smtp_home:
  driver = smtp
  port = {guarded_port}
  interface = {address}
  hosts_avoid_tls = *
maildir:
  driver = appendfile
  maildir_format
  directory = /var/mail/known
  user = Debian-exim
  group = mail
  mode = 0600

{notice}
begin retry
* * F,1h,10s

begin rewrite
begin authenticators
"""

KNOWN_USER = "dora"


class Exim:
    def __init__(self, tree: pathlib.Path, room: pathlib.Path, returns: str, home: tuple[str, str, int]):
        """`home` is the guarded domain with its server's address and port."""
        self.domain, setting, unknown = RETURNS[returns]
        self.address = loopback.EXIM
        self.port = loopback.free_port(self.address)
        self.enclosure = room_ = Enclosure(tree, room, loopback.NAMES, f"mx.{self.domain}")
        self._log = room / "var/log/exim4/mainlog"
        room_.own("etc/exim4")
        room_.own("var/spool/exim4")
        room_.own("var/log/exim4")
        # Group-owned by mail and closed to others, as the tree's own /var/mail.
        room_.own("var/mail", 0o2777)
        self._known = Maildir(room / "var/mail/known")
        domain, address, port = home
        room_.write("etc/exim4/exim4.conf", _CONFIGURATION.format(
            notice=NOTICE_TRANSPORT.format(why="Unrouteable address"),
            domain=self.domain, address=self.address, port=self.port, returns=setting, unknown=unknown, known=KNOWN_USER,
            guarded_domain=domain, guarded_address=address, guarded_port=port))

    def start(self) -> None:
        self.enclosure.start(["exim4", "-bdf", "-q10s"])
        loopback.wait_for_greeting(self.address, self.port, self.enclosure, "Exim")

    def stop(self) -> None:
        self.enclosure.stop()

    def delivered(self) -> list[Delivered]:
        """The mailbox of its one known user."""
        return self._known.messages()

    def log_lines(self, pattern: str) -> list[str]:
        text = self._log.read_text(errors="replace") if self._log.exists() else ""
        return [line for line in text.splitlines() if re.search(pattern, line)]

    def refused(self) -> int:
        """How many of its bounces were refused at end of message, by its own log."""
        return len(self.log_lines(r"\*\* .*after (end of data|pipelined end of data): 5"))
