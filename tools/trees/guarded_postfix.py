"""The guarded Postfix as `backstop setup` leaves it: the command changes the running server, as an administrator would."""

import pathlib
import subprocess

from .postfix import DOMAIN, Postfix
from .trouble import Trouble

_SOCKETS = "/var/spool/postfix/backstop"


class GuardedPostfix(Postfix):
    def __init__(self, tree: pathlib.Path, room: pathlib.Path, mailboxes: list[str], routes: dict[str, tuple[str, int]]):
        super().__init__(tree, room, mailboxes, routes, milter=False)
        self.sockets = self.milter_socket.parent
        self._command: list[str] = []

    def configure(self, backstop: pathlib.Path, doors: dict[str, str], tag: str, *words: str) -> None:
        """Says what `start` is to set up; `words` are more for the command."""
        config = self.enclosure.room / "backstop.toml"
        named = "".join(f'{door} = ["unix:{_SOCKETS}/{name}"]\n' for door, name in doors.items())
        config.write_text(f'[milter]\nlisten = ["unix:{_SOCKETS}/milter.sock"]\n[doors]\n{named}[domains."{DOMAIN}"]\n')
        self._command = [str(backstop), "setup", "--apply", "--tag", tag, *words, "--config", str(config), "--root",
                         str(self.enclosure.tree)]

    def start(self) -> None:
        """Starts Postfix, has it set up, and starts it anew."""
        super().start()
        done = self.enclosure.run_outside(self._command)
        self.stop()
        if done.returncode != 0:
            raise Trouble(f"backstop setup failed: {done.stdout}{done.stderr}")
        super().start()
