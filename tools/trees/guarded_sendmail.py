"""The guarded Sendmail: shop.test, asking Backstop by the file that `backstop setup --mta sendmail` writes."""

import json
import pathlib
import subprocess

from . import loopback
from .mailbox import Delivered, Maildir
from .postfix import DOMAIN
from .sendmail import Sendmail
from .trouble import Trouble

_SOCKETS = "var/spool/backstop"
_MAIL = "var/mail/shop"
# As setup says it; sendmail.mc is the administrator's.
_INCLUDE = "include(`/etc/mail/m4/backstop.m4')dnl"
_USER_ID = 5001
# Hands one message to a Maildir, as local mailers do.
_DELIVER = """\
#!/bin/sh -e
umask 077
box=/{mail}/$1
name=$(date +%s.%N).$$.here
cat > "$box/tmp/$name"
mv "$box/tmp/$name" "$box/new/$name"
"""
_SETTINGS = """\
{line}
LOCAL_DOMAIN(`{domain}')dnl
define(`ALIAS_FILE', `/etc/mail/team-aliases')dnl
define(`LOCAL_MAILER_PATH', `/etc/mail/deliver')dnl
define(`LOCAL_MAILER_ARGS', `deliver $u')dnl
define(`LOCAL_MAILER_FLAGS', `SPn9')dnl
MAILER_DEFINITIONS
MAILER(`local')dnl
"""


class GuardedSendmail(Sendmail):
    def __init__(self, tree: pathlib.Path, room: pathlib.Path, mailboxes: list[str], routes: dict[str, tuple[str, int]],
                 aliases: str = ""):
        """`routes` are the domains abroad; `aliases` lines as in Sendmail's file."""
        super().__init__(tree, room, routes, settings=_SETTINGS.format(line=_INCLUDE, domain=DOMAIN), address=loopback.GUARDED)
        own = self.enclosure
        self.sockets = own.own(_SOCKETS, 0o755)
        passwd = (tree / "etc/passwd").read_text()
        own.write("etc/passwd", passwd + "".join(f"{name}:x:{_USER_ID + place}:{_USER_ID}::/nonexistent:/bin/sh\n"
                                                 for place, name in enumerate(mailboxes)))
        own.write("etc/mail/deliver", _DELIVER.format(mail=_MAIL), 0o755)
        own.write("etc/mail/team-aliases", aliases)
        mail = own.own(_MAIL, 0o755)
        self._maildirs = {}
        for name in mailboxes:
            for part in ("new", "cur", "tmp"):
                (mail / name / part).mkdir(parents=True)
            self._maildirs[name] = Maildir(mail / name)

    def configure(self, backstop: pathlib.Path, doors: dict[str, str], tag: str, more_domains: list[str] | None = None) -> None:
        """Has the command write its file, for these sockets and senders with this tag. Raises Trouble."""
        etc = self.enclosure.room / "etc/mail"
        named = "".join(f'{door} = ["unix:/{_SOCKETS}/{name}"]\n' for door, name in doors.items())
        (etc / "backstop.toml").write_text(f'[milter]\nlisten = ["unix:/{_SOCKETS}/milter.sock"]\n'
                                           f'[doors]\n{named}' + "".join(
                                               f'[domains."{domain}"]\n' for domain in [DOMAIN, *(more_domains or [])]))
        asked = subprocess.run([str(backstop), "setup", "--mta", "sendmail", "--tag", tag, "--apply", "--json", "--config",
                                str(etc / "backstop.toml"), "--root", str(self.enclosure.room)], capture_output=True,
                               text=True)
        if not asked.stdout:
            raise Trouble(f"backstop setup did nothing: {asked.stderr}")
        said = json.loads(asked.stdout)
        if said["state"] not in ("done", "nothing-to-do", "by-hand"):
            raise Trouble(f"backstop setup wrote nothing: {asked.stdout}")

    def start(self) -> None:
        super().start()
        self.enclosure.run(["sendmail", "-bi"])

    def delivered(self, mailbox: str) -> list[Delivered]:
        return self._maildirs[mailbox].messages()
