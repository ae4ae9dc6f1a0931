"""The guarded Exim: shop.test, asking Backstop by the recipe that `backstop setup --mta exim` prints."""

import json
import pathlib
import re
import subprocess

from . import loopback
from .enclosure import Enclosure
from .exim import ENCLOSED
from .mailbox import Delivered, Maildir
from .postfix import DOMAIN
from .trouble import Trouble

_SOCKETS = "var/spool/backstop"
_MAIL = "var/mail/shop"
# Where each part of the recipe goes, by a word of what it says about it.
_PLACES = {"main section": "main", "acl_smtp_rcpt": "rcpt", "acl_smtp_data": "data", "begin acl": "acls",
           "begin routers": "routers", "smtp transport": "transport"}

_CONFIGURATION = "primary_hostname = {host}\n" + ENCLOSED + """\
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data
log_file_path = /var/log/exim4/%slog
log_selector = +smtp_confirmation +return_path_on_delivery
trusted_users = root
untrusted_set_sender = *
{main}
begin acl
acl_rcpt:
{rcpt}
  accept  hosts = {own_client}
  require message = relaying denied
          domains = {domain}
  require verify = recipient
  accept
acl_data:
{data}
{acls}
begin routers
{routers}
known:
  driver = accept
  domains = {domain}
  local_parts = {known}
  local_part_suffix = +*
  local_part_suffix_optional
  transport = maildir
abroad:
  driver = manualroute
  domains = ! {domain}
  transport = remote_smtp
  route_list = {routes}
  self = send
begin transports
remote_smtp:
  driver = smtp
  interface = {address}
  hosts_avoid_tls = *
{transport}
maildir:
  driver = appendfile
  maildir_format
  directory = /{mail}/$local_part_data
  user = Debian-exim
  group = mail
  mode = 0600
begin retry
* * F,1h,10s
begin rewrite
begin authenticators
"""


class GuardedExim:
    def __init__(self, tree: pathlib.Path, room: pathlib.Path, mailboxes: list[str], abroad: tuple[str, int],
                 routes: dict[str, tuple[str, int]] | None = None):
        """What is not for one of `routes`, by domain, goes to `abroad`."""
        self.address = loopback.GUARDED
        self.port = loopback.free_port(self.address)
        self.enclosure = room_ = Enclosure(tree, room, loopback.NAMES, loopback.NAMES[self.address])
        self._mailboxes = mailboxes
        self._routes = (routes or {}) | {"*": abroad}
        self._log = room / "var/log/exim4/mainlog"
        for folder in ("etc/exim4", "var/spool/exim4", "var/log/exim4"):
            room_.own(folder)
        self.sockets = room_.own(_SOCKETS, 0o755)
        room_.own("var/mail", 0o2777)
        mail = room / _MAIL
        mail.mkdir()
        mail.chmod(0o777)
        self._maildirs = {name: Maildir(mail / name) for name in mailboxes}

    def configure(self, backstop: pathlib.Path, doors: dict[str, str], tag: str, *words: str) -> None:
        """Writes the configuration, with the recipe for these sockets and senders with this tag, as the command
        prints it. Raises Trouble."""
        own = self.enclosure
        host = loopback.NAMES[self.address]
        own.write("etc/exim4/backstop.toml", f'authserv_id = "{host}"\n[domains."{DOMAIN}"]\ntag = "{tag}"\n[doors]\n'
                  + "".join(f'{door} = ["unix:/{_SOCKETS}/{name}"]\n' for door, name in doors.items()))
        asked = subprocess.run([str(backstop), "setup", "--mta", "exim", *words, "--json", "--config",
                                str(self._log.parents[3] / "etc/exim4/backstop.toml")], capture_output=True, text=True)
        if not asked.stdout:
            raise Trouble(f"backstop setup said no recipe: {asked.stderr}")
        parts = dict.fromkeys(_PLACES.values(), "")
        for part in json.loads(asked.stdout)["parts"]:
            place = next(name for word, name in _PLACES.items() if word in part["where"])
            parts[place] += part["text"]
        own.write("etc/exim4/exim4.conf", _CONFIGURATION.format(
            host=loopback.NAMES[self.address], address=self.address, port=self.port, own_client=loopback.OWN_CLIENT,
            domain=DOMAIN, known=" : ".join(self._mailboxes), mail=_MAIL,
            routes=" ; ".join(f"{domain} {host}::{port}" for domain, (host, port) in self._routes.items()), **parts))

    def start(self) -> None:
        self.enclosure.start(["exim4", "-bdf", "-q10s"])
        loopback.wait_for_greeting(self.address, self.port, self.enclosure, "Exim")

    def stop(self) -> None:
        self.enclosure.stop()

    def delivered(self, mailbox: str) -> list[Delivered]:
        return self._maildirs[mailbox].messages()

    def log_lines(self, pattern: str) -> list[str]:
        text = self._log.read_text(errors="replace") if self._log.exists() else ""
        return [line for line in text.splitlines() if re.search(pattern, line)]
