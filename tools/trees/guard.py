"""backstopd itself, outside the tree, listening on the socket inside it."""

import datetime
import hashlib
import json
import os
import pathlib
import re
import signal
import subprocess
import time

from . import loopback
from .client import listening
from .kin import die_with_parent
from .trouble import MISSING, Trouble

_PATH_LIMIT = 107  # sockaddr_un holds 108 bytes with the closing NUL
_LIFETIME_DAYS = 21


class Guard:
    """Start, stop and reload the daemon; read its log. Restarting keeps its state and its key.

    `mode`, `more` settings and `environment` are those of the next start; so are `doors`, by their option's name the
    file each listens at, beside the milter's socket. With `configuration`, a file, the next start reads that instead.
    """

    def __init__(self, binary: pathlib.Path, state: pathlib.Path, socket: pathlib.Path, domain: str, mode: str,
                 log: pathlib.Path):
        if not os.access(binary, os.X_OK):
            raise Trouble(f"{binary} is not built: run ./do build first.", MISSING)
        self.log = log
        self._socket = socket
        self._process: subprocess.Popen | None = None
        self._shortcut: pathlib.Path | None = None
        self._state = state
        self.mode = mode
        self.own = [loopback.OWN_CLIENT]
        self.more: dict[str, str] = {}
        self.environment: dict[str, str] = {}
        self.doors: dict[str, str] = {}
        self.configuration: pathlib.Path | None = None
        self._binary = binary
        self._domain = domain

    def settings(self) -> dict[str, str]:
        """What the operator says, as key and TOML value: signing for longer than any bounce can take."""
        since = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=_LIFETIME_DAYS + 9)
        since = since.replace(hour=0, minute=0, second=0, microsecond=0)
        return {"networks.own": json.dumps(self.own),
                f'domains."{self._domain}".mode': f'"{self.mode}"',
                f'domains."{self._domain}".signing_since': f"{since:%Y-%m-%dT%H:%M:%SZ}",
                f'domains."{self._domain}".coverage': '"covered"', **self.more}

    def _command(self, path: str) -> list[str]:
        if self.configuration:
            return [str(self._binary), "--config", str(self.configuration), "--listen", f"unix:{path}"]
        words = [str(self._binary), "--defaults", "--state", str(self._state), "--domain", self._domain]
        for key, value in self.settings().items():
            words += ["--set", f"{key}={value}"]
        for door, name in self.doors.items():
            words += ["--set", f'doors.{door}=["unix:{pathlib.Path(path).parent / name}"]']
        return [*words, "--listen", f"unix:{path}"]

    def door(self, door: str) -> str:
        """The path of an open door's socket, short enough to connect to. While the daemon runs."""
        return str((self._shortcut or self._socket.parent) / self.doors[door])

    def start(self, seconds: float = 20) -> None:
        """Starts the daemon and waits until its socket accepts. Raises Trouble with its last words."""
        path = self._short_path()
        self._state.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                self._command(path), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **self.environment}, start_new_session=True, preexec_fn=_as_its_service)
        until = time.monotonic() + seconds
        while not listening(path):
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                lines = self.lines(".")
                raise Trouble(f"backstopd did not start: {lines[-1] if lines else 'it said nothing'}")
            time.sleep(0.02)

    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def reload(self) -> None:
        """Asks it to read its configuration again. It says in its log what came of it."""
        self._process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        """Ends it the way a crash does."""
        self._process.kill()
        self._process.wait()
        self._process = None

    def stop(self, seconds: float = 20) -> int:
        """Asks it to end (SIGTERM) and returns its exit code; a daemon that does not obey is killed (-9)."""
        if self._process is None:
            return 0
        self._process.terminate()
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._process = None
        if self._shortcut:
            self._shortcut.unlink(missing_ok=True)
            self._shortcut = None
        return code

    def lines(self, pattern: str) -> list[str]:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return [line for line in text.splitlines() if re.search(pattern, line)]

    def judged(self) -> list[dict[str, str]]:
        """One dictionary per message it judged or signed, from its log lines."""
        return [dict(re.findall(r"(\w+)=(<[^>]*>|\"[^\"]*\"|\S+)", line)) for line in self.lines(r"\bdecision=")]

    def _short_path(self) -> str:
        """A unix socket's path has a limit; below a deep checkout a link in /run is the way in."""
        if len(str(self._socket).encode()) <= _PATH_LIMIT:
            return str(self._socket)
        folder = self._socket.parent
        self._shortcut = pathlib.Path("/run", "backstop-" + hashlib.sha256(str(folder).encode()).hexdigest()[:16])
        self._shortcut.unlink(missing_ok=True)
        self._shortcut.symlink_to(folder)
        return str(self._shortcut / self._socket.name)


def _as_its_service() -> None:
    die_with_parent()
    os.umask(0o007)  # as the service would: Postfix, in the folder's group, may connect
