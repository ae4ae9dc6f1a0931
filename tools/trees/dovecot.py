"""Dovecot as a mailbox server behind another mail server: LMTP in, Sieve for every user (Pigeonhole)."""

import os
import pathlib
import re

from . import loopback
from .enclosure import Enclosure
from .mailbox import Delivered, mail_folders

_MAIL_ID = 5000  # owns the mailboxes; needs no name

_CONFIGURATION = """\
protocols = lmtp
listen = {address}
log_path = /var/log/dovecot.log
base_dir = /run/dovecot
state_dir = /run/dovecot
ssl = no
hostname = {host}
postmaster_address = postmaster@{host}
submission_host = {submission}
mail_location = maildir:~/mail
mail_uid = {mail_id}
mail_gid = {mail_id}
first_valid_uid = {mail_id}
auth_username_format = %Lu
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid={mail_id} gid={mail_id} home=/var/mail/%d/%n allow_all_users=yes
}}
service lmtp {{
  inet_listener lmtp {{
    address = {address}
    port = {port}
  }}
}}
protocol lmtp {{
  mail_plugins = sieve
}}
plugin {{
  sieve = file:/var/mail/%d/.sieve
}}
"""


class Dovecot:
    """`scripts` are its domains with the Sieve script of all their users; every user exists.

    What Sieve sends goes to the server `submission`.
    """

    def __init__(self, tree: pathlib.Path, room: pathlib.Path, scripts: dict[str, str], submission: tuple[str, int],
                 address: str = loopback.DOVECOT):
        self.address = address
        self.port = loopback.free_port(address)
        host = loopback.NAMES[address]
        self.enclosure = room_ = Enclosure(tree, room, loopback.NAMES, host)
        room_.own("etc/dovecot")
        room_.own("var/log", 0o755)
        self._mail = room_.own("var/mail", 0o755)
        self._log = room / "var/log/dovecot.log"
        room_.write("etc/dovecot/dovecot.conf", _CONFIGURATION.format(
            address=address, port=self.port, host=host, mail_id=_MAIL_ID, submission=f"{submission[0]}:{submission[1]}"))
        for domain, script in scripts.items():
            room_.write(f"var/mail/{domain}/.sieve", script)
        for folder in (self._mail, *(path for path in self._mail.rglob("*") if path.is_dir())):
            os.chown(folder, _MAIL_ID, _MAIL_ID)  # it makes the mailboxes and compiles the scripts there

    def start(self) -> None:
        self.enclosure.start(["dovecot", "-F"])
        loopback.wait_for_greeting(self.address, self.port, self.enclosure, "Dovecot")

    def stop(self) -> None:
        self.enclosure.stop()

    def delivered(self) -> list[Delivered]:
        """What lies in all mailboxes."""
        return [message for domain in self._mail.iterdir() if domain.is_dir()
                for user in domain.iterdir() if user.is_dir() for message in mail_folders(user, {})]

    def log_lines(self, pattern: str) -> list[str]:
        text = self._log.read_text(errors="replace") if self._log.exists() else ""
        return [line for line in text.splitlines() if re.search(pattern, line)]
